/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files are sorted by one dimension after the other to rank what their names say
 * of it, and at the end by all, the last dimension fastest, which is the order
 * of the items.  Texts of digits are numbers: 9 comes before 10.
 */
#include "recipe/pattern_listed.h"

#include <stdlib.h>
#include <string.h>

#include "base/regex.h"
#include "base/str.h"

struct reading {
	struct arena *arena;
	const struct pattern_spec *spec;
	struct pattern_listed *out;
	size_t ngroups;
	bool keyed; /* groups are named */
	struct err *err;
};

static bool is_number(const char *s)
{
	return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

/* Numbers by value, before other texts; equal values by their text. */
static int compare_texts(const char *a, const char *b)
{
	const char *x = a + strspn(a, "0"), *y = b + strspn(b, "0");

	if (is_number(a) != is_number(b))
		return is_number(a) ? -1 : 1;
	if (!is_number(a))
		return strcmp(a, b);
	if (strlen(x) != strlen(y))
		return strlen(x) < strlen(y) ? -1 : 1;
	return strcmp(x, y) != 0 ? strcmp(x, y) : strcmp(a, b);
}

static int by_texts(const void *a, const void *b)
{
	const struct pattern_listed_file *x = a, *y = b;
	int order = 0;

	for (size_t i = 0; order == 0 && i < x->nby; i++)
		order = compare_texts(x->by[i], y->by[i]);
	if (order == 0)
		order = strcmp(x->name, y->name);
	return order != 0 ? order : strcmp(x->url, y->url);
}

static void sort(struct pattern_listed *l)
{
	if (l->n > 0)
		qsort(l->at, l->n, sizeof(*l->at), by_texts);
}

/* Take a file that matches. */
static int take(struct reading *r, const struct pattern_found *found)
{
	const struct pattern_spec *spec = r->spec;
	struct pattern_listed_file *f = &r->out->at[r->out->n];
	int got = 1;

	*f = (struct pattern_listed_file){ .url = found->url,
		.name = found->name,
		.groups = ARENA_NEW(r->arena, const char *, r->ngroups + 1) };
	if (spec->listing.match != NULL)
		got = regex_search(spec->listing.match, r->arena, found->name,
			f->groups, r->err);
	if (got <= 0)
		return got;
	f->k = ARENA_NEW(r->arena, uint64_t, spec->ndims);
	f->texts = ARENA_NEW(r->arena, const char *, spec->ndims);
	for (size_t d = 0; d < spec->ndims; d++)
		f->texts[d] = f->groups[spec->listing.group[d]];
	if (!r->keyed && spec->listing.by_match) {
		f->by = f->groups + 1;
		f->nby = r->ngroups;
	}
	r->out->n++;
	return 1;
}

/* Positions along dimension d: the rank of each text. */
static void rank(struct pattern_listed *l, size_t d)
{
	for (size_t i = 0; i < l->n; i++) {
		l->at[i].by = &l->at[i].texts[d];
		l->at[i].nby = 1;
	}
	sort(l);
	for (size_t i = 1; i < l->n; i++)
		l->at[i].k[d] = l->at[i - 1].k[d] +
			!str_eq(l->at[i].texts[d], l->at[i - 1].texts[d]);
}

static bool same_key(const struct pattern_spec *spec,
	const struct pattern_listed_file *x,
	const struct pattern_listed_file *y)
{
	for (size_t d = 0; d < spec->ndims; d++)
		if (!str_eq(x->texts[d], y->texts[d]))
			return false;
	return true;
}

static int key_files(struct reading *r)
{
	struct pattern_listed *l = r->out;

	for (size_t d = 0; d < r->spec->ndims; d++)
		rank(l, d);
	for (size_t i = 0; i < l->n; i++) {
		l->at[i].by = l->at[i].texts;
		l->at[i].nby = r->spec->ndims;
	}
	sort(l);
	for (size_t i = 1; i < l->n; i++)
		if (same_key(r->spec, &l->at[i - 1], &l->at[i]))
			return err_set(r->err, ERR_DATA,
				"'%.200s' and '%.200s' have the same key: let "
				"'match' take one of them",
				l->at[i - 1].name, l->at[i].name);
	return 0;
}

static int read_all(struct reading *r)
{
	const struct pattern_spec *spec = r->spec;
	struct pattern_listed *l = r->out;

	l->at = ARENA_NEW(r->arena, struct pattern_listed_file, spec->nfound);
	for (size_t i = 0; i < spec->nfound; i++)
		if (take(r, &spec->found[i]) < 0)
			return -1;
	if (l->n == 0)
		return err_set(r->err, ERR_DATA,
			"'%.200s' lists %zu files, and none that matches",
			spec->listing.url, spec->nfound);
	if (r->keyed)
		return key_files(r);
	sort(l);
	for (size_t i = 0; i < l->n; i++)
		l->at[i].k[0] = i;
	return 0;
}

int pattern_listed_read(struct arena *a, const struct pattern_spec *spec,
	struct pattern_listed *out, struct err *err)
{
	struct reading r = { .arena = a, .spec = spec, .out = out, .err = err };

	*out = (struct pattern_listed){ .n = 0 };
	if (spec->found == NULL)
		return err_set(err, ERR_FAIL, "%s: the listing was not read",
			spec->where);
	if (spec->listing.match != NULL)
		r.ngroups = regex_groups(spec->listing.match);
	for (size_t d = 0; d < spec->ndims; d++)
		r.keyed |= spec->listing.group[d] > 0;
	return read_all(&r) < 0 ? err_in(err, "%s", spec->where) : 0;
}
