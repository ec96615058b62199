/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grid: a regular chunk grid over an n-dimensional array.
 *
 * Chunk at[] holds the elements at[i] * chunk[i] and on; at the upper edges
 * chunks reach beyond the array.  Zarr v3 core 1.0, "Regular grids" and
 * "Default chunk key encoding"; Zarr v2, "Chunks".
 */
#ifndef PGF_GRID_H
#define PGF_GRID_H

#include "base/buf.h"
#include "chunk/box.h"

/* Shapes are borrowed.  chunk[i] is 0 only where shape[i] is. */
struct grid {
	unsigned ndim;
	const uint64_t *shape, *chunk;
};

/* Number of chunks along an axis, and of all (false: more than 64 bits). */
uint64_t grid_axis_chunks(uint64_t shape, uint64_t chunk);
bool grid_chunks(const struct grid *g, uint64_t *n);

/* The box of a whole chunk, not clipped to the array. */
void grid_chunk_box(const struct grid *g, const uint64_t *at, struct box *out);

/* Number of a chunk in C order. */
uint64_t grid_index(const struct grid *g, const uint64_t *at);

/* The chunks that a box touches, in C order:
 *	for (more = grid_walk_begin(&w, g, b); more; more = grid_walk_next(&w))
 * w.at is the chunk.  A box without elements touches none; the box must lie in
 * the array. */
struct grid_walk {
	unsigned ndim;
	uint64_t first[BOX_MAX_NDIM], last[BOX_MAX_NDIM], at[BOX_MAX_NDIM];
};
bool grid_walk_begin(struct grid_walk *w, const struct grid *g,
	const struct box *b);
bool grid_walk_next(struct grid_walk *w);

/* Of a walk that has begun: how many chunks it visits (UINT64_MAX if that is beyond
 * counting), and the one that it visits after n others. */
uint64_t grid_walk_count(const struct grid_walk *w);
void grid_walk_nth(const struct grid_walk *w, uint64_t n, uint64_t *at);

/* Append the key of a chunk: "c/2/0" in the default encoding with separator
 * '/', "2.0" in the v2 encoding with '.'; of a rank-0 array "c" and "0". */
struct grid_key {
	bool v2;
	char separator;
};
void grid_key_text(struct buf *out, struct grid_key how, unsigned ndim,
	const uint64_t *at);

#endif
