/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A region is made as thick as it pays, then as wide as it may be.  Cutting by
 * source files instead would have been simpler to explain, but then two tasks
 * would write one chunk.
 */
#include "model/plan_region.h"

#include "base/num.h"
#include "base/str.h"

static const uint64_t least_bytes = (uint64_t)4 << 20;
static const uint64_t most_bytes = (uint64_t)64 << 20;

/* More objects than this in one task wait too long for their disk. */
static const uint64_t most_chunks = 1024;

/* Bytes of a region of counts[] chunks.  The true length of the other axes, but
 * whole chunks along concat axes, whose length must not matter.  None of
 * this overflows: the array as a whole does not (array_decide.c). */
static uint64_t region_bytes(const struct array *t, const uint64_t *counts)
{
	uint64_t n = t->itemsize;

	for (unsigned i = 0; i < t->ndim; i++) {
		uint64_t len = counts[i] * t->chunk_shape[i];

		n *= t->concat[i] >= 0 ? len : num_min(len, t->shape[i]);
	}
	return n;
}

static void thicken(const struct array *t, uint64_t *counts)
{
	uint64_t slab = region_bytes(t, counts), across = 1, k;

	for (unsigned i = 0; i < t->ndim; i++)
		across *= counts[i];
	if (slab == 0 || slab >= least_bytes)
		return;
	k = num_min(num_ceil_div(least_bytes, slab), most_chunks / across);
	counts[t->concat_axis] = num_max(k, 1);
}

static void thin(const struct array *t, uint64_t *counts)
{
	for (unsigned i = 0; i < t->ndim; i++)
		while (t->concat[i] < 0 && counts[i] > 1 &&
			region_bytes(t, counts) > most_bytes)
			counts[i] = num_ceil_div(counts[i], 2);
}

void plan_region_steps(const struct array *t, uint64_t *steps)
{
	for (unsigned i = 0; i < t->ndim; i++)
		steps[i] = t->concat[i] >= 0 ?
			1 :
			num_max(array_axis_chunks(t, i), 1);
	if (t->concat_axis >= 0)
		thicken(t, steps);
	thin(t, steps);
	for (unsigned i = 0; i < t->ndim; i++)
		steps[i] *= t->chunk_shape[i];
}

/* The first and last chunk of a source along each axis that a region needs. */
struct needed {
	unsigned ndim;
	bool all;
	uint64_t first[DATASET_MAX_NDIM], last[DATASET_MAX_NDIM];
	uint64_t grid[DATASET_MAX_NDIM];
};

struct span {
	uint64_t low, high;
};

/* The elements of the source's axis that fall into the region. */
static struct span span_of(const struct array *t, const struct plan_box *box,
	const struct plan_piece *p, unsigned axis)
{
	uint64_t shape = p->table.shape[axis], offset = 0, end;
	struct span s;

	if (axis >= t->ndim)
		return (struct span){ 0, shape };
	if (t->concat[axis] >= 0)
		offset = p->offset[t->concat[axis]];
	else if (axis + 1 == t->ndim)
		offset = p->behind;
	s.low = num_max(box->offset[axis], offset) - offset;
	end = num_min(box->offset[axis] + box->steps[axis], t->shape[axis]);
	s.high = num_min(num_max(end, offset) - offset, shape);
	return s;
}

/* False if the region takes nothing of the piece. */
static bool find_needed(const struct array *t, const struct plan_box *box,
	const struct plan_piece *p, struct needed *out)
{
	const struct chunk_table *table = &p->table;

	out->ndim = table->ndim;
	out->all = true;
	for (unsigned i = 0; i < table->ndim; i++) {
		struct span s = span_of(t, box, p, i);

		if (s.low >= s.high)
			return false;
		out->grid[i] =
			num_ceil_div(table->shape[i], table->chunk_shape[i]);
		out->first[i] = s.low / table->chunk_shape[i];
		out->last[i] = (s.high - 1) / table->chunk_shape[i];
		if (out->first[i] != 0 || out->last[i] != out->grid[i] - 1)
			out->all = false;
	}
	return true;
}

static bool next_chunk(const struct needed *need, uint64_t *at)
{
	for (unsigned i = need->ndim; i-- > 0;) {
		if (at[i]++ < need->last[i])
			return true;
		at[i] = need->first[i];
	}
	return false;
}

static uint64_t count_needed(const struct needed *need)
{
	uint64_t n = 1;

	for (unsigned i = 0; i < need->ndim; i++)
		n *= need->last[i] - need->first[i] + 1;
	return n;
}

/* The references to the needed chunks, with their numbers. */
static struct refs pick(struct arena *a, const struct refs *all,
	const struct needed *need)
{
	uint64_t at[DATASET_MAX_NDIM] = { 0 };
	uint64_t n = count_needed(need);
	struct refs out = {
		.index = ARENA_NEW(a, uint64_t, n),
		.offset = ARENA_NEW(a, uint64_t, n),
		.length = ARENA_NEW(a, uint64_t, n),
		.mask = all->mask ? ARENA_NEW(a, uint32_t, n) : NULL,
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
		out.n++;
	} while (next_chunk(need, at));
	return out;
}

static void set_text(struct js *obj, const char *name, const char *s)
{
	if (s != NULL)
		js_set_text(obj, name, s);
}

static struct js *hole_record(struct arena *a, const struct plan_piece *p,
	struct js *offset)
{
	struct js *obj = js_new_object(a), *shape = js_new_list(a);

