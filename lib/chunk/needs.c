/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk of chunk/gather without the reading.  If the two ever differ, reading
 * asks for what is missing by itself: slower, not wrong.
 */
#include "chunk/needs.h"

#include "base/num.h"
#include "chunk/gather.h"
#include "chunk/grid.h"
#include "chunk/inlay.h"

struct walk {
	const struct chunk_table *table;
	struct depot_copy *copy;
	struct box whole; /* the chunk */
	uint64_t inner[BOX_MAX_NDIM];
	uint64_t chunk_size;
};

static void want(const struct walk *w, uint64_t offset, uint64_t len)
{
	struct span_range r = { offset, 0 };

	if (num_add(offset, len, &r.end))
		depot_want(w->copy, r);
}

/* A part of an unfiltered chunk, as gather reads it. */
static void want_raw(const struct walk *w, uint64_t offset, struct box part)
{
	size_t item = w->table->dtype.size;
	uint64_t span = item, at = offset;
	struct box rest;

	for (unsigned i = 0; i < part.ndim; i++) {
		at += (part.start[i] - w->whole.start[i]) * w->inner[i];
		span += (part.count[i] - 1) * w->inner[i];
	}
	if (box_is_dense(&part, w->inner, item) || span <= GATHER_REMOTE_SPAN ||
		span <= item) {
		want(w, at, span);
		return;
	}
	box_halve(&part, &rest);
	want_raw(w, offset, part);
	want_raw(w, offset, rest);
}

static void want_chunk(const struct walk *w, uint64_t number,
	const struct box *part)
{
	const struct refs *r = &w->table->refs;
	uint64_t i = refs_find(r, number);
	size_t n = js_count(w->table->codecs);
	uint32_t all = n < 32 ? (UINT32_C(1) << n) - 1 : UINT32_MAX;
	uint32_t mask;

	if (i >= r->n || r->offset[i] == REFS_ABSENT)
		return;
	mask = r->mask != NULL ? r->mask[i] : 0;
	if ((mask & all) == all && r->length[i] == w->chunk_size)
		want_raw(w, r->offset[i], *part);
	else
		want(w, r->offset[i], r->length[i]);
}

void needs_of_box(const struct chunk_table *t, const struct box *box,
	struct depot_copy *copy)
{
	struct walk w = { .table = t, .copy = copy };
	const struct grid grid = { t->ndim, t->shape, t->chunk_shape };
	struct grid_walk at;
	struct box part;

	if (!gather_can(t) || !t->has_refs ||
		!num_product(t->chunk_shape, t->ndim, &w.chunk_size) ||
		!num_mul(w.chunk_size, t->dtype.size, &w.chunk_size))
		return;
	box_strides(t->ndim, t->chunk_shape, t->dtype.size, w.inner);
	for (bool more = grid_walk_begin(&at, &grid, box); more;
		more = grid_walk_next(&at)) {
		grid_chunk_box(&grid, at.at, &w.whole);
		if (box_intersect(&w.whole, box, &part))
			want_chunk(&w, grid_index(&grid, at.at), &part);
	}
}

static int want_piece(struct depot *d, const struct region *r, struct piece *p,
	struct err *err)
{
	struct box shared, source;

	if (p->origin == NULL || !inlay_box(r, p, &shared))
		return 0;
	p->copy = depot_copy_of(d, p->origin, err);
	if (p->copy == NULL)
		return -1;
	source = box_of(p->table.ndim, NULL, p->table.shape);
	for (unsigned i = 0; i < shared.ndim; i++) {
		source.start[i] = shared.start[i] - p->offset[i];
		source.count[i] = shared.count[i];
	}
	needs_of_box(&p->table, &source, p->copy);
	return 0;
}

int needs_bring(struct depot *d, struct region *r, struct err *err)
{
	depot_reset(d);
	for (size_t i = 0; i < r->npieces; i++)
		if (want_piece(d, r, &r->pieces[i], err) < 0)
			return -1;
	for (size_t i = 0; i < r->close.n; i++)
		if (want_piece(d, r, &r->close.with[i], err) < 0)
			return -1;
	return depot_bring(d, err);
}
