/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names are checked where they enter, so that no printer has to quote one: make
 * cannot quote blanks, '#', '%' or ':' in target names in any way that all its
 * versions share.  Escaping them was refused for that reason.
 */
#include "build/graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* The items of a growing list, doubled in the arena when full. */
static void *grown(struct arena *a, const void *old, size_t n, size_t size)
{
	void *p = arena_alloc(a, n ? n * 2 : 8, size);

	if (n > 0)
		memcpy(p, old, n * size);
	return p;
}

void words_add(struct words *w, struct arena *a, const char *word)
{
	/* One more than cap - 1 words: the NULL at the end. */
	if (w->n + 1 >= w->cap) {
		w->at = grown(a, w->at, w->cap, sizeof(*w->at));
		w->cap = w->cap ? w->cap * 2 : 8;
	}
	w->at[w->n++] = word;
	w->at[w->n] = NULL;
}

static bool is_safe_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || (c != '\0' && strchr("._-/", c));
}

bool graph_name_is_safe(const char *name)
{
	const char *part = name;

	/* A name that starts with '-' would be an option, one that starts
	 * with '.' and a capital a special target. */
	if (!is_safe_char(*name) || strchr("/-.", *name) != NULL)
		return false;
	for (const char *s = name; *s != '\0'; s++)
		if (!is_safe_char(*s))
			return false;
	while (part != NULL) {
		size_t n = strcspn(part, "/");

		if (n == 0 || (n == 2 && part[0] == '.' && part[1] == '.') ||
			(n == 1 && part[0] == '.'))
			return false;
		part = part[n] ? part + n + 1 : NULL;
	}
	return true;
}

static int check_names(const struct words *w, struct err *err)
{
	for (size_t i = 0; i < w->n; i++)
		if (!graph_name_is_safe(w->at[i]))
			return err_set(err, ERR_FAIL,
				"'%s' cannot be the name of a target",
				w->at[i]);
	return 0;
}

static int check(const struct task *t, struct err *err)
{
	const char *const own[] = { t->id ? t->id : "", t->stamp };

	if (t->argv.n == 0 || t->argv.at[0][0] != '/')
		return err_set(err, ERR_FAIL,
			"a task of stage '%s' has no program", t->stage);
	if (t->outputs.n == 0)
		return err_set(err, ERR_FAIL,
			"a task of stage '%s' makes nothing", t->stage);
	for (size_t i = 0; i < 2; i++)
		if (own[i] != NULL && !graph_name_is_safe(own[i]))
			return err_set(err, ERR_FAIL,
				"'%s' cannot be the name of a target", own[i]);
	if (check_names(&t->inputs, err) < 0)
		return -1;
	return check_names(&t->outputs, err);
}

/* The value of a file that no task makes. */
static const size_t source = SIZE_MAX;

/* What task number n makes. */
static int add_output(struct graph *g, const char *name, size_t n,
	struct err *err)
{
	const struct names_entry *e = names_add(&g->files, g->arena, name, n);

	if (e->value == n)
		return 0;
	return err_set(err, ERR_FAIL, "'%s', which task '%s' makes, is %s",
		name, g->tasks[n].id,
		e->value == source ? "read before" : "made by another");
}

static int by_number(const void *x, const void *y)
{
	const size_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static void find_deps(struct graph *g, struct task *t)
{
	size_t *deps = ARENA_NEW(g->arena, size_t, t->inputs.n), n = 0;

	for (size_t i = 0; i < t->inputs.n; i++) {
		size_t from =
			names_add(&g->files, g->arena, t->inputs.at[i], source)
				->value;

		if (from != source)
			deps[n++] = from;
	}
	qsort(deps, n, sizeof(*deps), by_number);
	t->ndeps = 0;
	for (size_t i = 0; i < n; i++)
		if (i == 0 || deps[i] != deps[i - 1])
			deps[t->ndeps++] = deps[i];
	t->deps = deps;
}

static int add_outputs(struct graph *g, const struct task *t, size_t n,
	struct err *err)
{
	for (size_t i = 0; i < t->outputs.n; i++)
		if (add_output(g, t->outputs.at[i], n, err) < 0)
			return -1;
	return t->stamp ? add_output(g, t->stamp, n, err) : 0;
}

static int add_pool(struct graph *g, const struct pool *p, struct err *err)
{
	for (size_t i = 0; i < g->npools; i++)
		if (g->pools[i] == p)
			return 0;
	if (p == NULL)
		return 0;
	if (g->npools == GRAPH_POOLS)
		return err_set(err, ERR_FAIL, "no room for pool '%s'", p->name);
	g->pools[g->npools++] = p;
	return 0;
}

int graph_add(struct graph *g, const struct task *t, struct err *err)
{
	if (check(t, err) < 0 || add_pool(g, t->pool, err) < 0)
		return -1;
	if (names_add(&g->ids, g->arena, t->id, g->n)->value != g->n)
		return err_set(err, ERR_FAIL, "two tasks are called '%s'",
			t->id);
	if (g->n == g->cap) {
		g->tasks = grown(g->arena, g->tasks, g->cap, sizeof(*t));
		g->cap = g->cap ? g->cap * 2 : 8;
	}
	g->tasks[g->n] = *t;
	find_deps(g, &g->tasks[g->n]);
	if (add_outputs(g, t, g->n, err) < 0)
		return -1;
	g->n++;
	return 0;
}

size_t graph_count(const struct graph *g, const char *stage)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += str_eq(g->tasks[i].stage, stage);
	return n;
}

void graph_stages(const struct graph *g, struct arena *a, struct words *out)
{
	struct names seen = { .n = 0 };

	for (size_t i = 0; i < g->n; i++)
		if (names_add(&seen, a, g->tasks[i].stage, i)->value == i)
			words_add(out, a, g->tasks[i].stage);
}

void graph_made(const struct graph *g, const char *stage, struct arena *a,
	struct words *out)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct task *t = &g->tasks[i];

		for (size_t j = 0; str_eq(t->stage, stage) && j < t->outputs.n;
			j++)
			words_add(out, a, t->outputs.at[j]);
	}
}