	for (unsigned i = 0; i < p->table.ndim; i++)
		js_add_u64(shape, p->table.shape[i]);
	js_set(obj, "fill", js_new_bool(a, true));
	js_set(obj, "offset", offset);
	js_set(obj, "shape", shape);
	return obj;
}

static struct js *piece_record(struct arena *a, const struct array *t,
	const struct plan_piece *p, const struct needed *need)
{
	struct js *obj = js_new_object(a), *offset = js_new_object(a);
	struct chunk_table table = p->table;

	for (unsigned i = 0; i < t->ndim; i++)
		if (t->concat[i] >= 0)
			js_set_u64(offset, t->dims[i], p->offset[t->concat[i]]);
	if (p->behind > 0)
		js_set_u64(offset, t->dims[t->ndim - 1], p->behind);
	if (p->file == NULL)
		return hole_record(a, p, offset);
	set_text(obj, "url", p->file->url);
	set_text(obj, "path", p->file->path);
	js_set_u64(obj, "size", p->file->size);
	set_text(obj, "sha256", p->file->sha256);
	set_text(obj, "etag", p->file->etag);
	set_text(obj, "modified", p->file->modified);
	js_set_text(obj, "var", t->name);
	js_set(obj, "offset", offset);
	if (table.has_refs && !need->all)
		table.refs = pick(a, &p->table.refs, need);
	chunk_table_to_json(a, &table, obj);
	if (p->encoding != NULL)
		js_set(obj, "encoding", js_copy(a, p->encoding));
	return obj;
}

/* The array as far as this region knows it; see plan.h. */
static struct js *region_document(struct arena *a, const struct array *t,
	const struct js *document, const uint64_t *end)
{
	struct js *doc = js_new_object(a), *shape = js_new_list(a);

	for (void *it = js_first(document); it; it = js_next(document, it))
		js_set(doc, js_name(it), js_member(it));
	for (unsigned i = 0; i < t->ndim; i++)
		js_add_u64(shape, t->concat[i] >= 0 ? end[i] : t->shape[i]);
	js_set(doc, "shape", shape);
	js_set(doc, "attributes", js_new_object(a));
	if (t->fill != NULL)
		js_set(doc, "fill_value",
			dtype_bytes_value(a, t->dtype, t->fill));
	return doc;
}

static struct js *key_record(struct arena *a, const struct array *t,
	const struct plan_box *box)
{
	struct js *key = js_new_object(a), *vars = js_new_list(a);
	struct js *offset = js_new_object(a);

	for (unsigned i = 0; i < t->ndim; i++)
		js_set_u64(offset, t->dims[i], box->offset[i]);
	js_add_text(vars, t->name);
	js_set(key, "offset", offset);
	js_set(key, "vars", vars);
	return key;
}

static struct js *cell_record(struct arena *a, const struct array *t)
{
	struct js *cell = js_new_object(a), *shape = js_new_list(a);
	char name[16];

	for (unsigned i = 0; i < t->cell_ndim; i++)
		js_add_u64(shape, t->cell_shape[i]);
	js_set_text(cell, "dtype", dtype_name(t->cell, name));
	js_set(cell, "shape", shape);
	return cell;
}

/* What other files have in the box. */
static struct js *close_record(struct arena *a, const struct array *t,
	const struct plan_box *box, const struct plan_pieces *p)
{
	struct js *obj = js_new_object(a), *with = js_new_list(a);
	struct needed need;

	for (size_t i = 0; i < p->nclose; i++)
		if (find_needed(t, box, p->close[i], &need))
			js_add(with, piece_record(a, t, p->close[i], &need));
	js_set(obj, "tolerance", js_new_real(a, t->var->tolerance));
	js_set(obj, "with", with);
	return obj;
}

static bool converts(const struct js *pieces)
{
	for (size_t i = 0; i < js_count(pieces); i++)
		if (js_get(js_at(pieces, i), "encoding") != NULL)
			return true;
	return false;
}

struct js *plan_region_record(struct arena *a, const struct array *t,
	const struct js *document, const struct plan_box *box,
	const struct plan_pieces *from)
{
	struct js *rec = js_new_object(a), *size = js_new_object(a);
	struct js *pieces = js_new_list(a);
	struct needed need;

	for (unsigned i = 0; i < t->ndim; i++)
		js_set_u64(size, t->dims[i],
			num_min(box->steps[i], t->shape[i] - box->offset[i]));
	for (size_t i = 0; i < from->n; i++)
		if (find_needed(t, box, from->of[i], &need))
			js_add(pieces, piece_record(a, t, from->of[i], &need));
	js_set(rec, "key", key_record(a, t, box));
	js_set(rec, "array", region_document(a, t, document, box->end));
	js_set(rec, "size", size);
	if (t->omits_empty)
		js_set(rec, "write_empty_chunks", js_new_bool(a, false));
	if (t->dtype.kind == DTYPE_STRING)
		js_set(rec, "cell", cell_record(a, t));
	if (from->nclose > 0 && from->store != NULL)
		js_set(rec, "encoding", js_copy(a, from->store));
	else if (converts(pieces))
		js_set(rec, "encoding", js_copy(a, t->var->encoding));
	js_set(rec, "from", pieces);
	if (from->nclose > 0)
		js_set(rec, "close", close_record(a, t, box, from));
	return rec;
}
