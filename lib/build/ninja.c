/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each time an input of a task is there, ninja looks through all of its inputs, so
 * a reduction of n inputs costs n squared.  Hence no list is longer than a
 * hundred: those that would be are cut into groups of a hundred.  A group that a
 * task waits for is a file as old as the youngest of its members, since to ninja
 * 1.11 a phony target has no age when restat asks for it.
 *
 * restat: an output that the command left untouched counts as up to date.
 * generator: a command that reads otherwise than in the log is not run for that,
 * as with make, since conf.STAGE tells what matters, and a task that the log
 * does not know, because make ran it, is up to date if its files are.
 */
#include "build/ninja.h"

#include "base/num.h"
#include "base/version.h"
#include "build/quote.h"

enum { GROUP = 100 };

static void print_words(const struct words *w, size_t from, size_t to,
	struct buf *out)
{
	for (size_t i = from; i < to; i++) {
		buf_addc(out, ' ');
		buf_adds(out, w->at[i]);
	}
}

/* The groups of a list, if it needs any: "build group/NAME-0: RULE ...". */
static void print_groups(const char *name, const char *rule,
	const struct words *w, struct buf *out)
{
	for (size_t i = 0; w->n > GROUP && i < w->n; i += GROUP) {
		buf_addf(out, "build group/%s-%zu: %s", name, i / GROUP, rule);
		print_words(w, i, num_min(i + GROUP, w->n), out);
		buf_addc(out, '\n');
	}
}

/* The list, or its groups; ends the line. */
static void print_members(const char *name, const struct words *w,
	struct buf *out)
{
	if (w->n <= GROUP)
		print_words(w, 0, w->n, out);
	for (size_t i = 0; w->n > GROUP && i < w->n; i += GROUP)
		buf_addf(out, " group/%s-%zu", name, i / GROUP);
	buf_addc(out, '\n');
}

static int print_task(const struct task *t, struct buf *out, struct err *err)
{
	print_groups(t->id, "group", &t->inputs, out);
	buf_adds(out, "build");
	print_words(&t->outputs, 0, t->outputs.n, out);
	if (t->stamp != NULL)
		buf_addf(out, " | %s", t->stamp);
	buf_adds(out, ": run");
	print_members(t->id, &t->inputs, out);
	buf_addf(out, " id = %s\n cmd =", t->id);
	for (size_t i = 0; i < t->argv.n; i++) {
		buf_addc(out, ' ');
		if (quote_word(t->argv.at[i], out, err) < 0)
			return -1;
	}
	buf_addc(out, '\n');
	if (t->pool != NULL)
		buf_addf(out, " pool = %s\n", t->pool->name);
	return 0;
}

static void print_head(const struct graph_head *head, struct buf *out)
{
	buf_addf(out,
		"# Recipe '%s', compiled by pgf-make %s: do not edit.\n"
		"# Names are those of the work folder, which holds a copy: "
		"ninja -C WORK -f %s\n"
		"ninja_required_version = 1.11\n"
		"rule run\n"
		" command = $cmd\n"
		" description = $id\n"
		" restat = 1\n"
		" generator = 1\n"
		"rule group\n"
		" command = touch -r \"$$(ls -t $in | head -n 1)\" $out\n"
		" description = $out\n"
		" generator = 1\n",
		head->name, PGF_VERSION, head->file);
}

/* What all tasks of a stage make, for each stage once.  Its tasks may be
 * apart. */
static void print_stages(const struct graph *g, struct buf *out)
{
	struct words stages = WORDS_INIT;
	struct arena a = ARENA_INIT;

	graph_stages(g, &a, &stages);
	for (size_t i = 0; i < stages.n; i++) {
		const char *name = arena_printf(&a, "all-%s", stages.at[i]);
		struct words made = WORDS_INIT;

		graph_made(g, stages.at[i], &a, &made);
		print_groups(name, "phony", &made, out);
		buf_addf(out, "build %s: phony", stages.at[i]);
		print_members(name, &made, out);
	}
	arena_release(&a);
}

int ninja_print(const struct graph *g, const struct graph_head *head,
	struct buf *out, struct err *err)
{
	print_head(head, out);
	for (size_t i = 0; i < g->npools; i++)
		buf_addf(out, "pool %s\n depth = %llu\n", g->pools[i]->name,
			(unsigned long long)g->pools[i]->depth);
	for (size_t i = 0; i < g->n; i++)
		if (print_task(&g->tasks[i], out, err) < 0)
			return -1;
	print_stages(g, out);
	buf_addf(out, "build all: phony %s\ndefault all\n", head->goal);
	return 0;
}
