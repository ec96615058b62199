/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units of data.  Two spellings of one unit are one; other units are converted
 * only if the recipe asks, because a unit that differs is as often a mistake in
 * the files as a choice.
 */
#include "layout/layout_decide.h"

#include "base/str.h"
#include "layout/decision.h"
#include "layout/layout_check.h"
#include "model/units.h"

static const char *unit_of(struct decider *d, const struct answer *x)
{
	return js_text(decider_value(d, x->value));
}

/* True if all files have units, as text. */
static bool are_units(struct decider *d, const struct fact *f,
	const struct spread *files)
{
	struct spread have = { 0 }, left = { 0 };

	fact_files(d->a, f, &have);
	spread_subtract(d->a, files, &have, &left);
	for (size_t i = 0; i < f->n; i++)
		if (unit_of(d, f->answers[i]) == NULL)
			return false;
	return left.nparts == 0;
}

static void tell(struct decider *d, const struct fact *f, const char *decided)
{
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = "attribute",
			.var = f->key.var,
			.name = f->key.name,
			.fact = f,
			.decided = decided,
			.policy = "combine.units",
		});
}

/* Whose units they are: its own, or those of what it bounds. */
static const struct fact *units_of(struct decider *d, const char *var,
	struct spread_key *first)
{
	struct fact_key key = { var, FACT_ATTR, "units" };
	const struct fact *f = schema_find(d->s, key);

	*first = d->first;
	key.var = f ? NULL : decider_bounded(d, var);
	if (key.var == NULL)
		return f;
	*first = decider_first(d, key.var);
	return schema_find(d->s, key);
}

/* 1 if some differ; then all must be convertible to those of like, if that is
 * asked. */
static int compare(struct decider *d, const struct fact *f,
	const struct answer *like, struct err *err)
{
	const char *first = unit_of(d, like);
	bool convert = str_eq(d->policy->units, "convert");
	bool differ = f->many; /* some are not known here */
	double scale, offset;

	for (size_t i = 0; i < f->n; i++) {
		const char *unit = unit_of(d, f->answers[i]);

		if (units_same(unit, first))
			continue;
		differ = true;
		if (convert &&
			units_convert(unit, first, &scale, &offset, err) < 0)
			return err_in(err, "variable '%.200s' in %s and in %s",
				f->key.var,
				layout_files_text(d->a, f->answers[i]),
				layout_files_text(d->a, like));
	}
	return differ;
}

/* Bounds that do not tell their units do so in the store, for what is converted
 * must say to what. */
static int convert_bounds(struct decider *d, const struct fact *f,
	struct layout_var *v, const char *first)
{
	js_set_text(v->attrs, "units", first);
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = "units",
			.var = v->name,
			.name = "",
			.decided = arena_printf(d->a,
				"converted to '%.200s', like '%.200s', whose "
				"bounds they are",
				first, f->key.var),
			.policy = "combine.units",
		});
	return 1;
}

int decider_units(struct decider *d, const struct meaning *m,
	struct layout_var *v)
{
	struct spread_key from;
	const struct fact *f = units_of(d, v->name, &from);
	bool own = f != NULL && str_eq(f->key.var, v->name);
	const struct answer *like;
	const char *first;
	int differ;

	if (f == NULL || (own ? decider_count(f, m->files) : f->n) < 2 ||
		!are_units(d, f, m->files))
		return 0;
	like = decider_answer(f, from);
	first = unit_of(d, like);
	differ = compare(d, f, like, m->err);
	if (differ < 0 || (differ && !str_eq(d->policy->units, "convert")))
		return differ < 0 ? -1 : 0;
	if (!own)
		return differ ? convert_bounds(d, f, v, first) : 0;
	d->data_units = first;
	tell(d, f,
		differ ? arena_printf(d->a, "converted to '%.200s'", first) :
			 "the first is kept, as all mean the same");
	return differ;
}
