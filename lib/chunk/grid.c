/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks are named by their place on the grid, not by a number, wherever the
 * walk allows it: numbers overflow on large grids, places do not.
 */
#include "chunk/grid.h"

#include "base/num.h"

uint64_t grid_axis_chunks(uint64_t shape, uint64_t chunk)
{
	return chunk == 0 ? 0 : num_ceil_div(shape, chunk);
}

bool grid_chunks(const struct grid *g, uint64_t *n)
{
	uint64_t all = 1;

	for (unsigned i = 0; i < g->ndim; i++)
		if (!num_mul(all, grid_axis_chunks(g->shape[i], g->chunk[i]),
			    &all))
			return false;
	*n = all;
	return true;
}

void grid_chunk_box(const struct grid *g, const uint64_t *at, struct box *out)
{
	out->ndim = g->ndim;
	for (unsigned i = 0; i < g->ndim; i++) {
		out->start[i] = at[i] * g->chunk[i];
		out->count[i] = g->chunk[i];
	}
}

uint64_t grid_index(const struct grid *g, const uint64_t *at)
{
	uint64_t index = 0;

	for (unsigned i = 0; i < g->ndim; i++)
		index = index * grid_axis_chunks(g->shape[i], g->chunk[i]) +
			at[i];
	return index;
}

bool grid_walk_begin(struct grid_walk *w, const struct grid *g,
	const struct box *b)
{
	w->ndim = g->ndim;
	for (unsigned i = 0; i < g->ndim; i++) {
		if (b->count[i] == 0)
			return false;
		w->first[i] = w->at[i] = b->start[i] / g->chunk[i];
		w->last[i] = (b->start[i] + b->count[i] - 1) / g->chunk[i];
	}
	return true;
}

bool grid_walk_next(struct grid_walk *w)
{
	for (unsigned i = w->ndim; i-- > 0;) {
		if (w->at[i] < w->last[i]) {
			w->at[i]++;
			return true;
		}
		w->at[i] = w->first[i];
	}
	return false;
}

uint64_t grid_walk_count(const struct grid_walk *w)
{
	uint64_t n = 1;

	for (unsigned i = 0; i < w->ndim; i++)
		if (!num_mul(n, w->last[i] - w->first[i] + 1, &n))
			return UINT64_MAX;
	return n;
}

void grid_walk_nth(const struct grid_walk *w, uint64_t n, uint64_t *at)
{
	for (unsigned i = w->ndim; i-- > 0;) {
		uint64_t len = w->last[i] - w->first[i] + 1;

		at[i] = w->first[i] + n % len;
		n /= len;
	}
}

void grid_key_text(struct buf *out, struct grid_key how, unsigned ndim,
	const uint64_t *at)
{
	if (!how.v2)
		buf_addc(out, 'c');
	else if (ndim == 0)
		buf_addc(out, '0');
	for (unsigned i = 0; i < ndim; i++) {
		if (i > 0 || !how.v2)
			buf_addc(out, how.separator);
		buf_addf(out, "%llu", (unsigned long long)at[i]);
	}
}
