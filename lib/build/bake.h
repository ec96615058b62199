/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bake: a compiled recipe, run to its end.
 *
 * Has make run the graph, shows a live line on a terminal, passes on what the
 * tasks say, and tells what came of it.  What the tasks leave in the ledger of
 * the work folder is read back for that.
 */
#ifndef PGF_BAKE_H
#define PGF_BAKE_H

#include "build/compile.h"

struct bake {
	const struct compiled *compiled;
	const char *name; /* what the ledger is to call the run */
	int64_t jobs;     /* 0: what the recipe says, or one a processor */
	bool keep_going;
};

struct bake_done {
	int code;       /* of the process: 0, or as in struct run_result */
	size_t ntasks;  /* that were started */
	bool is_sealed; /* the store was published anew */
	uint64_t objects, bytes; /* stored, and not there before */
};

/* Run it.  A signal that told us to stop ends the process by that signal. */
int bake_run(const struct bake *b, struct bake_done *out,
	struct err *err) PGF_CHECKED;

/* What a run would do: for each task "STAGE TARGET: why", a line each; tasks that
 * only follow if these change something are not known yet.  *n is how many. */
int bake_plan(const struct bake *b, size_t *n, struct buf *out,
	struct err *err) PGF_CHECKED;

/* "NAME: time 12, lat 90, 4 variables, 48 chunks, 3.2 MB, 4.1 s: STORE" and, on a
 * second line, what the work was; from the last seal. */
int bake_describe(const struct compiled *c, double seconds, struct buf *out,
	struct err *err) PGF_CHECKED;

#endif
