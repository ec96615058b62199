/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text of a fixed width: a file that knows short names only has a narrow
 * variable, and often calls its last dimension after the width.  NULs at the end
 * mean nothing, so the widest holds all; the dimension of another thing, of which
 * every element counts, may not differ.
 */
#include "layout/layout_decide.h"

#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "layout/decision.h"
#include "layout/layout_check.h"

static const char same_remedy[] =
	"bake the files that agree apart from the others";

static const struct fact *fact_of(const struct decider *d, const char *var,
	enum fact_kind kind)
{
	return schema_find(d->s, (struct fact_key){ var, kind, "" });
}

/* The answers that tell how wide a text is. */
static void tell(struct decider *d, const char *var, const struct fact *f,
	const char *decided)
{
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = f->key.kind == FACT_DTYPE ? "type" :
				f->key.kind == FACT_DIMS  ? "dimensions" :
							    "dimension",
			.var = var,
			.name = f->key.name,
			.fact = f,
			.decided = decided,
		});
}

static bool is_char(const struct decider *d, const char *var)
{
	const struct fact *f = fact_of(d, var, FACT_DTYPE);

	return f != NULL && f->n == 1 &&
		str_eq(f->answers[0]->value, "\"char\"");
}

/* The last name of a list of dimensions, if it is that of a width. */
static const char *width_name(const struct decider *d, const struct js *list)
{
	const char *last = js_text(js_at(list, js_count(list) - 1));

	return last && layout_concat(d->out, last) < 0 ? last : NULL;
}

/* The length of the longest, also where other variables have it. */
static uint64_t widest(struct decider *d, const char *dim)
{
	const struct fact *f =
		schema_find(d->s, (struct fact_key){ "", FACT_DIM, dim });
	uint64_t len, most = 0;

	for (size_t i = 0; f != NULL && i < f->n; i++)
		if (js_u64(decider_value(d, f->answers[i]->value), &len))
			most = num_max(most, len);
	return most;
}

bool decider_width(struct decider *d, const char *var, const char *dim,
	uint64_t *len)
{
	const struct fact *f =
		schema_find(d->s, (struct fact_key){ "", FACT_DIM, dim });

	if (f == NULL || layout_concat(d->out, dim) >= 0 || !is_char(d, var))
		return false;
	*len = widest(d, dim);
	if (f->n > 1)
		tell(d, var, f,
			arena_printf(d->a,
				"it is as wide as the widest text, %llu, "
				"others end with NULs",
				(unsigned long long)*len));
	return true;
}

/* Do two lists have the same names but for the last? */
static bool same_start(const struct js *x, const struct js *y)
{
	size_t n = js_count(x);

	if (n == 0 || js_count(y) != n)
		return false;
	for (size_t i = 0; i + 1 < n; i++)
		if (!str_eq(js_text(js_at(x, i)), js_text(js_at(y, i))))
			return false;
	return true;
}

/* One answer of all the files, with the value of one of them. */
static struct answer *join(struct decider *d, const struct fact *f,
	const struct answer *value)
{
	struct answer *all = ARENA_NEW(d->a, struct answer, 1);
	const struct answer *last = f->answers[0];

	for (size_t i = 1; i < f->n; i++)
		if (spread_key_compare(spread_last(&last->files),
			    spread_last(&f->answers[i]->files)) < 0)
			last = f->answers[i];
	*all = *value;
	all->files = (struct spread){ 0 };
	fact_files(d->a, f, &all->files);
	all->first = fact_first(f, NULL)->first;
	all->last = last->last;
	return all;
}

const struct answer *decider_text_dims(struct decider *d, const char *var)
{
	const struct fact *f = fact_of(d, var, FACT_DIMS);
	const struct answer *best = NULL;
	const char *best_name = NULL;
	struct js *first;
	uint64_t most = 0;

	if (f == NULL || f->n < 2 || !is_char(d, var))
		return NULL;
	first = decider_value(d, f->answers[0]->value);
	for (size_t i = 0; i < f->n; i++) {
		struct js *list = decider_value(d, f->answers[i]->value);
		const char *name = width_name(d, list);
		uint64_t len = name ? widest(d, name) : 0;

		if (name == NULL || !same_start(first, list))
			return NULL;
		if (best != NULL &&
			(len < most ||
				(len == most &&
					answer_rank(best, f->answers[i]) < 0)))
			continue;
		best = f->answers[i];
		best_name = name;
		most = len;
	}
	tell(d, var, f,
		arena_printf(d->a,
			"those with '%.200s', of %llu, which is the widest; "
			"narrower texts end with NULs",
			best_name, (unsigned long long)most));
	return join(d, f, best);
}

/* What the attributes say that are no prose must be the same. */
static int check_coded(struct decider *d, size_t at, const struct spread *files,
	struct err *err)
{
	const char *var = d->s->facts[at].key.var;

	for (; at < d->s->n && str_eq(d->s->facts[at].key.var, var); at++) {
		const struct fact_key *k = &d->s->facts[at].key;
		const struct agreement must = {
			.schema = d->s,
			.fact = &d->s->facts[at],
			.of = files,
			.what = arena_printf(d->a,
				"attribute '%.200s' of variable '%.200s'",
				k->name, var),
			.remedy = same_remedy,
		};

		if (k->kind == FACT_ATTR && layout_check_is_coded(k->name) &&
			layout_check_same(&must, err) < 0)
			return -1;
	}
	return 0;
}

bool decider_is_text(struct decider *d, const char *var)
{
	const struct fact *f = fact_of(d, var, FACT_DTYPE);

	for (size_t i = 0; f != NULL && i < f->n; i++)
		if (!dtype_is_text(decider_dtype(d, f->answers[i])))
			return false;
	return f != NULL;
}

/* S<n> becomes the widest; no other types of text can be told as one. */
int decider_text(struct decider *d, size_t at, struct layout_var *v,
	const struct spread *files, struct err *err)
{
	const struct fact *f = fact_of(d, v->name, FACT_DTYPE);
	const struct agreement must = {
		.schema = d->s,
		.fact = f,
		.what = arena_printf(d->a, "the type of variable '%.200s'",
			v->name),
		.remedy = same_remedy,
	};
	char name[16];

	v->dtype = decider_dtype(d, decider_answer(f, d->first));
	if (spread_count(files) == 1)
		return 0;
	for (size_t i = 0; i < f->n; i++) {
		struct dtype t = decider_dtype(d, f->answers[i]);

		if (t.kind != v->dtype.kind)
			return layout_check_same(&must, err);
		if (t.size > v->dtype.size)
			v->dtype = t;
	}
	if (f->n > 1)
		tell(d, v->name, f,
			arena_printf(d->a, "%s, the widest, in all",
				dtype_name(v->dtype, name)));
	return check_coded(d, at, files, err);
}
