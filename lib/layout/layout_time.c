/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times.  Files that count from different days, or in different units, are told
 * in one: that of the recipe, or of the first file, made finer until every
 * instant that any file could tell is a whole number of it.  Then integers stay
 * integers, and nothing is rounded.
 */
#include "layout/layout_decide.h"

#include <strings.h>

#include "base/str.h"
#include "layout/decision.h"
#include "layout/layout_check.h"
#include "model/timecode.h"

/* A variable that is a time in all files, of one calendar. */
struct times {
	const char *owner; /* of the units: itself, or whose bounds it holds */
	bool differ;       /* not all files have the same units */
	struct spread_key from; /* the first file of the owner */
	const struct fact *units;
	const char *first; /* units of the first file */
	const char *name;  /* of the calendar */
	struct timecode code, target;
	const char *text; /* units of the target */
};

static bool bounds(struct decider *d, const struct fact *f, const char *var)
{
	if (f->key.kind != FACT_ATTR ||
		(!str_eq(f->key.name, "bounds") &&
			!str_eq(f->key.name, "climatology")))
		return false;
	for (size_t i = 0; i < f->n; i++) {
		const char *text =
			js_text(decider_value(d, f->answers[i]->value));

		if (text != NULL && str_eq(text, var))
			return true;
	}
	return false;
}

const char *decider_bounded(struct decider *d, const char *var)
{
	for (size_t i = 0; i < d->s->n; i++)
		if (bounds(d, &d->s->facts[i], var) &&
			!str_eq(d->s->facts[i].key.var, var))
			return d->s->facts[i].key.var;
	return NULL;
}

const char *decider_time_owner(struct decider *d, const char *var)
{
	const char *bounded = decider_bounded(d, var);

	if (bounded == NULL ||
		schema_find(d->s, (struct fact_key){ var, FACT_ATTR, "units" }))
		return var;
	return bounded;
}

struct spread_key decider_first(struct decider *d, const char *var)
{
	struct spread files = { 0 };

	fact_files(d->a,
		schema_find(d->s, (struct fact_key){ var, FACT_DIMS, "" }),
		&files);
	return spread_first(&files);
}

static const struct fact *attr_of(struct decider *d, const char *var,
	const char *name)
{
	return schema_find(d->s, (struct fact_key){ var, FACT_ATTR, name });
}

static const char *text_of(struct decider *d, const struct fact *f,
	struct spread_key k)
{
	const struct answer *x = f ? decider_answer(f, k) : NULL;

	return x ? js_text(decider_value(d, x->value)) : NULL;
}

static const char *since(const char *units)
{
	while (strncasecmp(units, " since ", 7) != 0)
		units++; /* timecode_parse has found it */
	return units;
}

/* The grid of all files together with the target's reference. */
static int64_t common(const struct grid_time *g, const struct timecode *t)
{
	struct timecode grid = *t;

	grid.unit = g->step;
	grid.epoch = g->phase;
	return timecode_common(&grid,
		&(struct timecode){ t->calendar, g->step, t->epoch });
}

static bool needs_months(struct decider *d, const char *units,
	const char *calendar)
{
	return d->policy->time.months != NULL &&
		timecode_needs_months(units, calendar);
}

/* Choose units of which, unless they are asked for, every instant of the owner is
 * a whole number. */
static int choose_units(struct decider *d, const struct grid_time *g,
	struct times *t, struct err *err)
{
	const char *asked = d->policy->time.units;
	int64_t step;

	t->text = asked ? asked : t->first;
	if (timecode_parse(t->text, t->name, needs_months(d, t->text, t->name),
		    &t->target, err) < 0)
		return err_in(err, "variable '%.200s'", t->owner);
	step = common(g, &t->target);
	if (step % t->target.unit == 0 || asked != NULL)
		return 0;
	t->text = arena_printf(d->a, "%s%s", timecode_unit_name(step),
		since(t->first));
	return timecode_parse(t->text, t->name, false, &t->target, err);
}

static int check_calendar(struct decider *d, const struct meaning *m,
	const struct layout_var *v)
{
	const struct agreement must = {
		.schema = d->s,
		.fact = m->time,
		.what = arena_printf(d->a, "the calendar of variable '%.200s'",
			v->name),
		.remedy = "the same date is another time in another calendar: "
			  "bake the files apart",
	};

	if (decider_count(m->time, m->files) == 1)
		return 0;
	return layout_check_same(&must, m->err);
}

/* Have all those files given an answer? */
static bool covers(struct decider *d, const struct fact *f,
	const struct spread *files)
{
	struct spread have = { 0 }, left = { 0 };

	if (f != NULL)
		fact_files(d->a, f, &have);
	spread_subtract(d->a, files, &have, &left);
	return left.nparts == 0;
}

