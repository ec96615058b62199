/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes.  One that is part of what the numbers mean stops the bake when it
 * differs; any other is kept if nobody disagrees, because a wrong history is
 * worse than none, or as the recipe says.
 */
#include "layout/layout_decide.h"

#include <string.h>

#include "base/str.h"
#include "layout/decision.h"
#include "layout/layout_check.h"

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

/* The answers in the order of their first files: that after x. */
static const struct answer *next_answer(const struct fact *f,
	const struct answer *x)
{
	const struct answer *best = NULL;

	for (size_t i = 0; i < f->n; i++) {
		const struct answer *y = f->answers[i];

		if ((x == NULL || answer_rank(y, x) > 0) &&
			(best == NULL || answer_rank(y, best) < 0))
			best = y;
	}
	return best;
}

static char *next_word(char **rest)
{
	static const char blanks[] = " \t\n\v\f\r";
	char *word = *rest + strspn(*rest, blanks);
	size_t n = strcspn(word, blanks);

	if (n == 0)
		return NULL;
	*rest = word + n;
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return word;
}

static void keep(struct decider *d, struct layout_var *v, const struct fact *f,
	const struct answer *x)
{
	js_set(v ? v->attrs : d->out->attrs, f->key.name,
		decider_value(d, x->value));
	if (x->dtype != NULL)
		js_set_text(v ? v->attr_dtypes : d->out->attr_dtypes,
			f->key.name, x->dtype);
}

/* Names of coordinates, of all files: CF's list of a variable, and that of the
 * group, by which xarray tells those that no variable lists. */
static void join_names(struct decider *d, const struct fact *f,
	struct layout_var *v)
{
	const struct answer *x = NULL;
	struct js *seen = js_new_object(d->a);
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < f->n; i++) {
		char *word, *rest;

		x = next_answer(f, x);
		rest = arena_strdup(d->a,
			js_text(decider_value(d, x->value)) ?
				js_text(decider_value(d, x->value)) :
				"");
		while ((word = next_word(&rest)) != NULL) {
			if (js_get(seen, word) != NULL)
				continue;
			js_set(seen, word, js_new_null(d->a));
			buf_addf(&text, "%s%s", text.len ? " " : "", word);
		}
	}
	js_set_text(v ? v->attrs : d->out->attrs, f->key.name,
		text.len ? text.data : "");
	buf_release(&text);
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = "attribute",
			.var = f->key.var,
			.name = f->key.name,
			.fact = f,
			.decided = f->many ?
				"joined, but for the files whose value is not "
				"kept" :
				"joined",
		});
}

/* The values differ: as the policy says. */
static int settle(struct decider *d, const struct fact *f, struct layout_var *v,
	struct err *err)
{
	bool first = str_eq(d->policy->attrs, "first");
	const struct agreement must = {
		.schema = d->s,
		.fact = f,
		.what = attr_text(d, f),
		.remedy = "combine.attrs 'drop' leaves such attributes out, "
			  "'first' takes the first file's",
	};

	if (str_eq(d->policy->attrs, "error"))
		return layout_check_same(&must, err);
	if (first)
		keep(d, v, f, fact_first(f, NULL));
	decision_add(d->a, &d->told,
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

/* An attribute of the encoding: settled already if anything is converted, else
 * as the first file has it. */
static void keep_coded(struct decider *d, const struct fact *f,
	struct layout_var *v)
{
	const struct answer *x = decider_answer(f, d->first);

	if (v->encoding == NULL && x != NULL)
		keep(d, v, f, x);
}

/* Units and calendar that were settled with the encoding. */
static void keep_unit(struct decider *d, const struct fact *f,
	struct layout_var *v)
{
	const struct answer *x = decider_answer(f, d->first);
	const char *units = d->time_units ? d->time_units : d->data_units;

	if (units != NULL && str_eq(f->key.name, "units"))
		js_set_text(v->attrs, "units", units);
	else if (x != NULL)
		keep(d, v, f, x);
}

/* The range of packed numbers is not that of unpacked ones. */
static bool is_packed_range(const char *attr)
{
	return str_eq(attr, "valid_min") || str_eq(attr, "valid_max") ||
		str_eq(attr, "valid_range");
}

/* Neither times, nor what has no unit in some of the files, are converted. */
static const char *unit_remedy(struct decider *d, const struct fact *f,
	const struct spread *files)
{
	uint64_t without = spread_count(files);
	bool converts = str_eq(f->key.name, "units");

	for (size_t i = 0; i < f->n; i++) {
		without -= spread_count(&f->answers[i]->files);
		converts = converts && *f->answers[i]->value == '"' &&
			strstr(f->answers[i]->value, " since ") == NULL;
	}
	if (schema_find(d->s, (struct fact_key){ f->key.var, FACT_MONTHS, "" }))
		return "the numbers would not mean the same: bake the files "
		       "apart, or set combine.time.months to 'udunits'";
	return converts && without == 0 ?
		"the numbers would not mean the same: bake the files "
		"apart, or set combine.units to 'convert'" :
		"the numbers would not mean the same: bake the files "
		"apart";
}

/* Do the files that the variable is taken from give one answer, or none? */
static bool is_shared(struct decider *d, const struct fact *f,
	const struct layout_var *v)
{
	struct spread have = { 0 }, left = { 0 };

	if (spread_count(&v->from) == 1)
		return true;
	fact_files(d->a, f, &have);
	spread_subtract(d->a, &v->from, &have, &left);
	return decider_count(f, &v->from) < 2 &&
		(left.nparts == 0 ||
			spread_count(&left) == spread_count(&v->from));
}

static int decide_attr(struct decider *d, const struct fact *f,
	struct layout_var *v, const struct spread *files, struct err *err)
{
	const struct agreement must = {
		.schema = d->s,
		.fact = f,
		.of = files,
		.what = attr_text(d, f),
		.remedy = v ? unit_remedy(d, f, files) : NULL,
	};

	if (v != NULL && layout_check_is_coded(f->key.name)) {
		keep_coded(d, f, v);
		return 0;
	}
	if (v != NULL && layout_check_is_unit(f->key.name) &&
		(d->time_units || d->data_units ||
			(d->first_only && is_shared(d, f, v)))) {
		keep_unit(d, f, v);
		return 0;
	}
	if (v != NULL && layout_check_is_unit(f->key.name) &&
		layout_check_same(&must, err) < 0)
		return -1;
	if (v != NULL && d->recoded && is_packed_range(f->key.name)) {
		decision_add(d->a, &d->told,
			&(struct decision){
				.what = "attribute",
				.var = v->name,
				.name = f->key.name,
				.decided = "dropped, as it is the range of the "
					   "numbers in the files",
				.at = &d->recoded_at,
			});
		return 0;
	}
	if (has_one_value(f)) {
		keep(d, v, f, fact_first(f, NULL));
		return 0;
	}
	if (!str_eq(f->key.name, "coordinates"))
		return settle(d, f, v, err);
	join_names(d, f, v);
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
