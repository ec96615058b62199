/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values pass between JSON and bytes here and nowhere else, so that the two
 * questions that corrupt archives (does it fit, which byte order) are asked in
 * one place.
 */
#include "model/dtype.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/str.h"

static const struct {
	const char *name;
	uint32_t size;
} table[] = {
	[DTYPE_INT8] = { "int8", 1 },
	[DTYPE_INT16] = { "int16", 2 },
	[DTYPE_INT32] = { "int32", 4 },
	[DTYPE_INT64] = { "int64", 8 },
	[DTYPE_UINT8] = { "uint8", 1 },
	[DTYPE_UINT16] = { "uint16", 2 },
	[DTYPE_UINT32] = { "uint32", 4 },
	[DTYPE_UINT64] = { "uint64", 8 },
	[DTYPE_FLOAT32] = { "float32", 4 },
	[DTYPE_FLOAT64] = { "float64", 8 },
	[DTYPE_CHAR] = { "char", 1 },
	[DTYPE_BYTES] = { "S", 0 },
	[DTYPE_STRING] = { "string", 0 },
};

enum { NKINDS = sizeof(table) / sizeof(table[0]) };

struct dtype dtype_of(enum dtype_kind kind)
{
	return (struct dtype){ kind, table[kind].size };
}

bool dtype_parse(const char *name, struct dtype *out)
{
	uint64_t n;

	if (name[0] == 'S') {
		if (!str_to_u64(name + 1, &n) || n == 0 || n > INT32_MAX)
			return false;
		*out = (struct dtype){ DTYPE_BYTES, (uint32_t)n };
		return true;
	}
	for (unsigned k = 0; k < NKINDS; k++) {
		if (str_eq(table[k].name, name)) {
			*out = dtype_of((enum dtype_kind)k);
			return true;
		}
	}
	return false;
}

const char *dtype_name(struct dtype t, char out[16])
{
	if (t.kind == DTYPE_BYTES)
		snprintf(out, 16, "S%u", t.size);
	else
		snprintf(out, 16, "%s", table[t.kind].name);
	return out;
}

bool dtype_equal(struct dtype a, struct dtype b)
{
	return a.kind == b.kind && a.size == b.size;
}

bool dtype_is_float(struct dtype t)
{
	return t.kind == DTYPE_FLOAT32 || t.kind == DTYPE_FLOAT64;
}

bool dtype_is_integer(struct dtype t)
{
	return t.kind <= DTYPE_UINT64;
}

bool dtype_is_signed(struct dtype t)
{
	return t.kind <= DTYPE_INT64;
}

bool dtype_is_text(struct dtype t)
{
	return t.kind >= DTYPE_CHAR;
}

static void put_little(uint64_t v, uint32_t size, void *out)
{
	uint8_t *p = out;

	for (uint32_t i = 0; i < size; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint64_t get_little(const void *bytes, uint32_t size)
{
	const uint8_t *p = bytes;
	uint64_t v = 0;

	for (uint32_t i = 0; i < size; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

/* A whole real counts as the integer it is: archives say `_FillValue =
 * -32768.f` of shorts. */
static bool whole(const struct js *v, struct dtype t, uint64_t *bits)
{
	double d;

	if (!js_real(v, &d) || d != nearbyint(d) || fabs(d) >= 0x1p63)
		return false;
	if (!dtype_is_signed(t) && d < 0)
		return false;
	*bits = (uint64_t)(int64_t)d;
	return true;
}

static bool integer_bits(struct dtype t, const struct js *v, uint64_t *bits)
{
	unsigned width = 8 * t.size;
	uint64_t u;
	int64_t i;

	if (js_type(v) == JS_REAL)
		u = 0;
	else if (!dtype_is_signed(t) && js_u64(v, bits))
		return width == 64 || *bits >> width == 0;
	else if (!dtype_is_signed(t) || !js_i64(v, &i))
		return false;
	else
		u = (uint64_t)i;
	if (js_type(v) == JS_REAL && !whole(v, t, &u))
		return false;
	*bits = u;
	if (width == 64)
		return true;
	i = (int64_t)u;
	if (!dtype_is_signed(t))
		return u >> width == 0;
	return i >= -((int64_t)1 << (width - 1)) &&
		i < (int64_t)1 << (width - 1);
}

static bool float_bits(struct dtype t, const struct js *v, uint64_t *bits)
{
	double d;
	float f;
	uint32_t narrow;

	if (!js_real(v, &d))
		return false;
	if (t.kind == DTYPE_FLOAT64) {
		memcpy(bits, &d, sizeof(d));
		return true;
	}
	f = (float)d;
	if (isinf(f) && !isinf(d))
		return false;
	memcpy(&narrow, &f, sizeof(f));
	*bits = narrow;
	return true;
}

static bool text_bytes(struct dtype t, const struct js *v, void *out)
{
	struct buf raw = BUF_INIT;
	bool ok = js_text(v) != NULL && base64_decode(js_text(v), &raw) &&
		raw.len == t.size;

	if (ok)
		memcpy(out, raw.data, raw.len);
	buf_release(&raw);
	return ok;
}

bool dtype_value_bytes(struct dtype t, const struct js *v, void *out)
{
	uint64_t bits = 0;
	bool ok;

	if (t.kind == DTYPE_STRING)
		return false;
	if (dtype_is_text(t))
		return text_bytes(t, v, out);
	ok = dtype_is_float(t) ? float_bits(t, v, &bits) :
				 integer_bits(t, v, &bits);
	if (ok)
		put_little(bits, t.size, out);
	return ok;
}

static struct js *text_value(struct arena *a, struct dtype t, const void *bytes)
{
	struct buf text = BUF_INIT;
	struct js *v;

	base64_encode(bytes, t.size, &text);
	v = js_new_text(a, text.data);
	buf_release(&text);
	return v;
}

struct js *dtype_bytes_value(struct arena *a, struct dtype t, const void *bytes)
{
	uint64_t bits = get_little(bytes, t.size > 8 ? 8 : t.size);
	unsigned unused = 64 - 8 * (t.size > 8 ? 8 : t.size);
	uint32_t narrow = (uint32_t)bits;
	double d;
	float f;

	if (dtype_is_text(t))
		return text_value(a, t, bytes);
	if (t.kind == DTYPE_FLOAT64) {
		memcpy(&d, &bits, sizeof(d));
		return js_new_real(a, d);
	}
	if (t.kind == DTYPE_FLOAT32) {
		memcpy(&f, &narrow, sizeof(f));
		return js_new_real(a, (double)f);
	}
	if (dtype_is_signed(t)) /* shift left, then back with the sign */
		return js_new_int(a, (int64_t)(bits << unused) >> unused);
	return js_new_u64(a, bits);
}
