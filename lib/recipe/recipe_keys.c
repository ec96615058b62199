/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that can be wrong with keys is found here, by arithmetic, so that walking
 * them cannot fail: a month step that meets no date, a skipped date that is
 * none, a name given twice.
 */
#include "recipe/recipe_keys.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

struct dates {
	struct js *start, *stop;
	const char *step, *calendar;
	struct js *skip;
};

#define DATES(field) .offset = offsetof(struct dates, field)

static const struct member date_members[] = {
	{ "start", member_any, DATES(start), .required = true },
	{ "stop", member_any, DATES(stop), .required = true },
	{ "step", member_text, DATES(step) },
	{ "calendar", member_choice, DATES(calendar), .words = calendar_names },
	{ "skip", member_list, DATES(skip) },
	MEMBER_END,
};

/* A date as text, or a year that YAML takes for a number. */
static int read_date(const struct reading *rd, const struct spot *at,
	enum calendar cal, struct date *out)
{
	const char *s = js_text(at->value);
	int64_t year;

	if (js_type(at->value) == JS_INT && js_i64(at->value, &year))
		s = arena_printf(rd->arena, "%04lld", (long long)year);
	if (s == NULL)
		return spot_wants(rd, at, "a date");
	if (calendar_parse_date(cal, s, out, rd->err) < 0)
		return spot_in(rd, at);
	return 0;
}

/* Months and years may meet a date that there is not. */
static int check_steps(const struct reading *rd, const struct spot *at,
	const struct pattern_dim *dim)
{
	const struct date *d = &dim->start;
	struct date got;

	if (dim->step.unit != STEP_MONTH && dim->step.unit != STEP_YEAR)
		return 0;
	for (uint64_t k = 0; k < dim->n; k++)
		if (!calendar_add(dim->calendar, d, dim->step, (int64_t)k,
			    &got))
			return spot_fail(rd, at,
				"meet %04d-%02d-%02d, which "
				"the calendar '%s' does not have; start on "
				"another day of the month",
				got.year, got.month, got.day,
				calendar_name(dim->calendar));
	return 0;
}

static bool same_date(enum calendar cal, const struct date *a,
	const struct date *b)
{
	return calendar_second(cal, a) == calendar_second(cal, b);
}

