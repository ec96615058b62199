/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agree or refuse, one thing after the other.  The first file is never taken
 * for the truth about the others; where something is taken "from the first",
 * all have been compared.
 */
#include "model/layout_decide.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "model/layout_check.h"

struct js *decider_value(struct decider *d, const char *text)
{
	struct err err = ERR_INIT;
	struct js *v = js_parse(d->a, text, strlen(text), &err);

	return v ? v : js_new_null(d->a);
}

/* The name of the concat or merge dimension, which all files must share. */
static int decide_name(struct decider *d, enum fact_kind kind, const char **out,
	struct err *err)
{
	struct agreement must = {
		.fact = schema_find(d->s, (struct fact_key){ "", kind, "" }),
		.of = &d->s->files,
		.what = kind == FACT_CONCAT ? "the concat dimension in 'key'" :
					      "the merge dimension in 'key'",
		.remedy = "give pgf-schema the datasets of one recipe",
	};

	*out = NULL;
	if (must.fact == NULL)
		return err_set(err, ERR_DATA,
			"the facts do not name the dimensions of the recipe");
	if (layout_check_same(&must, err) < 0)
		return -1;
	*out = js_text(decider_value(d, must.fact->answers[0]->value));
	return 0;
}

/* A run of files and the length of each. */
struct stretch {
	struct run run;
	uint64_t len;
};

static int by_first(const void *x, const void *y)
{
	const struct stretch *a = x, *b = y;

	return a->run.first < b->run.first ? -1 : a->run.first > b->run.first;
}

static int join_lengths(struct decider *d, const struct fact *f,
	struct err *err)
{
	struct stretch *at;
	size_t n = 0, k = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->answers[i]->files.parts[0].nruns;
	at = ARENA_NEW(d->a, struct stretch, n);
	for (size_t i = 0; i < f->n; i++) {
		const struct spread_part *p = &f->answers[i]->files.parts[0];
		uint64_t len = 0;

		js_u64(decider_value(d, f->answers[i]->value), &len);
		for (size_t j = 0; j < p->nruns; j++)
			at[k++] = (struct stretch){ p->runs[j], len };
	}
	qsort(at, n, sizeof(*at), by_first);
	d->out->lengths = ARENA_NEW(d->a, struct length_run, n);
	for (size_t i = 0; i < n; i++) {
		if (at[i].run.first != (i ? at[i - 1].run.last + 1 : 0))
			return err_set(err, ERR_DATA,
				"the facts give position %llu two lengths",
				(unsigned long long)at[i].run.first);
		d->out->lengths[i] = (struct length_run){
			at[i].run.last - at[i].run.first + 1, at[i].len
		};
	}
	d->out->nlengths = n;
	return 0;
}

static const char **dim_names(struct decider *d)
{
	const char **list = ARENA_NEW(d->a, const char *, d->s->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < d->s->n; i++)
		if (d->s->facts[i].key.kind == FACT_DIM)
			list[n++] = d->s->facts[i].key.name;
	return list;
}

/* "'time' is no dimension of the files (did you mean 'Time'?)". */
static int refuse_dim(struct decider *d, const struct fact *f, struct err *err)
{
	const char *concat = d->out->concat;
	const char *near = str_nearest(concat, dim_names(d));
	uint64_t have = 0;

	for (size_t i = 0; f != NULL && i < f->n; i++)
		have += spread_count(&f->answers[i]->files);
	return err_set(err, ERR_DATA,
		"concat dimension '%s' is not a dimension of %llu of %llu "
		"files ('%.200s' to '%.200s')%s%s%s; name a dimension that "
		"all files have",
		concat, (unsigned long long)(spread_count(&d->s->files) - have),
		(unsigned long long)spread_count(&d->s->files),
		d->s->first.text, d->s->last.text, near ? ", nearest is '" : "",
		near ? near : "", near ? "'" : "");
}

static int decide_lengths(struct decider *d, struct err *err)
{
	const char *concat = d->out->concat;
	const struct fact *f;
	struct spread have = { 0 };

	if (concat == NULL)
		return 0;
	f = schema_find(d->s, (struct fact_key){ "", FACT_DIM, concat });
	for (size_t i = 0; f != NULL && i < f->n; i++)
		spread_unite(d->a, &have, &f->answers[i]->files);
	if (!spread_equal(&have, &d->s->files))
		return refuse_dim(d, f, err);
	if (layout_check_lengths(d->s, concat, f, err) < 0)
		return -1;
	return join_lengths(d, f, err);
}

static int sum_lengths(const struct layout *l, uint64_t *total, struct err *err)
{
	uint64_t part;

	*total = 0;
	for (size_t i = 0; i < l->nlengths; i++)
		if (!num_mul(l->lengths[i].count, l->lengths[i].len, &part) ||
			!num_add(*total, part, total) || *total > INT64_MAX)
			return err_set(err, ERR_DATA,
				"dimension '%s' is too long", l->concat);
	return 0;
}

/* Add a dimension that a variable has to the layout. */
int decider_dim(struct decider *d, const char *name, uint64_t *len,
	struct err *err)
{
	struct layout *l = d->out;
	const struct dim *known = layout_dim(l, name);
	struct agreement must = {
		.fact = schema_find(d->s,
			(struct fact_key){ "", FACT_DIM, name }),
		.what = arena_printf(d->a, "the length of dimension '%.200s'",
			name),
		.remedy = "files on different grids cannot share a store: "
			  "bake them apart",
	};

	if (known != NULL) {
		*len = known->len;
		return 0;
	}
	if (must.fact == NULL)
		return err_set(err, ERR_DATA,
			"dimension '%.200s' has no length", name);
	if (l->concat != NULL && str_eq(name, l->concat)) {
		if (sum_lengths(l, len, err) < 0)
			return -1;
	} else {
		if (layout_check_same(&must, err) < 0)
			return -1;
		js_u64(decider_value(d, must.fact->answers[0]->value), len);
	}
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
	if (s->files.nparts == 0)
		return err_set(err, ERR_DATA,
			"no datasets, so nothing to lay out; the input is "
			"empty");
	if (decide_name(&d, FACT_CONCAT, &out->concat, err) < 0 ||
		decide_name(&d, FACT_MERGE, &d.merge, err) < 0 ||
		layout_check_positions(s, out->concat, d.merge, &out->nfiles,
			err) < 0 ||
		decide_lengths(&d, err) < 0 ||
		decider_attrs(&d, 0, NULL, NULL, err) < 0)
		return -1;
	return decide_vars(&d, err);
}
