/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: cells of text, and the bytes of a chunk of them.
 *
 * The vlen-utf8 layout: a count of cells, then of each cell its length and its
 * UTF-8 bytes; counts and lengths are 32-bit little-endian (zarr-extensions,
 * codec "vlen-utf8"; numcodecs' VLenUTF8).
 */
#ifndef PGF_TEXT_H
#define PGF_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "chunk/codec.h"

/* One cell; data is borrowed. */
struct text {
	const char *data;
	uint64_t len;
};

/* The cell of a fixed number of bytes: up to the first NUL. */
struct text text_cut(const char *cell, size_t size);

/* Read n cells of "length, bytes" each (no count in front), as pgf-slab prints
 * them; ERR_DATA unless they take exactly all bytes of in. */
int text_parse(struct bytes in, struct text *cells, size_t n,
	struct err *err) PGF_CHECKED;

/* Append the vlen-utf8 chunk of n cells.  A cell that is not UTF-8 is read as
 * ISO-8859-1 and counted in *recoded.  ERR_DATA if 32 bits do not do. */
int text_encode(const struct text *cells, size_t n, struct buf *out,
	uint64_t *recoded, struct err *err) PGF_CHECKED;

#endif
