/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One number, as plainly as it can be said: integers in 128 bits, reals in
 * double, every rule in one place and every refusal with its reason.
 */
#include "chunk/convert_element.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct number {
	bool is_real;
	timecode_us whole;
	double real;
};

static uint64_t get_bits(struct dtype t, const void *bytes)
{
	const uint8_t *p = bytes;
	uint64_t v = 0;

	for (uint32_t i = 0; i < t.size; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

static void put_bits(struct dtype t, uint64_t v, void *bytes)
{
	uint8_t *p = bytes;

	for (uint32_t i = 0; i < t.size; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static struct number number_of(struct dtype t, const void *bytes)
{
	struct number n = { .is_real = dtype_is_float(t) };
	uint64_t bits = get_bits(t, bytes);
	uint32_t narrow = (uint32_t)bits;
	unsigned unused = 64 - 8 * t.size;
	float f;

	if (t.kind == DTYPE_FLOAT32) {
		memcpy(&f, &narrow, sizeof(f));
		n.real = (double)f;
	} else if (n.is_real) {
		memcpy(&n.real, &bits, sizeof(n.real));
	} else if (dtype_is_signed(t)) {
		n.whole = (int64_t)(bits << unused) >> unused;
	} else {
		n.whole = bits;
	}
	return n;
}

static const char *number_text(struct number n, char out[32])
{
	bool beyond = n.whole > INT64_MAX;

	if (n.is_real)
		snprintf(out, 32, "%.17g", n.real);
	else if (beyond)
		snprintf(out, 32, "%" PRIu64, (uint64_t)n.whole);
	else
		snprintf(out, 32, "%" PRId64, (int64_t)n.whole);
	return out;
}

static bool repacks(const struct convert *c)
{
	return c->out.packed && c->way != CONVERT_NUMBER;
}

static const char *remedy(const struct convert *c)
{
	if (repacks(c))
		return "set 'combine: {packing: unpack}', or repair the file";
	return "make the schema from all files, or repair this one";
}

/* All refusals but those of times. */
static int refuse(const struct convert *c, struct number raw, const char *why,
	struct err *err)
{
	char text[32], type[16];

	return err_set(err, ERR_DATA, "the value %s %s %s: %s",
		number_text(raw, text), why, dtype_name(c->to, type),
		remedy(c));
}

/* Unpacked floats have NaN for what is missing, and nothing clashes. */
static int refuse_clash(const struct convert *c, struct number raw,
	struct err *err)
{
	char text[32], type[16];

	return err_set(err, ERR_DATA,
		"the value %s is not missing, but would be read so in the "
		"store's %s: %s",
		number_text(raw, text), dtype_name(c->to, type),
		repacks(c) ? remedy(c) :
			     "bake the file apart, or give it the missing "
			     "value of the others");
}

static int refuse_time(const struct convert *c, struct number raw,
	const char *why, struct err *err)
{
	char text[32];

	return err_set(err, ERR_DATA, "%s '%s' %s '%s'%s",
		number_text(raw, text), c->in.time, why, c->out.time,
		c->when[0].calendar == c->when[1].calendar ?
			": set finer units in 'combine: {time: ..}', or "
			"repair the file" :
			"");
}

/* Range of an integer type. */
static bool fits(struct dtype t, timecode_us v)
{
	unsigned bits = 8 * t.size;
	timecode_us one = 1;

	if (dtype_is_signed(t))
		return v >= -(one << (bits - 1)) && v < one << (bits - 1);
	return v >= 0 && v < one << bits;
}

static bool put_whole(const struct convert *c, timecode_us v, void *to)
{
	if (!fits(c->to, v))
		return false;
	put_bits(c->to, (uint64_t)v, to);
	return true;
}

/* Rounded once to the target float; false if that makes it infinite. */
static bool put_real(const struct convert *c, double v, void *to)
{
	float f = (float)v;

	if (c->to.kind == DTYPE_FLOAT64) {
		memcpy(to, &v, sizeof(v));
		return true;
	}
	memcpy(to, &f, sizeof(f));
	return isfinite(f) || !isfinite(v);
}

/* Every bit of it if there is room. */
static void put_nan(const struct convert *c, struct number raw,
	const void *from, void *to)
{
	if (c->from.kind == c->to.kind)
		memcpy(to, from, c->to.size);
	else
		put_real(c, raw.real, to);
}

/* False if v is not whole or beyond 2^64. */
static bool whole_of(double v, timecode_us *out)
{
	if (!(fabs(v) <= 0x1p64) || fabs(v - nearbyint(v)) > 0)
		return false;
	*out = (timecode_us)v;
	return true;
}

/* Whether the integer survives in the target float, or becomes the nearest
 * double, which is what a pair of 64-bit integer and double promotes to. */
static bool float_holds(const struct convert *c, timecode_us v)
{
	return c->to.kind == DTYPE_FLOAT64 ||
		(timecode_us)(float)(double)v == v;
}

/* True if converting to the narrower float and back is the same number. */
static bool is_exact(const struct convert *c, double v)
{
	float f = (float)v;

	return c->to.kind == DTYPE_FLOAT64 || isnan(v) || (double)f - v == 0 ||
		(isinf(v) && isinf(f));
}

static int element_number(const struct convert *c, struct number raw, void *to,
	struct err *err)
{
	timecode_us whole = raw.whole;
	bool ok;

	if (dtype_is_integer(c->to))
		ok = (!raw.is_real || whole_of(raw.real, &whole)) &&
			put_whole(c, whole, to);
	else if (raw.is_real)
		ok = is_exact(c, raw.real) && put_real(c, raw.real, to);
	else
		ok = float_holds(c, whole) && put_real(c, (double)whole, to);
	return ok ? 0 : refuse(c, raw, "is no exact", err);
}

static double physical(const struct convert *c, struct number raw)
{
	double v = raw.is_real ? raw.real : (double)raw.whole;

	/* Statement by statement, so that no compiler fuses them. */
	v *= c->scale[0];
	v += c->offset[0];
	v *= c->scale[1];
	v += c->offset[1];
	return v;
}

static int element_physical(const struct convert *c, struct number raw,
	void *to, struct err *err)
{
	bool was_finite = !raw.is_real || isfinite(raw.real);
	double v = physical(c, raw);
	timecode_us whole;

	if (c->out.packed) {
		v -= c->out.offset;
		v /= c->out.scale;
	}
	if (was_finite && !isfinite(v))
		return refuse(c, raw, "becomes too large for", err);
	if (dtype_is_float(c->to))
		return put_real(c, v, to) ?
			0 :
			refuse(c, raw, "becomes too large for", err);
	if (c->out.packed)
		v = nearbyint(v);
	if (!whole_of(v, &whole))
		return refuse(c, raw, "becomes no whole number for", err);
	return put_whole(c, whole, to) ?
		0 :
		refuse(c, raw, "becomes too large for", err);
}

static int element_time(const struct convert *c, struct number raw, void *to,
	struct err *err)
{
	timecode_us at, whole;

	if (!raw.is_real && !c->in.packed)
		at = timecode_of_integer(&c->when[0], raw.whole);
	else if (!timecode_of_real(&c->when[0], physical(c, raw), &at))
		return refuse_time(c, raw, "is no time of", err);
	if (!timecode_same_date(c->when[0].calendar, c->when[1].calendar, at))
		return refuse_time(c, raw,
			"is before 1582-10-15, where it is another date in "
			"the calendar of",
			err);
	if (dtype_is_float(c->to))
		return put_real(c, timecode_to_real(&c->when[1], at), to) ?
			0 :
			refuse(c, raw, "becomes too large for", err);
	if (!timecode_to_integer(&c->when[1], at, &whole))
		return refuse_time(c, raw, "is no whole number of", err);
	return put_whole(c, whole, to) ?
		0 :
		refuse(c, raw, "becomes too large for", err);
}

/* The source's missing cells. */
static bool is_missing(const struct convert *c, struct number raw,
	const void *from)
{
	bool is_nan = raw.is_real && isnan(raw.real);

	return is_nan ? c->nan_is_missing :
			encoding_is_missing(&c->in, c->from, from);
}

int convert_element(const struct convert *c, const void *from, void *to,
	struct err *err)
{
	struct number raw = number_of(c->from, from);
	bool is_nan = raw.is_real && isnan(raw.real);
	int r;

	if (is_missing(c, raw, from)) {
		memcpy(to, c->fill, c->to.size);
		return c->has_fill ?
			0 :
			refuse(c, raw,
				"is missing, and no value means that in the "
				"store's",
				err);
	}
	if (is_nan) {
		put_nan(c, raw, from, to);
		return 0;
	}
	if (c->way == CONVERT_NUMBER)
		r = element_number(c, raw, to, err);
	else if (c->way == CONVERT_PHYSICAL)
		r = element_physical(c, raw, to, err);
	else
		r = element_time(c, raw, to, err);
	if (r == 0 && encoding_is_missing(&c->out, c->to, to))
		return refuse_clash(c, raw, err);
	return r;
}
