/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The union of two schemas.  The same file in both is nothing new; two files in
 * one place are found by the facts on which they differ, so no list of all files
 * is kept to compare with.
 */
#include "schema/schema.h"

#include "base/str.h"

static const char *kind_text(struct arena *a, struct fact_key key)
{
	const char *what[] = {
		[FACT_CONCAT] = "the concat dimension",
		[FACT_MERGE] = "the merge dimension",
		[FACT_DIM] = "the length of dimension",
		[FACT_ATTR] = "attribute",
		[FACT_DIMS] = "the dimensions",
		[FACT_DTYPE] = "the type",
		[FACT_DIGEST] = "the values",
		[FACT_PACKING] = "the packing",
		[FACT_MISSING] = "the missing values",
		[FACT_UNPACKED] = "the unpacked type",
		[FACT_TIME] = "the calendar",
		[FACT_SERIES] = "the calendar",
		[FACT_MEANING] = "the meaning of the numbers",
		[FACT_CHUNKS] = "the chunks",
		[FACT_MONTHS] = "the calendar",
	};
	const char *text = what[key.kind];

	if (*key.name != '\0')
		text = arena_printf(a, "%s '%s'", text, key.name);
	if (*key.var != '\0')
		text = arena_printf(a, "%s of variable '%s'", text, key.var);
	return text;
}

/* Two schemas that have files in common. */
struct twice {
	const struct schema *s, *t;
	const struct spread *both;
};

static int refuse_twice(const struct twice *w, struct fact_key key,
	struct spread_key k, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *mine = schema_url(&a, w->s, k);
	const char *theirs = schema_url(&a, w->t, k);

	err_set(err, ERR_DATA,
		"two files for %s: '%.300s' and '%.300s' differ in %s; give "
		"each position one file",
		schema_key_text(&a, w->s, k), mine ? mine : "another file",
		theirs ? theirs : "another file", kind_text(&a, key));
	arena_release(&a);
	return -1;
}

/* The files of `both` that have x must have y. */
static int check_files(const struct twice *w, const struct fact *f,
	const struct spread *x, const struct spread *y, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct spread here = { 0 }, left = { 0 };
	int r = 0;

	spread_intersect(&a, x, w->both, &here);
	spread_subtract(&a, &here, y, &left);
	if (left.nparts > 0)
		r = refuse_twice(w, f->key, spread_first(&left), err);
	arena_release(&a);
	return r;
}

static int check_answers(const struct twice *w, const struct fact *f,
	const struct fact *g, struct err *err)
{
	const struct spread none = { 0 };

	for (size_t i = 0; i < f->n; i++) {
		const struct answer *mine = f->answers[i], *theirs = NULL;

		if (g != NULL)
			theirs = fact_find(g, mine->value, mine->dtype);
		if (check_files(w, f, &mine->files,
			    theirs ? &theirs->files : &none, err) < 0)
			return -1;
	}
	return 0;
}

/* Of many answers only who gave one is known. */
static int check_givers(const struct twice *w, const struct fact *f,
	const struct fact *g, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct spread mine = { 0 }, theirs = { 0 };
	int r;

	fact_files(&a, f, &mine);
	if (g != NULL)
		fact_files(&a, g, &theirs);
	r = check_files(w, f, &mine, &theirs, err);
	arena_release(&a);
	return r;
}

/* Every answer of s among the files `both` must be given by the same ones of
 * them in t. */
static int check_twice(const struct twice *w, struct err *err)
{
	for (size_t i = 0; i < w->s->n; i++) {
		const struct fact *f = &w->s->facts[i];
		const struct fact *g = schema_find(w->t, f->key);
		bool many = f->many || (g != NULL && g->many);

		if ((many ? check_givers : check_answers)(w, f, g, err) < 0)
			return -1;
	}
	return 0;
}

static void add_fact(struct schema *s, const struct fact *f)
{
	if (f->many)
		schema_add_many(s, f->key, &f->files, f->first.text,
			f->last.text);
	for (size_t i = 0; i < f->n; i++)
		schema_add_answer(s, f->key, f->answers[i]);
}

int schema_unite(struct schema *s, const struct schema *t, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct schema_unions unions = { .n = 0 };
	struct spread both = { 0 };
	int r = 0;

	spread_intersect(&a, &s->files, &t->files, &both);
	if (both.nparts > 0)
		r = check_twice(&(struct twice){ s, t, &both }, err);
	if (r == 0 && both.nparts > 0)
		r = check_twice(&(struct twice){ t, s, &both }, err);
	arena_release(&a);
	if (r < 0)
		return -1;
	s->unions = &unions;
	for (size_t i = 0; i < t->n; i++)
		add_fact(s, &t->facts[i]);
	schema_add_files(s, &t->files, t->first.text, t->last.text);
	s->unions = NULL;
	return 0;
}
