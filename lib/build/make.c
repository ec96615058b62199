/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line a rule.  Recipes stand behind ';' on the rule's line, which make
 * reads a fifth faster than lines of their own.
 *
 * A target that is rewritten only when its content changes stays older than
 * its input for ever, so its command would run at every make.  Hence the pair
 *
 *	stamp: inputs; command
 *	output: stamp;+
 *
 * whose second rule has an empty recipe: make looks at the output again after
 * the stamp, and what depends on it runs only if it is newer.  The '+' has make
 * look also when it is only asked what it would do (-n, -q), instead of taking
 * every such output for new.  Grouped targets ("a b &: c") were refused: they
 * have no such cut-off.
 *
 * A '+' before a command gives it a share of make's jobs, but would have it run
 * then, too: hence PGF_SHARE, which is one unless make is only asked, or only
 * touches (-t).
 *
 * make has no pools: tasks of one are told to take turns.
 */
#include "build/make.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/version.h"
#include "build/quote.h"

static void print_words(const struct words *w, struct buf *out)
{
	for (size_t i = 0; i < w->n; i++) {
		buf_addc(out, ' ');
		buf_adds(out, w->at[i]);
	}
}

static int print_task(struct arena *a, const struct task *t, struct buf *out,
	struct err *err)
{
	if (t->stamp != NULL)
		buf_adds(out, t->stamp);
	else
		buf_adds(out, t->outputs.at[0]);
	buf_addc(out, ':');
	print_words(&t->inputs, out);
	buf_adds(out, t->shares ? ";" MAKE_SHARE : ";");
	for (size_t i = 0; i < t->argv.n; i++) {
		if (i > 0)
			buf_addc(out, ' ');
		if (quote_word(t->argv.at[i], out, err) < 0)
			return -1;
		if (i == 0 && t->pool != NULL)
			buf_addf(out, " --turns %s", pool_file(a, t->pool));
	}
	buf_addc(out, '\n');
	/* Without a stamp the first output stands for the others. */
	for (size_t i = t->stamp == NULL; i < t->outputs.n; i++)
		buf_addf(out, "%s:%s;+\n", t->outputs.at[i],
			t->stamp ? t->stamp : t->outputs.at[0]);
	return 0;
}

/* "open: o/00000 o/00001", for each stage once. */
static void print_goals(const struct graph *g, struct buf *out)
{
	struct words stages = WORDS_INIT;
	struct arena a = ARENA_INIT;

	graph_stages(g, &a, &stages);
	for (size_t i = 0; i < stages.n; i++) {
		struct words made = WORDS_INIT;

		graph_made(g, stages.at[i], &a, &made);
		buf_addf(out, ".PHONY:%s\n%s:", stages.at[i], stages.at[i]);
		print_words(&made, out);
		buf_addc(out, '\n');
	}
	arena_release(&a);
}

static int print_head(const struct graph_head *head, struct buf *out,
	struct err *err)
{
	buf_addf(out,
		"# Recipe '%s', compiled by pgf-make %s: do not edit.\n"
		"# make -f this file, from any folder; see pgf-make(1).\n"
		"MAKEFLAGS += -rR --no-print-directory\n"
		".SUFFIXES:\n"
		".DELETE_ON_ERROR:\n"
		"ifneq ($(origin PGF_WORK),command line)\n"
		"# Names below are those of the work folder, which holds a "
		"copy of this file.\n"
		".PHONY: all pgf-enter $(MAKECMDGOALS)\n"
		"$(or $(MAKECMDGOALS),all): pgf-enter;\n"
		"pgf-enter:; +@$(MAKE) -f ",
		head->name, PGF_VERSION);
	if (quote_word(head->file, out, err) < 0)
		return -1;
	buf_adds(out, " -C ");
	if (quote_word(head->work, out, err) < 0)
		return err_in(err, "work folder");
	buf_addf(out,
		" " MAKE_HERE " $(MAKECMDGOALS)\n"
		"else\n"
		"PGF_SHARE=$(if $(findstring n,$(PGF_FLAGS))"
		"$(findstring q,$(PGF_FLAGS))$(findstring t,$(PGF_FLAGS)),,+)\n"
		"PGF_FLAGS=$(firstword -$(MAKEFLAGS))\n"
		".PHONY: all\n"
		"all: %s\n",
		head->goal);
	return 0;
}

int make_print(const struct graph *g, const struct graph_head *head,
	struct buf *out, struct err *err)
{
	if (print_head(head, out, err) < 0)
		return -1;
	print_goals(g, out);
	for (size_t i = 0; i < g->n; i++)
		if (print_task(g->arena, &g->tasks[i], out, err) < 0)
			return -1;
	buf_adds(out, "endif\n");
	return 0;
}

/* Undo the quotes of the first word of an echoed command and keep what follows
 * its last '/'; the rest of the command. */
static const char *first_word_base(const char *line, char *out, size_t size)
{
	bool quoted = false;
	size_t n = 0;
	const char *s;

	for (s = line; *s != '\0'; s++) {
		if (*s == '\'') {
			quoted = !quoted;
			continue;
		}
		if (!quoted && *s == ' ')
			break;
		if (!quoted && *s == '\\' && s[1] != '\0')
			s++;
		if (*s == '/')
			n = 0;
		else if (n + 1 < size)
			out[n++] = *s;
	}
	out[n] = '\0';
	return s;
}

bool make_line_stage(const char *line, char out[16])
{
	static const char option[] = " --stage ";
	const char *rest;
	char base[20];

	if (line[0] != '/' && line[0] != '\'')
		return false;
	rest = first_word_base(line, base, sizeof(base));
	if (!str_starts(base, "pgf-"))
		return false;
	memcpy(out, base + 4, 16);
	if (str_starts(rest, option))
		snprintf(out, 16, "%.*s",
			(int)strcspn(rest + strlen(option), " "),
			rest + strlen(option));
	return true;
}

/* "[recipe.mk:12: f/00000] Error 65", or "... Killed" */
static enum make_line read_failure(const char *s, struct make_failure *out)
{
	const char *end = NULL, *start;
	int64_t code;

	for (const char *p = s; (p = strstr(p, "] ")) != NULL; p++)
		end = p;
	if (end == NULL)
		return MAKE_OTHER;
	if (str_starts(end, "] Deleting file"))
		return MAKE_NOISE;
	for (start = end; start > s + 1 && start[-1] != ' '; start--)
		;
	snprintf(out->target, sizeof(out->target), "%.*s", (int)(end - start),
		start);
	snprintf(out->reason, sizeof(out->reason), "%s", end + 2);
	out->code = 1;
	if (!str_starts(end, "] Error ") || !str_to_i64(end + 8, &code))
		return MAKE_DIED;
	out->code = code > 0 && code < 126 ? (int)code : 1;
	return MAKE_FAILED;
}

enum make_line make_line_read(const char *line, struct make_failure *out)
{
	static const char *const noise[] = {
		"*** Waiting for unfinished jobs....",
		"*** Deleting file ",
		"Nothing to be done for ",
		"Target '",
		NULL,
	};

	if (!str_starts(line, "make: "))
		return MAKE_OTHER;
	line += 6;
	if (str_starts(line, "*** ["))
		return read_failure(line + 4, out);
	for (size_t i = 0; noise[i] != NULL; i++)
		if (str_starts(line, noise[i]))
			return MAKE_NOISE;
	return str_ends(line, "' is up to date.") ? MAKE_NOISE : MAKE_OTHER;
}