/* Bounds that do not tell their units in all files have those of what they
 * bound, and become what it becomes. */
static void find_units(struct decider *d, const struct meaning *m,
	const char *var, struct times *t)
{
	const struct fact *own = attr_of(d, var, "units");
	const char *bounded = decider_bounded(d, var);

	t->owner = var;
	t->units = own;
	t->from = d->first;
	if (bounded == NULL || covers(d, own, m->files) ||
		attr_of(d, bounded, "units") == NULL) {
		t->differ = own && decider_count(own, m->files) > 1;
		return;
	}
	t->owner = bounded;
	t->units = attr_of(d, bounded, "units");
	t->from = decider_first(d, bounded);
	t->differ = t->units->n > 1 ||
		(own &&
			(own->n > 1 ||
				!str_eq(own->answers[0]->value,
					t->units->answers[0]->value)));
}

static void find_calendar(struct decider *d, const char *var, struct times *t)
{
	const char *bounded = decider_bounded(d, var);

	t->name = text_of(d, attr_of(d, var, "calendar"), d->first);
	if (t->name == NULL && bounded != NULL)
		t->name = text_of(d, attr_of(d, bounded, "calendar"), t->from);
	if (t->name == NULL)
		t->name = "standard";
}

static bool is_time(struct decider *d, const char *var)
{
	return schema_find(d->s, (struct fact_key){ var, FACT_TIME, "" });
}

/* 0 if it is no time in some file; then units are units. */
static int find_times(struct decider *d, const struct meaning *m,
	const struct layout_var *v, struct times *t)
{
	struct err ignored = ERR_INIT;

	find_units(d, m, v->name, t);
	find_calendar(d, v->name, t);
	t->first = text_of(d, t->units, t->from);
	if (covers(d, m->time, m->files))
		return t->first != NULL &&
			timecode_parse(t->first, t->name,
				needs_months(d, t->first, t->name), &t->code,
				&ignored) == 0;
	if (!str_eq(t->owner, v->name) && is_time(d, t->owner) &&
		(t->differ || d->policy->time.units != NULL))
		return err_set(m->err, ERR_DATA,
			"variable '%.200s' holds the bounds of '%.200s', which "
			"is re-encoded, but not all files say so: add the "
			"attribute 'bounds' to '%.200s' there, or bake those "
			"files apart",
			v->name, t->owner, t->owner);
	return 0;
}

/* The instants that the numbers of a time can tell. */
static const struct grid_time *grid_of(struct decider *d, const char *var,
	struct spread_key k)
{
	const struct answer *x =
		decider_answer(schema_find(d->s,
				       (struct fact_key){ var, FACT_TIME, "" }),
			k);

	return x ? &x->grid : NULL;
}

static int encode(struct decider *d, const struct meaning *m,
	const struct times *t, bool exact, struct layout_var *v)
{
	struct spread_key at = decision_file(t->units);
	struct promotion p = decider_promote(d, m);
	struct encoding e = encoding_none();

	if (m->unpacked != NULL)
		return err_set(m->err, ERR_DATA,
			"variable '%.200s': times in different units are packed "
			"(scale_factor or add_offset); unpack them in the files",
			v->name);
	v->dtype = dtype_of(
		exact && dtype_is_integer(p.t) ? DTYPE_INT64 : DTYPE_FLOAT64);
	decider_missing(d, m, v->dtype, &e);
	e.time = t->text;
	e.calendar = t->name;
	e.udunits_months = needs_months(d, t->text, t->name);
	decider_encode(d, v, &e, v->dtype);
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = "time",
			.var = v->name,
			.name = "units",
			.fact = t->differ && str_eq(t->owner, v->name) ?
				t->units :
				NULL,
			.decided = arena_printf(d->a, "re-encoded as '%.200s'",
				t->text),
			.policy = "combine.time",
			.at = &at,
		});
	return 1;
}

int decider_time(struct decider *d, const struct meaning *m,
	struct layout_var *v)
{
	struct times t = { .owner = v->name };
	const struct grid_time *grid;
	bool exact;
	int r = find_times(d, m, v, &t);

	if (r <= 0)
		return r;
	if (check_calendar(d, m, v) < 0)
		return -1;
	d->time_units = t.first;
	if (d->policy->time.units == NULL && !t.differ)
		return 0;
	grid = grid_of(d, t.owner, t.from);
	if (grid == NULL)
		grid = &decider_answer(m->time, d->first)->grid;
	if (choose_units(d, grid, &t, m->err) < 0)
		return -1;
	grid = &decider_answer(m->time, d->first)->grid;
	exact = common(grid, &t.target) % t.target.unit == 0;
	d->time_units = t.text;
	if (timecode_equal(&t.code, &t.target) && !t.differ)
		return 0;
	return encode(d, m, &t, exact, v);
}
