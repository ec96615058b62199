/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One sorted table of facts with one way to join two of them, so that "in any
 * order" holds because there is nothing that could depend on order.  A tree of
 * variables and attributes was refused: each level would have needed a join of
 * its own to be proved.
 */
#include "model/schema.h"

#include <string.h>

#include "base/str.h"

void schema_init(struct schema *s, struct arena *a)
{
	*s = (struct schema){ .arena = a };
}

static int key_compare(struct fact_key a, struct fact_key b)
{
	int c = strcmp(a.var, b.var);

	if (c == 0)
		c = (int)a.kind - (int)b.kind;
	return c ? c : strcmp(a.name, b.name);
}

static size_t fact_index(const struct schema *s, struct fact_key key,
	bool *found)
{
	size_t low = 0, high = s->n;

	*found = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = key_compare(s->facts[mid].key, key);

		if (c == 0) {
			*found = true;
			return mid;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct fact *schema_find(const struct schema *s, struct fact_key key)
{
	bool found;
	size_t i = fact_index(s, key, &found);

	return found ? &s->facts[i] : NULL;
}

/* Room for one more in a list of n elements of size bytes, doubled. */
static void *grow(struct arena *a, void *list, size_t n, size_t size)
{
	void *p = arena_alloc(a, n ? 2 * n : 4, size);

	if (n > 0)
		memcpy(p, list, n * size);
	return p;
}

static struct fact *make_fact(struct schema *s, struct fact_key key)
{
	bool found;
	size_t i = fact_index(s, key, &found);

	if (found)
		return &s->facts[i];
	if (s->n == s->cap) {
		s->facts = grow(s->arena, s->facts, s->n, sizeof(*s->facts));
		s->cap = s->n ? 2 * s->n : 4;
	}
	memmove(s->facts + i + 1, s->facts + i, (s->n - i) * sizeof(*s->facts));
	s->n++;
	s->facts[i] =
		(struct fact){ .key = {
				       .var = arena_strdup(s->arena, key.var),
				       .kind = key.kind,
				       .name = arena_strdup(s->arena, key.name),
			       } };
	return &s->facts[i];
}

static int answer_compare(const struct answer *a, const char *value,
	const char *dtype)
{
	int c = strcmp(a->value, value);

	return c ? c : strcmp(a->dtype ? a->dtype : "", dtype ? dtype : "");
}

static size_t answer_index(const struct fact *f, const struct answer *like,
	bool *found)
{
	size_t low = 0, high = f->n;

	*found = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = answer_compare(f->answers[mid], like->value,
			like->dtype);

		if (c == 0) {
			*found = true;
			return mid;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct answer *find_answer(const struct schema *s,
	struct fact_key key, const struct answer *like)
{
	const struct fact *f = schema_find(s, key);
	bool found = false;
	size_t i = f ? answer_index(f, like, &found) : 0;

	return found ? f->answers[i] : NULL;
}

static struct answer *make_answer(struct schema *s, struct fact_key key,
	const struct answer *like)
{
	struct fact *f = make_fact(s, key);
	struct answer *new;
	bool found;
	size_t i = answer_index(f, like, &found);

	if (found)
		return f->answers[i];
	if (f->n == f->cap) {
		f->answers =
			grow(s->arena, f->answers, f->n, sizeof(*f->answers));
		f->cap = f->n ? 2 * f->n : 4;
	}
	memmove(f->answers + i + 1, f->answers + i,
		(f->n - i) * sizeof(*f->answers));
	f->n++;
	new = ARENA_NEW(s->arena, struct answer, 1);
	new->value = arena_strdup(s->arena, like->value);
	if (like->dtype != NULL)
		new->dtype = arena_strdup(s->arena, like->dtype);
	return f->answers[i] = new;
}

/* In place where it fits: the last file moves on with every record. */
static void set_url(struct arena *a, struct schema_url *u, const char *url)
{
	size_t need = strlen(url) + 1;

	if (need > u->cap) {
		u->cap = need + need / 4;
		u->text = ARENA_NEW(a, char, u->cap);
	}
	memcpy(u->text, url, need);
}

/* first and last become those of the union of files and more.  Two URLs for
 * one file have the same facts or were refused; the lesser in byte order is a
 * choice that no order of folding changes. */
static void join_url(struct arena *a, struct schema_url *u, const char *url,
	int c)
{
	if (c < 0 || (c == 0 && strcmp(url, u->text) < 0))
		set_url(a, u, url);
}

struct ends {
	struct spread *files;
	struct schema_url *first, *last;
};

static void join_files(struct arena *a, struct ends s,
	const struct spread *files, const char *first, const char *last)
{
	if (files->nparts == 0)
		return;
	if (s.files->nparts == 0) {
		set_url(a, s.first, first);
		set_url(a, s.last, last);
	} else {
		join_url(a, s.first, first,
			spread_key_compare(spread_first(files),
				spread_first(s.files)));
		join_url(a, s.last, last,
			spread_key_compare(spread_last(s.files),
				spread_last(files)));
	}
	spread_unite(a, s.files, files);
}

void schema_add_files(struct schema *s, const struct spread *files,
	const char *first, const char *last)
{
	join_files(s->arena, (struct ends){ &s->files, &s->first, &s->last },
		files, first, last);
}

void schema_add_answer(struct schema *s, struct fact_key key,
	const struct answer *answer)
{
	struct answer *mine = make_answer(s, key, answer);

	join_files(s->arena,
		(struct ends){ &mine->files, &mine->first, &mine->last },
		&answer->files, answer->first.text, answer->last.text);
}

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
	};
	const char *text = what[key.kind];

	if (*key.name != '\0')
		text = arena_printf(a, "%s '%s'", text, key.name);
	if (*key.var != '\0')
		text = arena_printf(a, "%s of variable '%s'", text, key.var);
	return text;
}

/* The URL of file k, if answer is sure of it. */
static const char *url_of(const struct answer *answer, struct spread_key k)
{
	if (answer == NULL || answer->files.nparts == 0)
		return NULL;
	if (spread_key_compare(spread_first(&answer->files), k) == 0)
		return answer->first.text;
	if (spread_key_compare(spread_last(&answer->files), k) == 0)
		return answer->last.text;
	return NULL;
}

/* Any fact knows the file of k if it is at the edge of an answer. */
static const char *find_url(const struct schema *s, struct spread_key k)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < s->facts[i].n; j++) {
			const char *url = url_of(s->facts[i].answers[j], k);

			if (url != NULL)
				return url;
		}
	return "another file";
}

