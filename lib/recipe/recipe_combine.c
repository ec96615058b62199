/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every policy is a word from a list, and a number stands behind the word that
 * needs it ("close: 0.001").  Numbers alone, some of which would switch a check
 * off, were refused: a reader of the recipe should see what is decided without
 * knowing the code.
 */
#include "recipe/recipe_combine.h"

#include <math.h>
#include <stddef.h>

#include "base/str.h"
#include "model/timecode.h"

#define COMBINE(field) .offset = offsetof(struct recipe_combine, field)

static const char *const attr_words[] = { "drop", "first", "error", NULL };

static const char *const unit_words[] = { "error", "convert", NULL };
static const char *const static_words[] = { "equal", "first", NULL };
static const char *const order_words[] = { "increasing", "decreasing", "any",
	NULL };
static const char *const gap_words[] = { "allow", "warn", "error", NULL };
static const char *const calendar_words[] = { "keep", NULL };
static const char *const month_words[] = { "udunits", NULL };

static const char *const missing_words[] = { "error", "fill", NULL };

const struct recipe_combine recipe_combine_default = {
	.time.calendar = "keep",
	.packing.rest = "unpack",
	.attrs = "drop",
	.missing_variable = "error",
	.units = "error",
	.statics.policy = "equal",
	.order = "increasing",
	.gaps = "warn",
};

static bool is_attr_value(const struct js *v)
{
	enum js_type t = js_type(v);

	return t == JS_TEXT || t == JS_INT || t == JS_REAL;
}

static int read_attrs_add(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	if (member_mapping(rd, at, m, field) < 0)
		return -1;
	for (void *it = js_first(at->value); it; it = js_next(at->value, it)) {
		const struct spot one = spot_member(at, js_name(it));
		bool ok = is_attr_value(one.value);

		if (js_type(one.value) == JS_LIST)
			ok = js_count(one.value) > 0;
		for (size_t i = 0; i < js_count(one.value); i++)
			ok = ok && is_attr_value(js_at(one.value, i));
		if (*one.name == '\0' || !ok)
			return spot_wants(rd, &one,
				"text, a number, or a list of such");
	}
	return 0;
}

/* The calendar is known only with the files; any will do to see whether these
 * are units. */
static int read_units(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	struct err ignored = ERR_INIT;
	struct timecode t;

	if (member_text(rd, at, m, field) < 0)
		return -1;
	if (timecode_parse(js_text(at->value), "360_day", false, &t, &ignored) <
			0 &&
		timecode_parse(js_text(at->value), "standard", false, &t,
			rd->err) < 0)
		return spot_in(rd, at);
	return 0;
}

static int read_tolerance(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	double v;

	(void)m;
	if ((js_type(at->value) != JS_INT && js_type(at->value) != JS_REAL) ||
		!js_real(at->value, &v))
		return spot_wants(rd, at, "a number");
	if (!isfinite(v) || v < 0)
		return spot_fail(rd, at,
			"is how far values may be apart: it must be finite "
			"and not negative");
	*(double *)field = v;
	return 0;
}

static const struct member close_members[] = {
	{ "close", read_tolerance,
		.offset = offsetof(struct recipe_static, tolerance),
		.required = true },
	MEMBER_END,
};

/* A word, or {close: TOLERANCE}. */
static int read_static(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	struct recipe_static *s = field;
	const char *text = js_text(at->value);

	if (text != NULL && str_eq(text, "close"))
		return spot_fail(rd, at,
			"needs a tolerance with 'close', as in {close: 0.001}");
	if (text != NULL)
		return member_choice(rd, at, m, &s->policy);
	if (js_type(at->value) != JS_OBJECT)
		return spot_wants(rd, at, "text or a mapping");
	if (members_read(rd, at, close_members, s) < 0)
		return -1;
	s->policy = "close";
	return 0;
}

static struct js *static_to_json(struct arena *a, const struct recipe_static *s)
{
	struct js *obj;

	if (!str_eq(s->policy, "close"))
		return js_new_text(a, s->policy);
	obj = js_new_object(a);
	js_set(obj, "close", js_new_real(a, s->tolerance));
	return obj;
}

static const struct member time_members[] = {
	{ "units", read_units, .offset = offsetof(struct recipe_time, units) },
	{ "calendar", member_choice,
		.offset = offsetof(struct recipe_time, calendar),
		.words = calendar_words },
	{ "months", member_choice,
		.offset = offsetof(struct recipe_time, months),
		.words = month_words },
	MEMBER_END,
};

const struct member recipe_combine_members[] = {
	{ "packing", recipe_packing_read, COMBINE(packing) },
	{ "attrs", member_choice, COMBINE(attrs), .words = attr_words },
	{ "units", member_choice, COMBINE(units), .words = unit_words },
	{ "static", read_static, COMBINE(statics), .words = static_words },
	{ "order", member_choice, COMBINE(order), .words = order_words },
	{ "gaps", member_choice, COMBINE(gaps), .words = gap_words },
	{ "time", member_section, COMBINE(time), .table = time_members },
	{ "missing_variable", member_choice, COMBINE(missing_variable),
		.words = missing_words },
	{ "attrs_add", read_attrs_add, COMBINE(attrs_add) },
	MEMBER_END,
};

struct js *recipe_combine_to_json(struct arena *a,
	const struct recipe_combine *c)
{
	struct js *obj = js_new_object(a), *time = js_new_object(a);

	if (c->time.units != NULL)
		js_set_text(time, "units", c->time.units);
	js_set_text(time, "calendar", c->time.calendar);
	if (c->time.months != NULL)
		js_set_text(time, "months", c->time.months);
	js_set(obj, "packing", recipe_packing_to_json(a, &c->packing));
	js_set_text(obj, "attrs", c->attrs);
	js_set_text(obj, "units", c->units);
	js_set(obj, "static", static_to_json(a, &c->statics));
	js_set_text(obj, "order", c->order);
	js_set_text(obj, "gaps", c->gaps);
	js_set(obj, "time", time);
	js_set_text(obj, "missing_variable", c->missing_variable);
	if (c->attrs_add != NULL)
		js_set(obj, "attrs_add", c->attrs_add);
	return obj;
}
