/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is needed is found by division, so that a source of many chunks costs what
 * a region takes of it.
 */
#include "plan/plan_region.h"

#include "base/num.h"

/* The elements of the source's axis that fall into the region. */
static struct plan_extent extent_of(const struct array *t,
	const struct plan_box *box, const struct plan_piece *p, unsigned axis)
{
	uint64_t shape = p->table.shape[axis], offset = 0, end;
	struct plan_extent s;

	if (axis >= t->ndim)
		return (struct plan_extent){ 0, shape };
	if (t->concat[axis] >= 0)
		offset = p->offset[t->concat[axis]];
	else if (axis + 1 == t->ndim)
		offset = p->behind;
	s.low = num_max(box->offset[axis], offset) - offset;
	end = num_min(box->offset[axis] + box->steps[axis], t->shape[axis]);
	s.high = num_min(num_max(end, offset) - offset, shape);
	return s;
}

bool plan_needed(const struct array *t, const struct plan_box *box,
	const struct plan_piece *p, struct plan_needed *out)
{
	const struct chunk_table *table = &p->table;

	out->ndim = table->ndim;
	out->all = true;
	for (unsigned i = 0; i < table->ndim; i++) {
		struct plan_extent s = extent_of(t, box, p, i);

		if (s.low >= s.high)
			return false;
		out->extent[i] = s;
		out->grid[i] =
			num_ceil_div(table->shape[i], table->chunk_shape[i]);
		out->first[i] = s.low / table->chunk_shape[i];
		out->last[i] = (s.high - 1) / table->chunk_shape[i];
		if (out->first[i] != 0 || out->last[i] != out->grid[i] - 1)
			out->all = false;
	}
	return true;
}

static bool next_chunk(const struct plan_needed *need, uint64_t *at)
{
	for (unsigned i = need->ndim; i-- > 0;) {
		if (at[i]++ < need->last[i])
			return true;
		at[i] = need->first[i];
	}
	return false;
}

static uint64_t count_needed(const struct plan_needed *need)
{
	uint64_t n = 1;

	for (unsigned i = 0; i < need->ndim; i++)
		n *= need->last[i] - need->first[i] + 1;
	return n;
}

struct refs plan_pick(struct arena *a, const struct refs *all,
	const struct plan_needed *need)
{
	uint64_t at[DATASET_MAX_NDIM] = { 0 };
	uint64_t n = count_needed(need);
	struct refs out = {
		.index = ARENA_NEW(a, uint64_t, n),
		.offset = ARENA_NEW(a, uint64_t, n),
		.length = ARENA_NEW(a, uint64_t, n),
		.mask = all->mask ? ARENA_NEW(a, uint32_t, n) : NULL,
		.tag = all->tag ? ARENA_NEW(a, uint64_t, n) : NULL,
	};

	for (unsigned i = 0; i < need->ndim; i++)
		at[i] = need->first[i];
	do {
		uint64_t k = 0;

		for (unsigned i = 0; i < need->ndim; i++)
			k = k * need->grid[i] + at[i];
		out.index[out.n] = k;
		out.offset[out.n] = all->offset[k];
		out.length[out.n] = all->length[k];
		if (all->mask != NULL)
			out.mask[out.n] = all->mask[k];
		if (all->tag != NULL)
			out.tag[out.n] = all->tag[k];
		out.n++;
	} while (next_chunk(need, at));
	return out;
}

/* A region whose memory is added up. */
struct adding {
	const struct array *array;
	const struct plan_box *box;
	struct footprint_target target;
	struct footprint sum;
};

static void add_footprint(struct adding *add, const struct plan_piece *p,
	bool is_compared)
{
	uint64_t count[DATASET_MAX_NDIM];
	struct refs refs = p->table.refs;
	struct arena a = ARENA_INIT;
	struct plan_needed need;

	if (p->file == NULL || !plan_needed(add->array, add->box, p, &need))
		return;
	for (unsigned i = 0; i < need.ndim; i++)
		count[i] = need.extent[i].high - need.extent[i].low;
	if (p->table.has_refs && !need.all)
		refs = plan_pick(&a, &p->table.refs, &need);
	footprint_add(&add->sum, &add->target,
		&(struct footprint_piece){ &p->table, count, &refs,
			p->encoding != NULL, is_compared });
	arena_release(&a);
}

struct footprint plan_region_footprint(const struct array *t,
	const struct plan_box *box, const struct plan_pieces *from)
{
	struct adding add = { .array = t,
		.box = box,
		.target = { t->ndim, t->chunk_shape, t->inner_shape,
			t->dtype.kind == DTYPE_STRING, t->itemsize,
			t->codecs ? js_count(t->codecs) : 1, t->keep } };
	uint64_t size[DATASET_MAX_NDIM];

	for (unsigned i = 0; i < t->ndim; i++)
		size[i] = num_min(box->steps[i], t->shape[i] - box->offset[i]);
	add.sum = footprint_of(&add.target, size);
	for (size_t i = 0; i < from->n; i++)
		add_footprint(&add, from->of[i], false);
	for (size_t i = 0; i < from->nclose; i++)
		add_footprint(&add, from->close[i], true);
	return add.sum;
}
