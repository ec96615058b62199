/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunk tables to and from JSON.  Columns (a list of offsets, a list of
 * lengths) were chosen over a list of triples: the text is a third of the
 * size, and jq can sum a column.
 */
#include "model/dataset.h"

#include <inttypes.h>
#include <string.h>

#include "base/base64.h"
#include "base/num.h"

static struct js *list_of(struct arena *a, const uint64_t *v, uint64_t n)
{
	struct js *list = js_new_list(a);

	for (uint64_t i = 0; i < n; i++)
		js_add_u64(list, v[i]);
	return list;
}

static struct js *refs_to_json(struct arena *a, const struct refs *r)
{
	struct js *obj = js_new_object(a), *offset = js_new_list(a), *mask;
	uint32_t any = 0;

	if (r->index != NULL)
		js_set(obj, "index", list_of(a, r->index, r->n));
	for (uint64_t i = 0; i < r->n; i++) {
		if (r->offset[i] == REFS_ABSENT)
			js_add(offset, js_new_null(a));
		else
			js_add_u64(offset, r->offset[i]);
		any |= r->mask != NULL ? r->mask[i] : 0;
	}
	js_set(obj, "offset", offset);
	js_set(obj, "length", list_of(a, r->length, r->n));
	if (r->tag != NULL)
		js_set(obj, "tag", list_of(a, r->tag, r->n));
	if (any == 0)
		return obj;
	mask = js_new_list(a);
	for (uint64_t i = 0; i < r->n; i++)
		js_add_u64(mask, r->mask[i]);
	js_set(obj, "mask", mask);
	return obj;
}

void chunk_table_type_to_json(struct arena *a, const struct chunk_table *t,
	struct js *obj)
{
	char name[16];

	js_set(obj, "shape", list_of(a, t->shape, t->ndim));
	js_set_text(obj, "dtype", dtype_name(t->dtype, name));
	js_set_text(obj, "endian", t->big_endian ? "big" : "little");
	if (t->fill != NULL)
		js_set(obj, "fill", dtype_bytes_value(a, t->dtype, t->fill));
}

void chunk_table_place_to_json(struct arena *a, const struct chunk_table *t,
	struct js *obj)
{
	struct buf text = BUF_INIT;

	js_set(obj, "chunk_shape", list_of(a, t->chunk_shape, t->ndim));
	js_set(obj, "codecs", t->codecs);
	if (t->objects != NULL)
		js_set(obj, "objects", objects_to_json(a, t->objects, t->ndim));
	if (t->has_refs)
		js_set(obj, "refs", refs_to_json(a, &t->refs));
	if (t->inline_data == NULL)
		return;
	base64_encode(t->inline_data, (size_t)t->inline_size, &text);
	js_set_text(obj, "inline", text.data != NULL ? text.data : "");
	buf_release(&text);
}

void chunk_table_to_json(struct arena *a, const struct chunk_table *t,
	struct js *obj)
{
	chunk_table_type_to_json(a, t, obj);
	chunk_table_place_to_json(a, t, obj);
}

/* A list of n numbers below REFS_ABSENT; null is REFS_ABSENT if allowed. */
struct column {
	const char *name;
	bool null_allowed;
};

static int read_column(struct arena *a, const struct js *obj, struct column c,
	uint64_t **out, struct err *err)
{
	const struct js *list = js_get(obj, c.name);
	size_t n = js_count(list);

	if (js_type(list) != JS_LIST)
		return err_set(err, ERR_DATA, "member '%s' is not a list",
			c.name);
	*out = ARENA_NEW(a, uint64_t, n);
	for (size_t i = 0; i < n; i++) {
		const struct js *v = js_at(list, i);

		(*out)[i] = REFS_ABSENT;
		if (c.null_allowed && js_type(v) == JS_NULL)
			continue;
		if (!js_u64(v, &(*out)[i]) || (*out)[i] == REFS_ABSENT)
			return err_set(err, ERR_DATA,
				"member '%s': element "
				"%zu is not a whole number >= 0",
				c.name, i);
	}
	return 0;
}

static int read_type(const struct js *obj, struct chunk_table *t,
	struct err *err)
{
	const char *name = js_get_text(obj, "dtype");
	const char *endian = js_get_text(obj, "endian");

	if (name == NULL || !dtype_parse(name, &t->dtype))
		return err_set(err, ERR_DATA,
			"member 'dtype': '%s' is no "
			"type that is known",
			name != NULL ? name : "");
	if (endian == NULL ||
		(strcmp(endian, "big") != 0 && strcmp(endian, "little") != 0))
		return err_set(err, ERR_DATA,
			"member 'endian' is not 'little' or 'big'");
	t->big_endian = strcmp(endian, "big") == 0;
	return 0;
}

