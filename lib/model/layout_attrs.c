/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes.  One that is part of what the numbers mean stops the bake when it
 * differs; any other is kept if nobody disagrees, because a wrong history is
 * worse than none, or as the recipe says.
 */
#include "model/layout_decide.h"

#include "base/str.h"
#include "model/decision.h"
#include "model/layout_check.h"

static const char *attr_text(struct decider *d, const struct fact *f)
{
	if (*f->key.var == '\0')
		return arena_printf(d->a, "attribute '%.200s'", f->key.name);
	return arena_printf(d->a, "attribute '%.200s' of variable '%.200s'",
		f->key.name, f->key.var);
}

static bool has_one_value(const struct fact *f)
{
	for (size_t i = 1; i < f->n; i++)
		if (!str_eq(f->answers[i]->value, f->answers[0]->value))
			return false;
	return true;
}

static void keep(struct decider *d, struct layout_var *v, const struct fact *f)
{
	const struct answer *first = fact_first(f, NULL);

	js_set(v ? v->attrs : d->out->attrs, f->key.name,
		decider_value(d, first->value));
	if (first->dtype != NULL)
		js_set_text(v ? v->attr_dtypes : d->out->attr_dtypes,
			f->key.name, first->dtype);
}

/* The values differ: as the policy says. */
static int settle(struct decider *d, const struct fact *f, struct layout_var *v,
	struct err *err)
{
	bool first = str_eq(d->policy->attrs, "first");
	const struct agreement must = {
		.fact = f,
		.what = attr_text(d, f),
		.remedy = "combine.attrs 'drop' leaves such attributes out, "
			  "'first' takes the first file's",
	};

	if (str_eq(d->policy->attrs, "error"))
		return layout_check_same(&must, err);
	if (first)
		keep(d, v, f);
	decision_add(d->a, d->out->decisions,
		&(struct decision){
			.what = "attribute",
			.var = f->key.var,
			.name = f->key.name,
			.fact = f,
			.decided = first ? "the first is kept" : "dropped",
			.policy = "combine.attrs",
		});
	return 0;
}

static int decide_attr(struct decider *d, const struct fact *f,
	struct layout_var *v, const struct spread *files, struct err *err)
{
	const struct agreement must = {
		.fact = f,
		.of = files,
		.what = attr_text(d, f),
		.remedy = "the numbers would not mean the same: bake the files "
			  "apart, or make them agree first",
	};

	if (v != NULL && layout_check_is_unit(f->key.name) &&
		layout_check_same(&must, err) < 0)
		return -1;
	if (!has_one_value(f))
		return settle(d, f, v, err);
	keep(d, v, f);
	return 0;
}

static void add_attrs(struct decider *d)
{
	const struct js *add = d->policy->attrs_add;

	for (void *it = js_first(add); it; it = js_next(add, it)) {
		js_set(d->out->attrs, js_name(it), js_member(it));
		js_remove(d->out->attr_dtypes, js_name(it));
	}
}

int decider_attrs(struct decider *d, size_t at, struct layout_var *v,
	const struct spread *files, struct err *err)
{
	const struct schema *s = d->s;
	const char *var = v ? v->name : "";

	for (; at < s->n && str_eq(s->facts[at].key.var, var); at++)
		if (s->facts[at].key.kind == FACT_ATTR &&
			decide_attr(d, &s->facts[at], v, files, err) < 0)
			return -1;
	if (v == NULL)
		add_attrs(d);
	return 0;
}
