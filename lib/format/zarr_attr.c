/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values change their spelling here and nowhere else; guessing a type from the
 * look of a value was refused, since the text "123" and the number 123 differ.
 */
#include "format/zarr_attr.h"

#include <string.h>

#include "base/base64.h"
#include "base/str.h"

struct js *zarr_attr_integer(struct arena *a, struct js *v)
{
	uint64_t u;
	int64_t n;

	if (js_type(v) != JS_TEXT)
		return v;
	if (js_i64(v, &n))
		return js_new_int(a, n);
	if (js_u64(v, &u))
		return js_new_text(a,
			arena_printf(a, "%c%llu", ZARR_ATTR_MARK,
				(unsigned long long)u));
	return v;
}

static struct js *convert_scalar(struct arena *a, struct js *v, struct dtype t)
{
	double d;

	if (dtype_is_integer(t))
		return zarr_attr_integer(a, v);
	if (dtype_is_float(t) && js_real(v, &d))
		return js_new_real(a,
			t.kind == DTYPE_FLOAT32 ? (double)(float)d : d);
	return v;
}

static struct js *convert(struct arena *a, struct js *v, const char *dtype)
{
	struct js *list;
	struct dtype t;

	if (dtype == NULL || !dtype_parse(dtype, &t))
		return v;
	if (js_type(v) != JS_LIST)
		return convert_scalar(a, v, t);
	list = js_new_list(a);
	for (size_t i = 0; i < js_count(v); i++)
		js_add(list, convert_scalar(a, js_at(v, i), t));
	return list;
}

static struct js *double_text(struct arena *a, const struct array *t)
{
	struct buf text = BUF_INIT;
	uint8_t bytes[8];
	double d = 0;
	struct js *v;

	js_real(dtype_bytes_value(a, t->dtype, t->fill), &d);
	dtype_value_bytes(dtype_of(DTYPE_FLOAT64), js_new_real(a, d), bytes);
	base64_encode(bytes, sizeof(bytes), &text);
	v = js_new_text(a, text.data);
	buf_release(&text);
	return v;
}

static struct js *fill_attr(struct arena *a, const struct array *t)
{
	if (dtype_is_float(t->dtype))
		return double_text(a, t);
	return zarr_attr_integer(a, dtype_bytes_value(a, t->dtype, t->fill));
}

struct js *zarr_attr_list(struct arena *a, const struct array *t,
	int zarr_format)
{
	const struct layout_var *v = t->var;
	struct js *out = js_new_object(a);

	for (void *it = js_first(v->attrs); it; it = js_next(v->attrs, it)) {
		const char *name = js_name(it);

		if (str_eq(name, "_ARRAY_DIMENSIONS"))
			continue;
		if (!str_eq(name, "_FillValue"))
			js_set(out, name,
				convert(a, js_member(it),
					js_get_text(v->attr_dtypes, name)));
		else if (zarr_format == 3 && !dtype_is_text(t->dtype))
			js_set(out, name, fill_attr(a, t));
	}
	return out;
}

struct js *zarr_attr_group(struct arena *a, const struct layout *l)
{
	struct js *out = js_new_object(a);

	for (void *it = js_first(l->attrs); it; it = js_next(l->attrs, it))
		js_set(out, js_name(it),
			convert(a, js_member(it),
				js_get_text(l->attr_dtypes, js_name(it))));
	return out;
}
