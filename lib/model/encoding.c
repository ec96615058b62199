/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes and records are two spellings of one struct.  Keeping the
 * attributes themselves in region records was refused: every writer would have
 * to know every convention, and two ways of saying the same would be two
 * digests.
 */
#include "model/encoding.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

struct encoding encoding_none(void)
{
	struct encoding e;

	memset(&e, 0, sizeof(e));
	e.scale = 1;
	e.units[0] = 1;
	return e;
}

static int bad(struct err *err, const char *member, const char *why)
{
	return err_set(err, ERR_DATA, "'%s' %s", member, why);
}

struct dtype encoding_dtype(const struct encoding *e, struct dtype t)
{
	static const int to_unsigned = DTYPE_UINT8 - DTYPE_INT8;

	if (e->sign == ENCODING_SIGN_UNSIGNED && dtype_is_signed(t))
		t.kind = (enum dtype_kind)((int)t.kind + to_unsigned);
	else if (e->sign == ENCODING_SIGN_SIGNED && dtype_is_integer(t) &&
		!dtype_is_signed(t))
		t.kind = (enum dtype_kind)((int)t.kind - to_unsigned);
	return t;
}

static bool is_nan(struct dtype t, const void *bytes)
{
	double d;
	float f;

	if (t.kind == DTYPE_FLOAT32) {
		memcpy(&f, bytes, sizeof(f));
		return isnan(f);
	}
	if (t.kind != DTYPE_FLOAT64)
		return false;
	memcpy(&d, bytes, sizeof(d));
	return isnan(d);
}

static bool is_zero(struct dtype t, const uint8_t *bytes)
{
	unsigned any = 0;

	for (uint32_t i = 0; i < t.size; i++)
		any |= i + 1 < t.size ? bytes[i] : bytes[i] & 0x7fU;
	return any == 0;
}

/* By value: the two zeros of a float are one. */
static bool same_value(struct dtype t, const uint8_t *a, const uint8_t *b)
{
	if (dtype_is_float(t) && is_zero(t, a) && is_zero(t, b))
		return true;
	return memcmp(a, b, t.size) == 0;
}

bool encoding_is_missing(const struct encoding *e, struct dtype t,
	const void *bytes)
{
	for (unsigned i = 0; i < e->nmissing; i++)
		if (same_value(t, e->missing[i], bytes))
			return true;
	return is_nan(t, bytes);
}

/* A value of t, or of t with the other sign where the bits are the same. */
static bool value_bytes(const struct encoding *e, struct dtype t,
	const struct js *v, uint8_t out[8])
{
	memset(out, 0, 8);
	return dtype_value_bytes(t, v, out) ||
		dtype_value_bytes(encoding_dtype(e, t), v, out);
}

static int add_missing(struct encoding *e, struct dtype t, const uint8_t *value,
	struct err *err)
{
	for (unsigned i = 0; i < e->nmissing; i++)
		if (same_value(t, e->missing[i], value) ||
			(is_nan(t, e->missing[i]) && is_nan(t, value)))
			return 0;
	if (e->nmissing == ENCODING_MAX_MISSING)
		return err_set(err, ERR_DATA,
			"more than %d values mean missing",
			ENCODING_MAX_MISSING);
	memcpy(e->missing[e->nmissing++], value, 8);
	return 0;
}

static int read_real(const struct js *obj, const char *name, double *out,
	struct err *err)
{
	const struct js *v = js_get(obj, name);

	if (v == NULL)
		return 0;
	if (js_type(v) == JS_TEXT || !js_real(v, out) || !isfinite(*out))
		return bad(err, name, "is not a finite number");
	return 0;
}

static int read_packing(const struct js *obj, struct encoding *e,
	struct err *err)
{
	e->packed = js_get(obj, "scale_factor") != NULL ||
		js_get(obj, "add_offset") != NULL;
	if (read_real(obj, "scale_factor", &e->scale, err) < 0 ||
		read_real(obj, "add_offset", &e->offset, err) < 0)
		return -1;
	return e->scale == 0 ? bad(err, "scale_factor", "is 0") : 0;
}

static int read_missing(const struct js *list, struct dtype t,
	struct encoding *e, struct err *err)
{
	uint8_t value[8];

