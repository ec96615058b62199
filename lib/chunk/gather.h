/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather: values of a box of a source array, from its table of chunks.
 *
 * Reads what a chunk table points at, undoes the codecs, and puts the elements
 * where the caller wants them, little-endian.  What chunk/decoder cannot
 * decode, and arrays that are no table at all, are not its business: ask
 * gather_can first.
 */
#ifndef PGF_GATHER_H
#define PGF_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "chunk/box.h"
#include "chunk/source.h"

/* Of an unfiltered chunk of a remote file so many bytes are read at once, if not
 * all of them are needed. */
enum { GATHER_REMOTE_SPAN = 1 << 15 };

/* Scratch memory and decoders, reused from call to call. */
struct gather;

struct gather *gather_open(void);
void gather_close(struct gather *g);

/* True if gather_read can read the array: elements of fixed size, refs or
 * inline data, and codecs that are all decoded here. */
bool gather_can(const struct chunk_table *t);

/* Where an array lies: an open file (not looked at for inline data), its name
 * for messages, its chunks.  All borrowed. */
struct gather_source {
	struct source file;
	const struct chunk_table *table;
	const bool *skip; /* of refs: chunks to be left out; or NULL */
};

/* Where the first element of the box goes, and bytes per axis from there. */
struct gather_out {
	uint8_t *data;
	const uint64_t *stride;
};

/* Fill the box (elements of the source array) with little-endian values.  Each
 * source chunk is read and decoded once; the place of those to be left out stays
 * as it is.  Chunks that are absent give
 * table->fill.  Errors name file and chunk: ERR_DATA for a chunk that is
 * truncated, corrupt, or not listed. */
int gather_read(struct gather *g, const struct gather_source *src,
	const struct box *box, const struct gather_out *out,
	struct err *err) PGF_CHECKED;

/* Bytes read from files since gather_open. */
uint64_t gather_bytes_read(const struct gather *g);

#endif
