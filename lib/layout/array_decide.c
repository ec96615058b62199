/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the variable of a layout to the array of a store: text, fill and sizes.
 * Chunks are model/chunking's, and what is made of them model/sharding's.
 */
#include "layout/array.h"

#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "layout/chunking.h"
#include "layout/sharding.h"

/* A string has no size of its own; for dividing work a short word will do. */
enum { STRING_SIZE = 16 };

/* Where it grows, or is the only byte there is, a char stands for itself. */
static bool is_joinable(const struct layout_var *v)
{
	return v->ndim > 0 && v->concat[v->ndim - 1] < 0;
}

static void decide_text(struct array *t)
{
	const struct layout_var *v = t->var;

	if (t->zarr_format == 2 && v->dtype.kind != DTYPE_STRING) {
		t->dtype = (struct dtype){ DTYPE_BYTES, v->dtype.size };
		return;
	}
	t->dtype = dtype_of(DTYPE_STRING);
	if (v->dtype.kind == DTYPE_CHAR && is_joinable(v)) {
		t->ndim--;
		t->cell_ndim = 1;
		t->cell_shape = &v->shape[t->ndim];
	}
}

static uint64_t item_size(const struct array *t)
{
	uint64_t size = t->cell.size ? t->cell.size : STRING_SIZE;

	for (unsigned i = 0; i < t->cell_ndim; i++)
		if (!num_mul(size, t->cell_shape[i], &size))
			return INT64_MAX;
	return size ? size : 1;
}

/* The one byte of a char attribute: an empty one is NUL. */
static bool text_fill(const struct js *v, struct array *t)
{
	const char *s = js_text(v);

	if (s == NULL || strlen(s) > t->dtype.size)
		return false;
	memcpy(t->fill, s, strlen(s));
	return true;
}

static int decide_fill(struct arena *a, struct array *t, struct err *err)
{
	const struct js *v = js_get(t->var->attrs, "_FillValue");
	char name[16];
	bool ok;

	if (t->dtype.kind == DTYPE_STRING)
		return 0;
	t->fill = ARENA_NEW(a, uint8_t, t->dtype.size);
	if (v == NULL) {
		if (dtype_is_float(t->dtype))
			dtype_value_bytes(t->dtype, js_new_text(a, "NaN"),
				t->fill);
		return 0;
	}
	ok = dtype_is_text(t->dtype) ? text_fill(v, t) :
				       dtype_value_bytes(t->dtype, v, t->fill);
	if (!ok)
		return err_set(err, ERR_DATA,
			"variable '%.200s': attribute '_FillValue' is not a "
			"value of its type %s; correct it in the files",
			t->name, dtype_name(t->var->dtype, name));
	t->has_fill = true;
	return 0;
}

/* Readers multiply by what they find, and cannot open a store where that is text. */
static int check_packing(const struct array *t, struct err *err)
{
	static const char *const names[] = { "scale_factor", "add_offset" };

	for (size_t i = 0; !dtype_is_text(t->dtype) && i < 2; i++)
		if (js_text(js_get(t->var->attrs, names[i])) != NULL)
			return err_set(err, ERR_DATA,
				"variable '%.200s': attribute '%s' is not a "
				"finite number; correct it in the files",
				t->name, names[i]);
	return 0;
}

/* The whole array, chunks at the edge counted whole, must be countable. */
static int check_size(const struct array *t, struct err *err)
{
	uint64_t size = t->itemsize, whole;

	for (unsigned i = 0; i < t->ndim; i++)
		if (!num_mul(array_axis_chunks(t, i), t->chunk_shape[i],
			    &whole) ||
			!num_mul(size, num_max(whole, 1), &size) ||
			size > INT64_MAX)
			return err_set(err, ERR_DATA,
				"variable '%.200s' is larger than any store",
				t->name);
	return 0;
}

static int decide_array(struct arena *a, const struct recipe_target *target,
	struct array *t, struct err *err)
{
	const struct layout_var *v = t->var;

	t->name = v->name;
	t->ndim = v->ndim;
	t->dims = v->dims;
	t->shape = v->shape;
	t->concat = v->concat;
	t->concat_axis = v->concat_axis;
	t->dtype = t->cell = v->dtype;
	t->zarr_format = (int)target->zarr_format;
	t->separator = target->separator != NULL ? *target->separator :
		target->zarr_format == 2         ? '.' :
						   '/';
	t->codecs = recipe_codecs(target, v->name);
	if (dtype_is_text(v->dtype))
		decide_text(t);
	t->itemsize = item_size(t);
	t->keep =
		recipe_keeps(target, v->name) && t->dtype.kind != DTYPE_STRING;
	if (check_packing(t, err) < 0 || decide_fill(a, t, err) < 0)
		return -1;
	/* Without a fill value v2 does not say what is in an absent chunk. */
	t->omits_empty = !target->write_empty_chunks &&
		(t->zarr_format == 3 || t->has_fill);
	return 0;
}

int arrays_decide(struct arena *a, const struct layout *l,
	const struct recipe_target *t, struct arrays *out, struct err *err)
{
	out->n = l->nvars;
	out->at = ARENA_NEW(a, struct array, out->n);
	if (chunking_check(a, l, t, err) < 0)
		return -1;
	for (size_t i = 0; i < out->n; i++) {
		out->at[i].var = &l->vars[i];
		if (decide_array(a, t, &out->at[i], err) < 0)
			return -1;
		array_decide_kept(&out->at[i], l);
	}
	if (chunking_decide(a, l, t->chunks, out, err) < 0 ||
		sharding_decide(a, t->shards, out, err) < 0)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		if (check_size(&out->at[i], err) < 0)
			return -1;
	return 0;
}
