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
#include "chunk/source.h"

struct walk {
	const struct chunk_table *table;
	const struct source *from;
	struct depot_copy *copy; /* or of the object at hand */
	bool reserve;            /* wish for nothing, only make copies large */
	struct buf name;
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

/* Have the copy of the object of a chunk. */
static bool find_copy(struct walk *w, uint64_t number, uint64_t i)
{
	const struct refs *r = &w->table->refs;
	struct depot_object o = { .folder = w->from->origin };
	struct err ignored = ERR_INIT;

	if (w->table->objects == NULL || w->from->depot == NULL)
		return w->copy != NULL;
	if (!num_add(r->offset[i], r->length[i], &o.end))
		return false;
	buf_reset(&w->name);
	chunk_table_object(w->table, number, &w->name);
	o.name = w->name.data;
	o.tag = r->tag[i];
	w->copy = depot_copy_object(w->from->depot, &o, &ignored);
	return w->copy != NULL;
}

static void want_chunk(struct walk *w, uint64_t number, const struct box *part)
{
	const struct refs *r = &w->table->refs;
	uint64_t i = refs_find(r, number);
	size_t n = js_count(w->table->codecs);
	uint32_t all = n < 32 ? (UINT32_C(1) << n) - 1 : UINT32_MAX;
	uint32_t mask;

	if (i >= r->n || r->offset[i] == REFS_ABSENT ||
		!find_copy(w, number, i) || w->reserve)
		return;
	mask = r->mask != NULL ? r->mask[i] : 0;
	if ((mask & all) == all && r->length[i] == w->chunk_size)
		want_raw(w, r->offset[i], *part);
	else
		want(w, r->offset[i], r->length[i]);
}

static void walk_box(struct walk *w, const struct box *box)
{
	const struct chunk_table *t = w->table;
	const struct grid grid = { t->ndim, t->shape, t->chunk_shape };
	struct grid_walk at;
	struct box part;

	for (bool more = grid_walk_begin(&at, &grid, box); more;
		more = grid_walk_next(&at)) {
		grid_chunk_box(&grid, at.at, &w->whole);
		if (box_intersect(&w->whole, box, &part))
			want_chunk(w, grid_index(&grid, at.at), &part);
	}
}

void needs_of_box(const struct chunk_table *t, const struct box *box,
	const struct source *from)
{
	struct walk w = { .table = t, .from = from, .copy = from->copy };

	if (from->copy == NULL && from->depot == NULL)
		return;
	if (!gather_can(t) || !t->has_refs ||
		!num_product(t->chunk_shape, t->ndim, &w.chunk_size) ||
		!num_mul(w.chunk_size, t->dtype.size, &w.chunk_size))
		return;
	box_strides(t->ndim, t->chunk_shape, t->dtype.size, w.inner);
	w.reserve = t->objects != NULL && t->objects->per != NULL;
	if (w.reserve)
		walk_box(&w, box);
	w.reserve = false;
	walk_box(&w, box);
	buf_release(&w.name);
}

static int want_piece(struct depot *d, const struct region *r, struct piece *p,
	struct err *err)
{
	struct box shared, source;
	struct source from = { .fd = -1, .path = p->path, .depot = d };

	if (p->origin == NULL || !inlay_box(r, p, &shared))
		return 0;
	p->depot = d;
	if (p->table.objects == NULL) {
		p->copy = depot_copy_of(d, p->origin, err);
		if (p->copy == NULL)
			return -1;
	}
	from.copy = p->copy;
	from.origin = p->origin;
	source = box_of(p->table.ndim, NULL, p->table.shape);
	for (unsigned i = 0; i < shared.ndim; i++) {
		source.start[i] = shared.start[i] - p->offset[i];
		source.count[i] = shared.count[i];
	}
	needs_of_box(&p->table, &source, &from);
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