	if (list != NULL && js_type(list) != JS_LIST)
		return bad(err, "missing", "is not a list");
	for (size_t i = 0; i < js_count(list); i++) {
		if (!value_bytes(e, t, js_at(list, i), value))
			return bad(err, "missing", "has a value of no element");
		if (add_missing(e, t, value, err) < 0)
			return -1;
	}
	return 0;
}

static int read_time(const struct js *time, struct encoding *e, struct err *err)
{
	const char *months = js_get_text(time, "months");

	if (time == NULL)
		return 0;
	e->time = js_get_text(time, "units");
	e->calendar = js_get_text(time, "calendar");
	if (e->time == NULL || e->calendar == NULL)
		return bad(err, "time", "has no text 'units' or 'calendar'");
	e->udunits_months = months != NULL && str_eq(months, "udunits");
	if (js_get(time, "months") != NULL && !e->udunits_months)
		return bad(err, "months", "is not 'udunits'");
	return 0;
}

static int read_units(const struct js *list, struct encoding *e,
	struct err *err)
{
	if (list == NULL)
		return 0;
	e->converted = true;
	if (js_type(list) != JS_LIST || js_count(list) != 2 ||
		!js_real(js_at(list, 0), &e->units[0]) ||
		!js_real(js_at(list, 1), &e->units[1]) ||
		!isfinite(e->units[0]) || !isfinite(e->units[1]) ||
		e->units[0] == 0)
		return bad(err, "units", "is not [factor, offset]");
	return 0;
}

static int check_members(const struct js *v, struct err *err)
{
	static const char *const known[] = { "missing", "scale_factor",
		"add_offset", "unsigned", "time", "units", NULL };
	size_t i;

	if (v != NULL && js_type(v) != JS_OBJECT)
		return bad(err, "encoding", "is not an object");
	for (void *it = js_first(v); it != NULL; it = js_next(v, it)) {
		for (i = 0; known[i] != NULL; i++)
			if (str_eq(js_name(it), known[i]))
				break;
		if (known[i] == NULL)
			return bad(err, js_name(it),
				"is no member of an encoding");
	}
	return 0;
}

static int read_sign(const struct js *v, struct encoding *e, struct err *err)
{
	bool is_unsigned;

	if (v == NULL)
		return 0;
	if (!js_bool(v, &is_unsigned))
		return bad(err, "unsigned", "is not true or false");
	e->sign = is_unsigned ? ENCODING_SIGN_UNSIGNED : ENCODING_SIGN_SIGNED;
	return 0;
}

int encoding_from_json(const struct js *v, struct dtype t, struct encoding *out,
	struct err *err)
{
	*out = encoding_none();
	if (dtype_is_text(t))
		return js_count(v) == 0 ?
			0 :
			bad(err, "encoding", "is for numbers, this is text");
	if (check_members(v, err) < 0 ||
		read_sign(js_get(v, "unsigned"), out, err) < 0 ||
		read_missing(js_get(v, "missing"), t, out, err) < 0 ||
		read_packing(v, out, err) < 0 ||
		read_time(js_get(v, "time"), out, err) < 0)
		return -1;
	return read_units(js_get(v, "units"), out, err);
}

static void set_time(struct arena *a, struct js *obj, const struct encoding *e)
{
	struct js *time = js_new_object(a);

	if (e->time == NULL)
		return;
	js_set_text(time, "units", e->time);
	js_set_text(time, "calendar", e->calendar);
	if (e->udunits_months)
		js_set_text(time, "months", "udunits");
	js_set(obj, "time", time);
}

struct js *encoding_to_json(struct arena *a, const struct encoding *e,
	struct dtype t)
{
	struct js *obj = js_new_object(a), *list = js_new_list(a);

	for (unsigned i = 0; i < e->nmissing; i++)
		js_add(list, dtype_bytes_value(a, t, e->missing[i]));
	if (e->nmissing > 0)
		js_set(obj, "missing", list);
	if (e->packed) {
		js_set(obj, "scale_factor", js_new_real(a, e->scale));
		js_set(obj, "add_offset", js_new_real(a, e->offset));
	}
	if (e->sign != ENCODING_SIGN_OWN)
		js_set(obj, "unsigned",
			js_new_bool(a, e->sign == ENCODING_SIGN_UNSIGNED));
	set_time(a, obj, e);
	if (e->converted) {
		list = js_new_list(a);
		js_add(list, js_new_real(a, e->units[0]));
		js_add(list, js_new_real(a, e->units[1]));
		js_set(obj, "units", list);
	}
	return obj;
}