static int read_fill(struct arena *a, const struct js *obj,
	struct chunk_table *t, struct err *err)
{
	const struct js *v = js_get(obj, "fill");

	if (v == NULL)
		return 0;
	t->fill = ARENA_NEW(a, uint8_t, t->dtype.size);
	if (!dtype_value_bytes(t->dtype, v, t->fill))
		return err_set(err, ERR_DATA,
			"member 'fill' is not a value of the dtype");
	return 0;
}

/* Bytes of an array of that shape; cells of variable length count as one. */
static bool bytes_of(const struct chunk_table *t, const uint64_t *shape,
	uint64_t *out)
{
	uint64_t n;

	return num_product(shape, t->ndim, &n) &&
		num_mul(n, t->dtype.size == 0 ? 1 : t->dtype.size, out) &&
		*out <= INT64_MAX;
}

static int read_shape(struct arena *a, const struct js *obj,
	struct chunk_table *t, struct err *err)
{
	uint64_t size;

	if (read_column(a, obj, (struct column){ "shape", false }, &t->shape,
		    err) < 0 ||
		read_column(a, obj, (struct column){ "chunk_shape", false },
			&t->chunk_shape, err) < 0)
		return -1;
	t->ndim = (unsigned)js_count(js_get(obj, "shape"));
	if (js_count(js_get(obj, "shape")) > DATASET_MAX_NDIM)
		return err_set(err, ERR_DATA,
			"member 'shape' has %zu "
			"dimensions, the most is %d",
			js_count(js_get(obj, "shape")), DATASET_MAX_NDIM);
	if (js_count(js_get(obj, "chunk_shape")) != t->ndim)
		return err_set(err, ERR_DATA,
			"member 'chunk_shape' has %zu "
			"dimensions, member 'shape' %u",
			js_count(js_get(obj, "chunk_shape")), t->ndim);
	for (unsigned i = 0; i < t->ndim; i++)
		if (t->chunk_shape[i] == 0 && t->shape[i] != 0)
			return err_set(err, ERR_DATA,
				"member 'chunk_shape' is "
				"0 along dimension %u",
				i);
	if (!bytes_of(t, t->shape, &size) ||
		!bytes_of(t, t->chunk_shape, &size))
		return err_set(err, ERR_DATA,
			"member 'shape' or 'chunk_shape' is too large");
	return 0;
}

static int read_codecs(const struct js *obj, struct chunk_table *t,
	struct err *err)
{
	t->codecs = js_get(obj, "codecs");
	if (js_type(t->codecs) != JS_LIST || js_count(t->codecs) > 32)
		return err_set(err, ERR_DATA,
			"member 'codecs' is not a list of at most 32");
	for (size_t i = 0; i < js_count(t->codecs); i++)
		if (js_get_text(js_at(t->codecs, i), "name") == NULL)
			return err_set(err, ERR_DATA,
				"member 'codecs': element %zu has no name", i);
	return 0;
}

