/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agree or refuse, one thing after the other.  The first file is never taken
 * for the truth about the others; where something is taken "from the first",
 * all have been compared.
 */
#include "layout/layout_decide.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "layout/layout_check.h"

struct js *decider_value(struct decider *d, const char *text)
{
	struct err err = ERR_INIT;
	struct js *v = js_parse(d->a, text, strlen(text), &err);

	return v ? v : js_new_null(d->a);
}

/* The names of the concat or merge dimensions, which all files must share. */
static int check_names(struct decider *d, enum fact_kind kind, struct err *err)
{
	struct agreement must = {
		.schema = d->s,
		.fact = schema_find(d->s, (struct fact_key){ "", kind, "" }),
		.of = &d->s->files,
		.what = kind == FACT_CONCAT ? "the concat dimension in 'key'" :
					      "the merge dimension in 'key'",
		.remedy = "give pgf-schema the datasets of one recipe",
	};

	if (must.fact == NULL)
		return err_set(err, ERR_DATA,
			"the facts do not name the dimensions of the recipe");
	return layout_check_same(&must, err);
}

/* Add a dimension that a variable has to the layout. */
int decider_dim(struct decider *d, const char *name, bool any, uint64_t *len,
	struct err *err)
{
	struct layout *l = d->out;
	int concat = layout_concat(l, name);
	struct agreement must = {
		.schema = d->s,
		.fact = schema_find(d->s,
			(struct fact_key){ "", FACT_DIM, name }),
		.what = arena_printf(d->a, "the length of dimension '%.200s'",
			name),
		.remedy = "files on different grids cannot share a dimension: "
			  "give them dimensions of different names, or bake "
			  "them apart",
	};

	if (must.fact == NULL)
		return err_set(err, ERR_DATA,
			"dimension '%.200s' has no length", name);
	if (concat >= 0) {
		if (decider_sum(&l->concat[concat], len, err) < 0)
			return -1;
	} else if (!any) {
		if (layout_check_same(&must, err) < 0)
			return -1;
		js_u64(decider_value(d, must.fact->answers[0]->value), len);
	}
	if (layout_dim(l, name) == NULL)
		l->dims[l->ndims++] = (struct dim){ must.fact->key.name, *len };
	return 0;
}

static int dim_compare(const void *x, const void *y)
{
	const struct dim *a = x, *b = y;

	return strcmp(a->name, b->name);
}

static int decide_vars(struct decider *d, struct err *err)
{
	const struct schema *s = d->s;
	struct layout *l = d->out;
	const char *last = "";

	l->vars = ARENA_NEW(d->a, struct layout_var, s->n);
	l->dims = ARENA_NEW(d->a, struct dim, s->n);
	for (size_t i = 0; i < s->n; i++) {
		const char *name = s->facts[i].key.var;

		if (str_eq(name, last))
			continue;
		last = name;
		if (decider_var(d, i, &l->vars[l->nvars], err) < 0)
			return -1;
		l->nvars++;
	}
	qsort(l->dims, l->ndims, sizeof(*l->dims), dim_compare);
	return 0;
}

/* The same facts, but that months have a length: a time in them is one like any
 * other. */
static struct schema *with_months(struct arena *a, const struct schema *s)
{
	struct schema *out = ARENA_NEW(a, struct schema, 1);

	schema_init(out, a);
	out->namer = s->namer;
	schema_add_files(out, &s->files, s->first.text, s->last.text);
	for (size_t i = 0; i < s->n; i++) {
		const struct fact *f = &s->facts[i];
		struct fact_key key = f->key;

		if (key.kind == FACT_MONTHS)
			key.kind = FACT_TIME;
		if (f->many)
			schema_add_many(out, key, &f->files, f->first.text,
				f->last.text);
		for (size_t j = 0; j < f->n; j++)
			schema_add_answer(out, key, f->answers[j]);
	}
	return out;
}

int layout_decide(struct arena *a, const struct schema *s,
	const struct recipe_combine *policy, struct layout *out,
	struct err *err)
{
	struct decider d = { .a = a, .s = s, .policy = policy, .out = out };

	*out = (struct layout){
		.attrs = js_new_object(a),
		.attr_dtypes = js_new_object(a),
		.decisions = js_new_list(a),
	};
	if (policy->time.months != NULL)
		d.s = with_months(a, s);
	if (s->files.nparts == 0)
		return err_set(err, ERR_DATA,
			"no datasets, so nothing to lay out; the input is "
			"empty");
	if (decider_absent(&d, err) < 0 ||
		check_names(&d, FACT_CONCAT, err) < 0 ||
		check_names(&d, FACT_MERGE, err) < 0 ||
		decider_concat(&d, err) < 0 ||
		decider_attrs(&d, 0, NULL, NULL, err) < 0)
		return -1;
	if (decide_vars(&d, err) < 0 || decider_check_packing(&d, err) < 0 ||
		decider_axes(&d, err) < 0)
		return -1;
	out->decisions = decision_sorted(a, &d.told);
	return 0;
}