/* The number of the step that a skipped date is. */
static int read_skip(const struct reading *rd, const struct spot *at,
	const struct pattern_dim *dim, uint64_t *out)
{
	struct date d, met;
	int64_t k;

	if (read_date(rd, at, dim->calendar, &d) < 0)
		return -1;
	k = calendar_steps(dim->calendar, &dim->start, &d, dim->step);
	if (k < 0 || (uint64_t)k >= dim->n ||
		!calendar_add(dim->calendar, &dim->start, dim->step, k, &met) ||
		!same_date(dim->calendar, &d, &met))
		return spot_fail(rd, at, "is not one of the dates");
	*out = (uint64_t)k;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int read_skips(const struct reading *rd, const struct spot *at,
	struct pattern_dim *dim)
{
	size_t n = js_count(at->value);

	dim->skip = ARENA_NEW(rd->arena, uint64_t, n);
	for (size_t i = 0; i < n; i++) {
		const struct spot element = spot_element(at, i);

		if (read_skip(rd, &element, dim, &dim->skip[i]) < 0)
			return -1;
	}
	qsort(dim->skip, n, sizeof(*dim->skip), by_number);
	for (size_t i = 1; i < n; i++)
		if (dim->skip[i] == dim->skip[i - 1])
			return spot_fail(rd, at, "has a date twice");
	dim->nskip = n;
	dim->n -= n;
	if (dim->n == 0)
		return spot_fail(rd, at, "leaves no date");
	return 0;
}

static bool is_midnight(const struct date *d)
{
	return d->hour == 0 && d->minute == 0 && d->second == 0;
}

static int count_dates(const struct reading *rd, const struct spot *at,
	const struct date *stop, struct pattern_dim *dim)
{
	int64_t steps =
		calendar_steps(dim->calendar, &dim->start, stop, dim->step);

	if (steps < 0)
		return spot_fail(rd, at, "has no date: stop is before start");
	if (steps >= RECIPE_MAX_KEYS)
		return spot_fail(rd, at, "has more than %d dates",
			RECIPE_MAX_KEYS);
	dim->n = (uint64_t)steps + 1;
	dim->by_day = dim->step.unit >= STEP_DAY && is_midnight(&dim->start);
	return check_steps(rd, at, dim);
}

int recipe_dates_read(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	struct dates in = { .step = "1 day", .calendar = calendar_names[0] };
	const struct spot start = spot_member(at, "start");
	const struct spot end = spot_member(at, "stop");
	const struct spot step = spot_member(at, "step");
	const struct spot skip = spot_member(at, "skip");
	struct pattern_dim *dim = field;
	struct date stop;

	(void)m;
	dim->keys = PATTERN_DATES;
	if (members_read(rd, at, date_members, &in) < 0)
		return -1;
	if (!calendar_find(in.calendar, &dim->calendar))
		return spot_fail(rd, at, "has an unknown calendar");
	if (calendar_parse_step(in.step, &dim->step, rd->err) < 0)
		return spot_in(rd, &step);
	if (read_date(rd, &start, dim->calendar, &dim->start) < 0 ||
		read_date(rd, &end, dim->calendar, &stop) < 0 ||
		count_dates(rd, at, &stop, dim) < 0)
		return -1;
	return in.skip ? read_skips(rd, &skip, dim) : 0;
}

struct range {
	int64_t start, stop, step;
};

enum { RANGE_LIMIT = 1000000000 };

#define RANGE(field, low)                                      \
	.offset = offsetof(struct range, field), .min = (low), \
	.max = RANGE_LIMIT

static const struct member range_members[] = {
	{ "start", member_integer, RANGE(start, -RANGE_LIMIT) },
	{ "stop", member_integer, RANGE(stop, -RANGE_LIMIT), .required = true },
	{ "step", member_integer, RANGE(step, 1) },
	MEMBER_END,
};

int recipe_range_read(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	struct range in = { .step = 1 };
	struct pattern_dim *dim = field;

	(void)m;
	dim->keys = PATTERN_RANGE;
	if (members_read(rd, at, range_members, &in) < 0)
		return -1;
	if (in.stop < in.start)
		return spot_fail(rd, at, "has no number: stop is before start");
	dim->first = in.start;
	dim->by = in.step;
	dim->n = (uint64_t)((in.stop - in.start) / in.step) + 1;
	if (dim->n > RECIPE_MAX_KEYS)
		return spot_fail(rd, at, "has more than %d numbers",
			RECIPE_MAX_KEYS);
	return 0;
}

/* A key in a list: text, or an integer. */
static int read_value(const struct reading *rd, const struct spot *at,
	struct js *seen, struct pattern_value *out)
{
	out->name = js_text(at->value);
	if (js_type(at->value) == JS_INT && js_i64(at->value, &out->number)) {
		out->is_integer = true;
		out->name =
			arena_printf(rd->arena, "%lld", (long long)out->number);
	}
	if (out->name == NULL)
		return spot_wants(rd, at, "text or an integer (quote it)");
	if (*out->name == '\0')
		return spot_fail(rd, at, "must not be empty");
	if (js_get(seen, out->name) != NULL)
		return spot_fail(rd, at, "repeats the value '%.80s'",
			out->name);
	js_set(seen, out->name, at->value);
	return 0;
}

/* A key in a mapping, and its members. */
static int read_named_value(const struct reading *rd, const struct spot *at,
	struct pattern_value *out)
{
	out->name = at->name;
	if (*out->name == '\0')
		return spot_say(rd, at, "a key of '%s' is empty",
			spot_path(rd, at->up));
	if (js_type(at->value) == JS_NULL)
		return 0;
	if (js_type(at->value) != JS_OBJECT)
		return spot_wants(rd, at, "a mapping of members for the url");
	out->members = at->value;
	for (void *it = js_first(at->value); it; it = js_next(at->value, it)) {
		const struct spot child = spot_member(at, js_name(it));

		if (js_type(child.value) != JS_TEXT &&
			js_type(child.value) != JS_INT)
			return spot_wants(rd, &child,
				"text or an integer (quote it)");
	}
	return 0;
}

static int read_list(const struct reading *rd, const struct spot *at,
	struct pattern_dim *dim)
{
	struct js *seen = js_new_object(rd->arena);

	for (size_t i = 0; i < dim->n; i++) {
		const struct spot element = spot_element(at, i);

		if (read_value(rd, &element, seen, &dim->values[i]) < 0)
			return -1;
	}
	return 0;
}

static int read_mapping(const struct reading *rd, const struct spot *at,
	struct pattern_dim *dim)
{
	size_t i = 0;

	for (void *it = js_first(at->value); it; it = js_next(at->value, it)) {
		const struct spot child = spot_member(at, js_name(it));

		if (read_named_value(rd, &child, &dim->values[i++]) < 0)
			return -1;
	}
	return 0;
}

int recipe_values_read(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	enum js_type type = js_type(at->value);
	struct pattern_dim *dim = field;

	(void)m;
	dim->keys = PATTERN_VALUES;
	if (type != JS_LIST && type != JS_OBJECT)
		return spot_wants(rd, at, "a list or a mapping");
	dim->n = js_count(at->value);
	if (dim->n == 0)
		return spot_fail(rd, at, "is empty");
	dim->values = ARENA_NEW(rd->arena, struct pattern_value, dim->n);
	if (type == JS_LIST)
		return read_list(rd, at, dim);
	return read_mapping(rd, at, dim);
}