static int refuse_twice(const struct schema *s, const struct schema *t,
	struct fact_key key, struct spread_key k, struct err *err)
{
	struct arena a = ARENA_INIT;

	err_set(err, ERR_DATA,
		"two files for position %llu%s%s: '%.300s' and '%.300s' differ in "
		"%s; give each position one file",
		(unsigned long long)k.position, *k.member ? " of " : "",
		k.member, find_url(s, k), find_url(t, k), kind_text(&a, key));
	arena_release(&a);
	return -1;
}

/* Every answer of s among the files `both` must be given by the same ones of
 * them in t. */
static int check_twice(const struct schema *s, const struct schema *t,
	const struct spread *both, struct err *err)
{
	struct arena a = ARENA_INIT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->n; i++) {
		const struct fact *f = &s->facts[i];

		for (size_t j = 0; r == 0 && j < f->n; j++) {
			const struct answer *theirs =
				find_answer(t, f->key, f->answers[j]);
			struct spread here = { 0 }, left = { 0 };

			spread_intersect(&a, &f->answers[j]->files, both,
				&here);
			if (theirs != NULL)
				spread_subtract(&a, &here, &theirs->files,
					&left);
			else
				left = here;
			if (left.nparts > 0)
				r = refuse_twice(s, t, f->key,
					spread_first(&left), err);
			arena_reset(&a);
		}
	}
	arena_release(&a);
	return r;
}

int schema_unite(struct schema *s, const struct schema *t, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct spread both = { 0 };
	int r = 0;

	spread_intersect(&a, &s->files, &t->files, &both);
	if (both.nparts > 0)
		r = check_twice(s, t, &both, err);
	if (r == 0 && both.nparts > 0)
		r = check_twice(t, s, &both, err);
	arena_release(&a);
	if (r < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++)
		for (size_t j = 0; j < t->facts[i].n; j++)
			schema_add_answer(s, t->facts[i].key,
				t->facts[i].answers[j]);
	schema_add_files(s, &t->files, t->first.text, t->last.text);
	return 0;
}
