/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times.  Files that count from different days, or in different units, are told
 * in one: that of the recipe, or of the first file, made finer until every
 * instant that any file could tell is a whole number of it.  Then integers stay
 * integers, and nothing is rounded.
 */
#include "model/layout_decide.h"

#include <strings.h>

#include "base/str.h"
#include "model/decision.h"
#include "model/layout_check.h"
#include "model/timecode.h"

/* A variable that is a time in all files, of one calendar. */
struct times {
	const char *owner; /* of units and calendar: itself, or whose bounds it
			    * holds */
	const struct fact *units, *calendar;
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

const char *decider_time_owner(struct decider *d, const char *var)
{
	if (schema_find(d->s, (struct fact_key){ var, FACT_ATTR, "units" }))
		return var;
	for (size_t i = 0; i < d->s->n; i++)
		if (bounds(d, &d->s->facts[i], var))
			return d->s->facts[i].key.var;
	return var;
}

static const char *text_of(struct decider *d, const struct fact *f)
{
	const struct answer *x = f ? decider_answer(f, d->first) : NULL;

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

/* Choose units; *exact: every instant of the files is a whole number of them. */
static int choose_units(struct decider *d, const struct grid_time *g,
	struct times *t, bool *exact, struct err *err)
{
	const char *asked = d->policy->time.units;
	int64_t step;

	t->text = asked ? asked : t->first;
	if (timecode_parse(t->text, t->name, false, &t->target, err) < 0)
		return err_in(err, "variable '%.200s'", t->owner);
	step = common(g, &t->target);
	*exact = step % t->target.unit == 0;
	if (*exact || asked != NULL)
		return 0;
	t->text = arena_printf(d->a, "%s%s", timecode_unit_name(step),
		since(t->first));
	*exact = true;
	return timecode_parse(t->text, t->name, false, &t->target, err);
}

static int check_calendar(struct decider *d, const struct meaning *m,
	const struct layout_var *v)
{
	const struct agreement must = {
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

/* False if it is no time in some file; then units are units. */
static bool find_times(struct decider *d, const struct meaning *m,
	const struct layout_var *v, struct times *t)
{
	struct spread have = { 0 }, left = { 0 };
	struct err ignored = ERR_INIT;

	fact_files(d->a, m->time, &have);
	spread_subtract(d->a, m->files, &have, &left);
	t->owner = decider_time_owner(d, v->name);
	t->units = schema_find(d->s,
		(struct fact_key){ t->owner, FACT_ATTR, "units" });
	t->calendar = schema_find(d->s,
		(struct fact_key){ t->owner, FACT_ATTR, "calendar" });
	t->first = text_of(d, t->units);
	t->name =
		text_of(d, t->calendar) ? text_of(d, t->calendar) : "standard";
	return left.nparts == 0 && t->first != NULL &&
		timecode_parse(t->first, t->name, false, &t->code, &ignored) ==
		0;
}

static int encode(struct decider *d, const struct meaning *m,
	const struct times *t, bool exact, struct layout_var *v)
{
	bool differs = decider_count(t->units, m->files) > 1;
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
	decider_encode(d, v, &e, v->dtype);
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = "time",
			.var = v->name,
			.name = "units",
			.fact = differs && str_eq(t->owner, v->name) ?
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
	bool exact;

	if (!find_times(d, m, v, &t))
		return 0;
	if (check_calendar(d, m, v) < 0)
		return -1;
	d->time_units = t.first;
	if (d->policy->time.units == NULL &&
		decider_count(t.units, m->files) < 2)
		return 0;
	if (choose_units(d, &decider_answer(m->time, d->first)->grid, &t,
		    &exact, m->err) < 0)
		return -1;
	d->time_units = t.text;
	if (timecode_equal(&t.code, &t.target) &&
		decider_count(t.units, m->files) < 2)
		return 0;
	return encode(d, m, &t, exact, v);
}
