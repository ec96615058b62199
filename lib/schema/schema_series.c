/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the values of a coordinate to where it begins and ends.  Times become
 * milliseconds, so that files that count differently can be compared before it is
 * decided how the store counts; float64 holds whole ones of any date exactly.
 */
#include "schema/schema_maker.h"

#include <math.h>
#include <stdlib.h>

#include "model/encoding.h"
#include "model/timecode.h"

enum { MILLISECOND = 1000 }; /* microseconds */

struct reader {
	const struct variable *var;
	struct encoding encoding;
	bool is_time;
	struct timecode time;
};

/* Raw number to coordinate; false if it is missing or no number. */
static bool read_value(const struct reader *r, const struct js *v, double *out)
{
	struct dtype t = r->var->table.dtype;
	uint8_t bytes[8];
	timecode_us at, whole;
	int64_t n;

	if (!js_real(v, out) || !isfinite(*out) ||
		!dtype_value_bytes(t, v, bytes) ||
		encoding_is_missing(&r->encoding, t, bytes))
		return false;
	if (r->encoding.packed)
		*out = *out * r->encoding.scale + r->encoding.offset;
	if (!r->is_time)
		return isfinite(*out);
	if (!r->encoding.packed && dtype_is_integer(t) && js_i64(v, &n))
		at = timecode_of_integer(&r->time, n);
	else if (!timecode_of_real(&r->time, *out, &at))
		return false;
	whole = at / MILLISECOND;
	*out = at % MILLISECOND ? (double)at / MILLISECOND : (double)whole;
	return true;
}

static int by_value(const void *x, const void *y)
{
	const double *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

static bool span_of_data(const struct reader *r, struct arena *a,
	struct extent *out)
{
	const struct js *data = r->var->data;
	double *step = ARENA_NEW(a, double, js_count(data) + 1);
	double v;

	*out = (struct extent){ 0 };
	for (size_t i = 0; i < js_count(data); i++) {
		if (!read_value(r, js_at(data, i), &v))
			continue;
		if (out->n == 0)
			out->first = v;
		else
			step[out->n - 1] = v - out->last;
		out->last = v;
		out->n++;
	}
	if (out->n < 2)
		return out->n > 0;
	qsort(step, out->n - 1, sizeof(*step), by_value);
	out->low = step[0];
	out->mid = step[(out->n - 2) / 2];
	out->high = step[out->n - 2];
	return true;
}

static bool span_of_range(const struct reader *r, struct extent *out)
{
	const struct js *range = r->var->range, *step = js_get(range, "step");
	double unit = r->is_time ? (double)r->time.unit / MILLISECOND : 1;
	double low, high;

	/* without its number, as older programs told it, all are values */
	*out = (struct extent){ .n = r->var->table.shape[0] };
	if (js_get(range, "n") != NULL &&
		(!js_u64(js_get(range, "n"), &out->n) || out->n == 0 ||
			out->n > r->var->table.shape[0]))
		return false;
	if (!read_value(r, js_get(range, "first"), &out->first) ||
		!read_value(r, js_get(range, "last"), &out->last) ||
		!js_real(js_at(step, 0), &low) ||
		!js_real(js_at(step, 1), &out->mid) ||
		!js_real(js_at(step, 2), &high))
		return false;
	if (r->encoding.packed)
		unit *= r->encoding.scale;
	out->low = unit * (unit < 0 ? high : low);
	out->mid *= unit;
	out->high = unit * (unit < 0 ? low : high);
	return isfinite(out->low) && isfinite(out->mid) && isfinite(out->high);
}

static bool set_time(struct reader *r, const struct dataset *ds)
{
	struct err ignored = ERR_INIT;
	struct dataset_time time;

	r->is_time = dataset_time(ds, r->var, &time);
	/* The order of months does not depend on how long they are. */
	return !r->is_time ||
		timecode_parse(time.units, time.calendar,
			timecode_needs_months(time.units, time.calendar),
			&r->time, &ignored) == 0;
}

void maker_add_series(struct maker *m, const struct dataset *ds,
	const struct variable *v, struct spread_key file)
{
	struct series_run run = { .place = file.position, .count = 1 };
	struct arena *a = m->schema->arena;
	struct reader r = { .var = v };
	struct err ignored = ERR_INIT;
	const struct js *calendar;

	if ((v->data == NULL && v->range == NULL) || v->table.ndim != 1 ||
		dtype_is_text(v->table.dtype) || !set_time(&r, ds) ||
		encoding_of_attrs(v->attrs, v->table.dtype, &r.encoding,
			&ignored) < 0)
		return;
	if (v->data ? !span_of_data(&r, a, &run.span) :
		      !span_of_range(&r, &run.span))
		return;
	calendar = r.is_time ? js_new_text(a, calendar_name(r.time.calendar)) :
			       js_new_null(a);
	m->answer.series = (struct series){ 0 };
	series_add(a, &m->answer.series, file.member, &run);
	maker_add(m, (struct fact_key){ v->name, FACT_SERIES, "" }, calendar,
		NULL);
	m->answer.series = (struct series){ 0 };
}
