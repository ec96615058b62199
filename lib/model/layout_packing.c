/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A packing that the recipe states holds also where all files agree on another:
 * what the store is like should not depend on whether a file of tomorrow
 * differs.
 */
#include "model/layout_decide.h"

#include "base/str.h"
#include "model/decision.h"
#include "record/json_write.h"

static int refuse(const struct meaning *m, const struct layout_var *v,
	const char *why)
{
	return err_set(m->err, ERR_DATA,
		"variable '%.200s' cannot be packed as 'combine.packing' "
		"states: %s",
		v->name, why);
}

static bool have_missing(const struct fact *f)
{
	return f->n > 1 || !str_eq(f->answers[0]->value, "[]");
}

static void tell(struct decider *d, const struct meaning *m,
	const struct recipe_packing_of *asked, const struct layout_var *v)
{
	struct buf text = BUF_INIT;

	js_write(&text, asked->text, JS_RECORD);
	decision_add(d->a, d->out->decisions,
		&(struct decision){
			.what = "packing",
			.var = v->name,
			.name = "",
			.fact = decider_count(m->packing, m->files) > 1 ?
				m->packing :
				NULL,
			.decided =
				arena_printf(d->a, "packed as %s", text.data),
			.policy = "combine.packing",
		});
	buf_release(&text);
}

int decider_stated(struct decider *d, const struct meaning *m,
	const struct recipe_packing_of *asked, struct layout_var *v)
{
	const struct encoding *e = &asked->encoding;

	if (m->missing == NULL)
		return refuse(m, v,
			"it is text, or its own packing cannot be understood");
	if (m->time != NULL)
		return refuse(m, v,
			"it is a time, and 'combine.time' says how times are "
			"told");
	if (have_missing(m->missing) && e->nmissing == 0)
		return refuse(m, v,
			"the files have a missing value, and so needs the "
			"packing: add '_FillValue'");
	if (v->concat_axis >= 0 && decider_units(d, m, v) < 0)
		return -1;
	v->dtype = asked->dtype;
	decider_encode(d, v, e, dtype_of(DTYPE_FLOAT64));
	d->recoded = true;
	tell(d, m, asked, v);
	return 0;
}

int decider_check_packing(const struct decider *d, struct err *err)
{
	const struct recipe_packing *p = &d->policy->packing;
	const struct layout *l = d->out;
	const char **names, *near;
	size_t i = 0;

	while (i < p->n && layout_var(l, p->of[i].name) != NULL)
		i++;
	if (i == p->n)
		return 0;
	names = ARENA_NEW(d->a, const char *, (size_t)l->nvars + 1);
	for (unsigned k = 0; k < l->nvars; k++)
		names[k] = l->vars[k].name;
	near = str_nearest(p->of[i].name, names);
	return err_set(err, ERR_DATA,
		"'combine.packing' of the recipe names '%.100s', which is no "
		"variable of the files%s%.100s%s",
		p->of[i].name, near ? " (nearest is '" : "", near ? near : "",
		near ? "')" : "");
}
