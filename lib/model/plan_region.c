/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of a source only the chunks are listed that a region needs, so that a record
 * is small however large its sources are.
 */
#include "model/plan_region.h"

#include "base/num.h"
#include "base/str.h"

struct span {
	uint64_t low, high;
};

/* The first and last chunk of a source along each axis that a region needs. */
struct needed {
	unsigned ndim;
	bool all;
	uint64_t first[DATASET_MAX_NDIM], last[DATASET_MAX_NDIM];
	uint64_t grid[DATASET_MAX_NDIM];
	struct span span[DATASET_MAX_NDIM]; /* elements */
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
		out->span[i] = s;
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
	struct needed need;

	if (p->file == NULL || !find_needed(add->array, add->box, p, &need))
		return;
	for (unsigned i = 0; i < need.ndim; i++)
		count[i] = need.span[i].high - need.span[i].low;
	if (p->table.has_refs && !need.all)
		refs = pick(&a, &p->table.refs, &need);
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
	if (t->keep)
		js_set(rec, "keep", js_new_bool(a, true));
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