/* Attributes that no element can equal are passed over: files declare a
 * missing_value of -99999 of shorts, and readers find none. */
static int missing_of_attr(const struct js *v, struct dtype t,
	struct encoding *e, struct err *err)
{
	uint8_t value[8];

	if (js_type(v) != JS_LIST) {
		if (v == NULL || !value_bytes(e, t, v, value))
			return 0;
		return add_missing(e, t, value, err);
	}
	for (size_t i = 0; i < js_count(v); i++)
		if (value_bytes(e, t, js_at(v, i), value) &&
			add_missing(e, t, value, err) < 0)
			return -1;
	return 0;
}

static enum encoding_sign sign_of_attr(const char *text, struct dtype t)
{
	if (text == NULL || !dtype_is_integer(t))
		return ENCODING_SIGN_OWN;
	if (dtype_is_signed(t) && strcasecmp(text, "true") == 0)
		return ENCODING_SIGN_UNSIGNED;
	if (!dtype_is_signed(t) && strcasecmp(text, "false") == 0)
		return ENCODING_SIGN_SIGNED;
	return ENCODING_SIGN_OWN;
}

static bool says_since(const char *units)
{
	for (; units != NULL && *units != '\0'; units++)
		if (strncasecmp(units, " since ", 7) == 0)
			return true;
	return false;
}

static int time_of_attrs(const struct js *attrs, struct encoding *e,
	struct err *err)
{
	const struct js *calendar = js_get(attrs, "calendar");
	const char *units = js_get_text(attrs, "units");

	if (!says_since(units))
		return 0;
	if (calendar != NULL && js_text(calendar) == NULL)
		return bad(err, "calendar", "is no text");
	e->time = units;
	e->calendar = calendar == NULL ? "standard" : js_text(calendar);
	return 0;
}

int encoding_of_attrs(const struct js *attrs, struct dtype t,
	struct encoding *out, struct err *err)
{
	*out = encoding_none();
	if (dtype_is_text(t))
		return 0;
	out->sign = sign_of_attr(js_get_text(attrs, "_Unsigned"), t);
	if (missing_of_attr(js_get(attrs, "_FillValue"), t, out, err) < 0 ||
		missing_of_attr(js_get(attrs, "missing_value"), t, out, err) <
			0 ||
		read_packing(attrs, out, err) < 0)
		return -1;
	return time_of_attrs(attrs, out, err);
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : str_eq(a, b);
}

static bool same_missing(const struct encoding *a, const struct encoding *b,
	struct dtype t)
{
	if (a->nmissing != b->nmissing)
		return false;
	for (unsigned i = 0; i < a->nmissing; i++)
		if (memcmp(a->missing[i], b->missing[i], t.size) != 0)
			return false;
	return true;
}

/* An infinite or subnormal difference is a difference: no tolerance. */
static bool same_real(double a, double b)
{
	return !(a < b) && !(a > b);
}

bool encoding_equal(const struct encoding *a, const struct encoding *b,
	struct dtype t)
{
	return same_missing(a, b, t) && same_real(a->scale, b->scale) &&
		same_real(a->offset, b->offset) &&
		encoding_dtype(a, t).kind == encoding_dtype(b, t).kind &&
		same_text(a->time, b->time) &&
		same_text(a->calendar, b->calendar) &&
		a->udunits_months == b->udunits_months &&
		same_real(a->units[0], b->units[0]) &&
		same_real(a->units[1], b->units[1]);
}

struct js *encoding_default_fill(struct arena *a, struct dtype t)
{
	switch (t.kind) {
	case DTYPE_INT8:
		return js_new_int(a, -127);
	case DTYPE_INT16:
		return js_new_int(a, -32767);
	case DTYPE_INT32:
		return js_new_int(a, -2147483647);
	case DTYPE_INT64:
		return js_new_int(a, -9223372036854775806);
	case DTYPE_UINT8:
		return js_new_int(a, 255);
	case DTYPE_UINT16:
		return js_new_int(a, 65535);
	case DTYPE_UINT32:
		return js_new_int(a, 4294967295);
	case DTYPE_UINT64:
		return js_new_u64(a, 18446744073709551614u);
	case DTYPE_FLOAT32:
	case DTYPE_FLOAT64:
		return js_new_real(a, 0x1.ep+122); /* 9.96920996838687e+36 */
	default:
		return NULL;
	}
}
