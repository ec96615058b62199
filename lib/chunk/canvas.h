/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canvas: the cells of one region, put together from their pieces and cut into
 * chunks.
 *
 * Memory is kept from region to region.  Nothing here writes; the files are
 * only read.
 */
#ifndef PGF_CANVAS_H
#define PGF_CANVAS_H

#include "base/crew.h"
#include "chunk/box.h"
#include "chunk/codec.h"
#include "model/region.h"

struct canvas;

/* The crew is borrowed; NULL: nobody but the caller. */
struct canvas *canvas_open(struct crew *crew);
void canvas_close(struct canvas *c);

/* Take a region in hand, which must live until the last canvas_cut, for that many
 * hands at most.  ERR_DATA: its pieces do not cover every cell exactly once. */
int canvas_begin(struct canvas *c, const struct region *r, unsigned hands,
	struct err *err) PGF_CHECKED;

/* How many hands the region is worth, of those; 1 for what only one can do. */
unsigned canvas_hands(const struct canvas *c);

/* Read every piece but the chunks to be skipped, which must not be cut out.
 * ERR_TEMP: a source file changed.  ERR_DATA: a source is corrupt, holds a value
 * that the array cannot hold or one too far from what the region's close allows,
 * or the region is larger than 2 GiB.  Messages name variable, file, and chunk or
 * element. */
int canvas_fill(struct canvas *c, struct err *err) PGF_CHECKED;

/* The bytes of a target chunk (a box that may reach beyond the array, where
 * cells get the fill value), ready for encoder_run.  *out is valid until the
 * next call of that hand, one of canvas_hands. */
int canvas_cut(struct canvas *c, unsigned hand, const struct box *chunk,
	struct bytes *out, struct err *err) PGF_CHECKED;

/* Do the bytes that canvas_cut gave hold nothing but the fill value, bit for bit?
 * Of strings that is not asked: false. */
bool canvas_is_fill(const struct canvas *c, struct bytes cut);

/* Of the region: stored bytes that were read, and cells of text that were not
 * UTF-8 and were taken for ISO-8859-1 by canvas_cut so far. */
uint64_t canvas_bytes_read(const struct canvas *c);
uint64_t canvas_recoded(const struct canvas *c);

#endif
