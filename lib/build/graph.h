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
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "build/pool.h"

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
	const char *id;    /* "open-00003": safe as a name, and no other's */
	const char *stage; /* "open" */
	struct words argv; /* argv[0] is the absolute path of a program */
	struct words inputs, outputs;
	const char *stamp;       /* or NULL */
	uint64_t memory;         /* bytes it may need, or 0: little */
	const struct pool *pool; /* or NULL */
	uint64_t weight; /* how much work, against others of its stage */
	bool shares;     /* can use more jobs, where an engine shares them */
	/* The tasks that make its inputs, by number, each once and ascending;
	 * filled by graph_add. */
	const size_t *deps;
	size_t ndeps;
};

enum { GRAPH_POOLS = 4 };

struct graph {
	struct arena *arena;
	struct task *tasks;
	size_t n, cap;
	const struct pool *pools[GRAPH_POOLS]; /* of the tasks, each once */
	size_t npools;
	struct names ids, files; /* private */
};

/* What a printed graph says about itself. */
struct graph_head {
	const char *name; /* of the recipe: [a-z][a-z0-9-]* */
	const char *work; /* the work folder, absolute */
	const char *file; /* the copy of what is printed in it: "recipe.mk" */
	const char *goal; /* the file that stands for everything done */
};

/* Add a task; its words are borrowed.  Refuses (ERR_FAIL) names that are not
 * as said above, a task without command or outputs, an id or an output that
 * another task has, an output that a task before has read, and more pools than
 * GRAPH_POOLS. */
int graph_add(struct graph *g, const struct task *t,
	struct err *err) PGF_CHECKED;

/* True if name may be an input, an output or a stamp. */
bool graph_name_is_safe(const char *name);

/* Number of tasks of a stage. */
size_t graph_count(const struct graph *g, const char *stage);

/* The stages, each once, in the order of their first tasks; all that the tasks of
 * one make.  The lists grow in the arena a, the words are the graph's. */
void graph_stages(const struct graph *g, struct arena *a, struct words *out);
void graph_made(const struct graph *g, const char *stage, struct arena *a,
	struct words *out);

#endif
