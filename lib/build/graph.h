/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph: what is to be run, for any engine.
 *
 * A graph is a list of tasks in an order in which they could be run one by
 * one.  A task is a command, the files it reads and the files it writes.  File
 * names are ours: relative to the work folder, of letters, digits, '.', '_',
 * '-' and '/', never leaving the folder.  What users chose (stores, folders)
 * stands in argv only, as it is: quoting is the printers' business.  All
 * memory belongs to the arena that the graph was made with.
 */
#ifndef PGF_GRAPH_H
#define PGF_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

/* Words, as many as wanted; at[n] is NULL. */
struct words {
	const char **at;
	size_t n, cap;
};

#define WORDS_INIT         \
	{                  \
		.at = NULL \
	}

/* Add a word, which is borrowed; the list grows in the arena. */
void words_add(struct words *w, struct arena *a, const char *word);

/*
 * A task.  Without a stamp every run renews all outputs.  With a stamp the
 * command leaves outputs that would not change untouched and renews the stamp
 * last, so that what depends on an output reruns only if its content changed.
 */
struct task {
	const char *stage; /* "open" */
	struct words argv; /* argv[0] is the absolute path of a program */
	struct words inputs, outputs;
	const char *stamp; /* or NULL */
};

struct graph {
	struct arena *arena;
	struct task *tasks;
	size_t n, cap;
};

/* Add a task; its words are borrowed.  Refuses (ERR_FAIL) names that are not
 * as said above, a task without command or outputs. */
int graph_add(struct graph *g, const struct task *t,
	struct err *err) PGF_CHECKED;

/* True if name may be an input, an output or a stamp. */
bool graph_name_is_safe(const char *name);

/* Number of tasks of a stage. */
size_t graph_count(const struct graph *g, const char *stage);

#endif
