/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units of data.  Two spellings of one unit are one; other units are converted
 * only if the recipe asks, because a unit that differs is as often a mistake in
 * the files as a choice.
 */
#include "model/layout_decide.h"

#include "base/str.h"
#include "model/decision.h"
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

int decider_units(struct decider *d, const struct meaning *m,
	const struct layout_var *v)
{
	const struct fact *f = schema_find(d->s,
		(struct fact_key){ v->name, FACT_ATTR, "units" });
	bool convert = str_eq(d->policy->units, "convert");
	const char *first;
	bool differ = f != NULL && f->many; /* some are not known here */
	double scale, offset;

	if (f == NULL || decider_count(f, m->files) < 2 ||
		!are_units(d, f, m->files))
		return 0;
	first = unit_of(d, decider_answer(f, d->first));
	for (size_t i = 0; i < f->n; i++) {
		const char *unit = unit_of(d, f->answers[i]);

		if (units_same(unit, first))
			continue;
		differ = true;
		if (convert &&
			units_convert(unit, first, &scale, &offset, m->err) < 0)
			return err_in(m->err, "variable '%.200s' in '%.200s'",
				v->name, f->answers[i]->first.text);
	}
	if (differ && !convert)
		return 0;
	d->data_units = first;
	tell(d, f,
		differ ? arena_printf(d->a, "converted to '%.200s'", first) :
			 "the first is kept, as all mean the same");
	return differ;
}
