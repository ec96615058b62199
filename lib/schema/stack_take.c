/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From parts with files to answers with files.  The files are put in order once;
 * then a set of them is a row of bits, and what many answers have in common is
 * made into a spread once.
 */
#include "schema/stack.h"

#include <stdlib.h>
#include <string.h>

#include "schema/stack_part.h"

enum { WORD = 64 };

/* The files of the stack in order, and sets of them as bits. */
struct order {
	struct arena *arena;
	unsigned n;
	struct file *files;
	unsigned rank[STACK_FILES]; /* of a file by its number */
	uint64_t set[STACK_FILES / WORD], last_set[STACK_FILES / WORD];
	struct answer last; /* the files of last_set */
};

struct ranked {
	const struct file *file;
	unsigned number;
};

static int by_key(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	return spread_key_compare(a->file->key, b->file->key);
}

static struct order *order_files(struct stack *s)
{
	struct order *o = ARENA_NEW(&s->arena, struct order, 1);
	struct ranked *at = ARENA_NEW(&s->arena, struct ranked, s->n);

	o->arena = &s->arena;
	o->n = s->n;
	o->files = ARENA_NEW(&s->arena, struct file, s->n);
	for (unsigned i = 0; i < s->n; i++)
		at[i] = (struct ranked){ &s->files[i], i };
	qsort(at, s->n, sizeof(*at), by_key);
	for (unsigned i = 0; i < s->n; i++) {
		o->files[i] = *at[i].file;
		o->rank[at[i].number] = i;
	}
	return o;
}

static void put_file(struct order *o, unsigned rank)
{
	o->set[rank / WORD] |= (uint64_t)1 << rank % WORD;
}

/* The files of the set as those of an answer; the set becomes empty.  What many
 * answers have in common is made once. */
static void take_files(struct order *o, struct answer *out)
{
	const struct file *last = NULL;

	if (memcmp(o->set, o->last_set, sizeof(o->set)) != 0) {
		memcpy(o->last_set, o->set, sizeof(o->set));
		o->last = (struct answer){ 0 };
		for (unsigned i = 0; i < o->n; i++) {
			const struct file *f = &o->files[i];

			if (!(o->set[i / WORD] >> i % WORD & 1))
				continue;
			if (last == NULL)
				o->last.first.text =
					arena_strdup(o->arena, f->url);
			spread_add(o->arena, &o->last.files, f->key.member,
				(struct run){ f->key.position,
					f->key.position });
			last = f;
		}
		if (last != NULL)
			o->last.last.text = arena_strdup(o->arena, last->url);
	}
	memset(o->set, 0, sizeof(o->set));
	out->files = o->last.files;
	out->first = o->last.first;
	out->last = o->last.last;
}

static void put_said(struct order *o, const struct said *x)
{
	for (size_t i = 0; i < x->n; i++)
		for (size_t j = 0; j < x->by[i]->n; j++)
			put_file(o, o->rank[x->by[i]->files[j]]);
}

static int by_fact(const void *x, const void *y)
{
	const struct said *const *a = x, *const *b = y;
	int c = strcmp((*a)->key.var, (*b)->key.var);

	if (c == 0)
		c = (int)(*a)->key.kind - (int)(*b)->key.kind;
	return c ? c : strcmp((*a)->key.name, (*b)->key.name);
}

/* Answers of one fact.  Where they are many, who gave one is said first. */
static void add_fact(struct order *o, struct said **x, size_t n,
	struct schema *to)
{
	struct answer all = { 0 };

	if (n > schema_most_values(x[0]->key.kind)) {
		for (size_t i = 0; i < n; i++)
			put_said(o, x[i]);
		take_files(o, &all);
		schema_add_many(to, x[0]->key, &all.files, all.first.text,
			all.last.text);
	}
	for (size_t i = 0; i < n; i++) {
		put_said(o, x[i]);
		take_files(o, &x[i]->answer);
		schema_add_answer(to, x[i]->key, &x[i]->answer);
	}
}

static void add_facts(struct stack *s, struct order *o, struct schema *to)
{
	struct said **all;
	size_t n = 0, of;

	for (const struct said *x = s->newest; x != NULL; x = x->older)
		n++;
	all = ARENA_NEW(&s->arena, struct said *, n);
	n = 0;
	for (struct said *x = s->newest; x != NULL; x = x->older) {
		size_t files = 0;

		for (size_t i = 0; i < x->n; i++)
			files += x->by[i]->n;
		if (files > 0) /* none: the rest of the record was wrong */
			all[n++] = x;
	}
	qsort(all, n, sizeof(*all), by_fact);
	for (size_t i = 0; i < n; i += of) {
		for (of = 1; i + of < n && by_fact(&all[i], &all[i + of]) == 0;)
			of++;
		add_fact(o, all + i, of, to);
	}
}

static void empty(struct stack *s)
{
	arena_reset(&s->arena);
	memset(s->parts, 0, sizeof(s->parts));
	memset(s->said, 0, sizeof(s->said));
	s->newest = NULL;
	s->known = (struct spread){ 0 };
	s->texts = 0;
	s->n = 0;
}

int stack_take(struct stack *s, struct schema *to, struct err *err)
{
	struct answer files;
	struct schema all;
	struct order *o;
	int r;

	if (s->n == 0)
		return 0;
	o = order_files(s);
	schema_init(&all, &s->arena);
	for (unsigned i = 0; i < s->n; i++)
		put_file(o, i);
	take_files(o, &files);
	schema_add_files(&all, &files.files, files.first.text, files.last.text);
	add_facts(s, o, &all);
	r = schema_unite(to, &all, err);
	empty(s);
	return r;
}
