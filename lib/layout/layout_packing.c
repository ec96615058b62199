/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A packing that the recipe states holds also where all files agree on another:
 * what the store is like should not depend on whether a file of tomorrow
 * differs.
 */
#include "layout/layout_decide.h"

#include "base/str.h"
#include "layout/decision.h"
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
	decision_add(d->a, &d->told,
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
			.at = &d->recoded_at,
		});
	buf_release(&text);
}

int decider_stated(struct decider *d, const struct meaning *m,
	const struct recipe_packing_of *asked, struct layout_var *v)
{
	const struct encoding *e = &asked->encoding;

	if (m->missing == NULL)
		return refuse(m, v, "its own packing cannot be understood");
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
	d->recoded_at = decision_file(m->packing);
	tell(d, m, asked, v);
	return 0;
}

static int refuse_name(const struct decider *d, const char *name,
	struct err *err)
{
	const struct layout *l = d->out;
	const char **names =
		ARENA_NEW(d->a, const char *, (size_t)l->nvars + 1);
	const char *near;

	for (unsigned i = 0; i < l->nvars; i++)
		names[i] = l->vars[i].name;
	near = str_nearest(name, names);
	return err_set(err, ERR_DATA,
		"'combine.packing' of the recipe names '%.100s', which is no "
		"variable of the files%s%.100s%s",
		name, near ? " (nearest is '" : "", near ? near : "",
		near ? "')" : "");
}

int decider_check_packing(const struct decider *d, struct err *err)
{
	const struct recipe_packing *p = &d->policy->packing;
	const struct meaning m = { .err = err };

	for (size_t i = 0; i < p->n; i++) {
		const struct layout_var *v = layout_var(d->out, p->of[i].name);

		if (v == NULL)
			return refuse_name(d, p->of[i].name, err);
		if (p->of[i].word == NULL && dtype_is_text(v->dtype))
			return refuse(&m, v, "it is text");
	}
	return 0;
}