uint64_t refs_find(const struct refs *r, uint64_t number)
{
	uint64_t lo = 0, hi = r->n;

	if (r->index == NULL)
		return num_min(number, r->n);
	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (r->index[mid] < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < r->n && r->index[lo] == number ? lo : r->n;
}

bool chunk_table_count(const struct chunk_table *t, uint64_t *n)
{
	uint64_t grid[DATASET_MAX_NDIM];

	for (unsigned i = 0; i < t->ndim; i++)
		grid[i] = t->shape[i] == 0 ?
			0 :
			num_ceil_div(t->shape[i], t->chunk_shape[i]);
	return num_product(grid, t->ndim, n);
}

static int check_refs(const struct chunk_table *t, struct err *err)
{
	const struct refs *r = &t->refs;
	uint64_t grid = 0, end;

	if (!chunk_table_count(t, &grid) || (r->index == NULL && r->n != grid))
		return err_set(err, ERR_DATA,
			"member 'refs' has %" PRIu64
			" chunks, the shape has %" PRIu64,
			r->n, grid);
	for (uint64_t i = 0; i < r->n; i++) {
		if (r->index != NULL &&
			(r->index[i] >= grid ||
				(i > 0 && r->index[i] <= r->index[i - 1])))
			return err_set(err, ERR_DATA,
				"member 'refs': 'index' "
				"is not ascending below %" PRIu64,
				grid);
		if (r->offset[i] == REFS_ABSENT ?
				r->length[i] != 0 :
				!num_add(r->offset[i], r->length[i], &end))
			return err_set(err, ERR_DATA,
				"member 'refs': chunk %" PRIu64
				" has an impossible length",
				i);
	}
	return 0;
}

static int read_mask(struct arena *a, const struct js *obj, struct refs *r,
	struct err *err)
{
	uint64_t *wide;

	if (js_get(obj, "mask") == NULL)
		return 0;
	if (read_column(a, obj, (struct column){ "mask", false }, &wide, err) <
		0)
		return -1;
	if (js_count(js_get(obj, "mask")) != r->n)
		return err_set(err, ERR_DATA,
			"member 'refs': 'mask' and 'offset' differ in length");
	r->mask = ARENA_NEW(a, uint32_t, r->n);
	for (uint64_t i = 0; i < r->n; i++) {
		if (wide[i] > UINT32_MAX)
			return err_set(err, ERR_DATA,
				"member 'refs': 'mask' is too large");
		r->mask[i] = (uint32_t)wide[i];
	}
	return 0;
}

static int read_refs(struct arena *a, const struct js *obj,
	struct chunk_table *t, struct err *err)
{
	const struct js *refs = js_get(obj, "refs");
	struct refs *r = &t->refs;

	if (refs == NULL)
		return 0;
	t->has_refs = true;
	r->n = js_count(js_get(refs, "offset"));
	if (read_column(a, refs, (struct column){ "offset", true }, &r->offset,
		    err) < 0 ||
		read_column(a, refs, (struct column){ "length", false },
			&r->length, err) < 0 ||
		(js_get(refs, "index") != NULL &&
			read_column(a, refs, (struct column){ "index", false },
				&r->index, err) < 0))
		return err_in(err, "member 'refs'");
	if (js_get(refs, "tag") != NULL &&
		read_column(a, refs, (struct column){ "tag", false }, &r->tag,
			err) < 0)
		return err_in(err, "member 'refs'");
	if (js_count(js_get(refs, "length")) != r->n ||
		(r->tag != NULL && js_count(js_get(refs, "tag")) != r->n) ||
		(r->index != NULL && js_count(js_get(refs, "index")) != r->n))
		return err_set(err, ERR_DATA,
			"member 'refs': its lists differ in length");
	if (read_mask(a, refs, r, err) < 0)
		return -1;
	return check_refs(t, err);
}

static int read_objects(struct arena *a, const struct js *obj,
	struct chunk_table *t, struct err *err)
{
	const struct js *v = js_get(obj, "objects");

	if (v == NULL)
		return 0;
	if (t->has_refs && t->refs.tag == NULL)
		return err_set(err, ERR_DATA,
			"member 'objects' is there, but no 'tag' in 'refs'");
	t->objects = objects_from_json(a, v, t->ndim, err);
	return t->objects != NULL ? 0 : -1;
}

void chunk_table_object(const struct chunk_table *t, uint64_t number,
	struct buf *out)
{
	uint64_t at[DATASET_MAX_NDIM];

	for (unsigned i = t->ndim; i-- > 0;) {
		uint64_t n =
			num_max(num_ceil_div(t->shape[i], t->chunk_shape[i]),
				1);

		at[i] = number % n;
		number /= n;
	}
	objects_name(t->objects, t->ndim, at, out);
}

static int read_inline(struct arena *a, const struct js *obj,
	struct chunk_table *t, struct err *err)
{
	const char *text = js_get_text(obj, "inline");
	struct buf raw = BUF_INIT;
	uint64_t size;
	bool ok;

	if (js_get(obj, "inline") == NULL)
		return 0;
	ok = text != NULL && !t->has_refs && base64_decode(text, &raw) &&
		bytes_of(t, t->chunk_shape, &size) && raw.len == size &&
		memcmp(t->shape, t->chunk_shape, t->ndim * sizeof(*t->shape)) ==
			0;
	if (ok) {
		t->inline_data = arena_memdup(a, raw.data, raw.len);
		t->inline_size = raw.len;
	}
	buf_release(&raw);
	return ok ? 0 :
		    err_set(err, ERR_DATA,
			    "member 'inline' is not base64 "
			    "text of the bytes of the whole array");
}

int chunk_table_from_json(struct arena *a, const struct js *obj,
	struct chunk_table *out, struct err *err)
{
	memset(out, 0, sizeof(*out));
	if (read_type(obj, out, err) < 0 || read_shape(a, obj, out, err) < 0 ||
		read_fill(a, obj, out, err) < 0 ||
		read_codecs(obj, out, err) < 0 ||
		read_refs(a, obj, out, err) < 0 ||
		read_objects(a, obj, out, err) < 0)
		return -1;
	return read_inline(a, obj, out, err);
}
