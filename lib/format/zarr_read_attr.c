/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attribute that JSON has and netCDF has not is kept as its text, rather than
 * refused: nothing that pgf does depends on it, and who reads it can parse it.
 */
#include "format/zarr_read_attr.h"

#include <string.h>

#include "base/base64.h"
#include "base/str.h"
#include "format/view.h"
#include "record/json_write.h"

static bool holds_values(const char *name)
{
	static const char *const names[] = { "_FillValue", "missing_value",
		"valid_min", "valid_max", "valid_range", "flag_values",
		"flag_masks" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_eq(names[i], name))
			return true;
	return false;
}

/* The scalars of an attribute: itself, or its elements. */
static size_t count(const struct js *v)
{
	return js_type(v) == JS_LIST ? js_count(v) : 1;
}

static const struct js *at(const struct js *v, size_t i)
{
	return js_type(v) == JS_LIST ? js_at(v, i) : v;
}

static bool is_number(const struct js *v)
{
	return js_type(v) == JS_INT || js_type(v) == JS_REAL;
}

/* All as numbers of type t; false if one is none. */
static bool put_numbers(struct attrs *to, const char *name, struct dtype t,
	const struct js *v)
{
	struct buf bytes = BUF_INIT;
	size_t n = count(v);
	bool ok = true;

	buf_resize(&bytes, n * t.size);
	for (size_t i = 0; i < n && ok; i++)
		ok = dtype_value_bytes(t, at(v, i), bytes.data + i * t.size);
	if (ok)
		attrs_add_numbers(to, name, t, bytes.data, n);
	buf_release(&bytes);
	return ok;
}

/* NaN, the infinities and what is too large stand in quotes (format/zarr_group). */
static bool is_quoted_number(const struct js *v)
{
	const char *text = js_text(v);
	double d;

	return text != NULL && (strlen(text) > 18 || strpbrk(text, "NI")) &&
		js_real(v, &d);
}

static bool put_plain_numbers(struct attrs *to, const char *name,
	const struct js *v)
{
	size_t n = 0, nreal = 0, nquoted = 0;

	for (size_t i = 0; i < count(v); i++) {
		n += is_number(at(v, i));
		nreal += js_type(at(v, i)) == JS_REAL;
		nquoted += is_quoted_number(at(v, i));
	}
	if (n == 0 || n + nquoted != count(v) || n > ATTR_MAX_VALUES)
		return false;
	return (nreal == 0 &&
		       (put_numbers(to, name, dtype_of(DTYPE_INT64), v) ||
			       put_numbers(to, name, dtype_of(DTYPE_UINT64),
				       v))) ||
		put_numbers(to, name, dtype_of(DTYPE_FLOAT64), v);
}

/* xarray writes the _FillValue of floats as base64 of a little-endian double. */
static bool put_double(struct attrs *to, const char *name, struct dtype t,
	const struct js *v)
{
	struct buf raw = BUF_INIT;
	uint64_t bits;
	double d;
	bool ok = dtype_is_float(t) && str_eq(name, "_FillValue") &&
		js_text(v) != NULL && base64_decode(js_text(v), &raw) &&
		raw.len == sizeof(d);

	if (ok) {
		bits = view_little((const uint8_t *)raw.data, sizeof(d));
		memcpy(&d, &bits, sizeof(d));
		ok = put_numbers(to, name, t, js_new_real(to->arena, d));
	}
	buf_release(&raw);
	return ok;
}

static bool put_texts(struct attrs *to, const char *name, const struct js *v)
{
	struct js *list = js_new_list(to->arena);

	for (size_t i = 0; i < count(v); i++) {
		const char *text = js_text(at(v, i));

		if (text == NULL)
			return false;
		js_add_text(list, text);
	}
	js_set(to->values, name, count(v) == 1 ? js_at(list, 0) : list);
	return true;
}

static void put_json(struct attrs *to, const char *name, const struct js *v)
{
	struct buf text = BUF_INIT;

	js_write(&text, v, JS_RECORD);
	js_set_text(to->values, name, text.data);
	buf_release(&text);
}

static void put(struct attrs *to, const char *name, const struct dtype *t,
	const struct js *v)
{
	if (t != NULL && !dtype_is_text(*t) && holds_values(name) &&
		count(v) > 0 && count(v) <= ATTR_MAX_VALUES &&
		(put_double(to, name, *t, v) || put_numbers(to, name, *t, v)))
		return;
	if (!put_plain_numbers(to, name, v) && !put_texts(to, name, v))
		put_json(to, name, v);
}

int zarr_read_attrs(const struct js *obj, const struct dtype *t,
	struct attrs *out, struct err *err)
{
	if (js_type(obj) == JS_NULL)
		return 0;
	if (js_type(obj) != JS_OBJECT)
		return err_set(err, ERR_DATA, "its attributes are no object");
	for (void *it = js_first(obj); it; it = js_next(obj, it))
		if (*js_name(it) != '\0' && !attr_is_hidden(js_name(it)) &&
			!str_eq(js_name(it), "_ARRAY_DIMENSIONS"))
			put(out, js_name(it), t, js_member(it));
	return 0;
}

void zarr_read_attr_fill(struct attrs *out, struct dtype t, const void *fill)
{
	if (!dtype_is_text(t) && js_get(out->values, "_FillValue") == NULL)
		attrs_add_numbers(out, "_FillValue", t, fill, 1);
}
