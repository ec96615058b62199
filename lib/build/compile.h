/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compile: from a recipe to a work folder and a graph.
 *
 * The work folder afterwards holds, for each batch B, k/B (items) and v/B (size
 * and time of the local files among them); the options of the stages (conf.*);
 * the names of all batches for the reductions (*.list); and recipe.mk, the
 * graph as a makefile.  All are rewritten only if they change, so that make
 * sees what is new.  Everything else in it is made by the tasks:
 *
 *	f/B	files		o/B	datasets	s/B	partial schemas
 *	schema.json		r/B	regions		w/B	receipts
 *	seal.json	the summary; the store is complete
 */
#ifndef PGF_COMPILE_H
#define PGF_COMPILE_H

#include "build/claim.h"
#include "build/downloads.h"
#include "build/graph.h"
#include "build/printer.h"
#include "build/state.h"
#include "recipe/recipe.h"

/* The makefile in the work folder. */
#define COMPILE_MAKEFILE "recipe.mk"

struct compile_input {
	const char *recipe;          /* path, or "-" */
	const struct opt_list *sets; /* overrides, or NULL */
	const char *store;           /* path, or NULL: what the recipe says */
	const char *work; /* path of a place, or NULL: .pgf beside the recipe */
	const char *cache; /* path, or NULL: cache in the work folder */
	uint64_t prune;    /* as in pattern_open */
};

/* Everything lives in the arena given to compile_open. */
struct compiled {
	struct arena *arena;
	struct recipe recipe;
	const char *store; /* absolute */
	const char *cache; /* absolute, or NULL */
	struct state_load load;
	size_t nbatches, batch_size;
	uint64_t prune;
	enum claim claim;
	struct state state; /* locked */
	struct downloads downloads;
	struct graph graph;
};

/* Read the recipe, check that the store is ours, lock the work folder and bring
 * it up to date.  Nothing is written before recipe, pattern and store have
 * passed.  compile_close must follow, also after a failure. */
int compile_open(struct compiled *c, struct arena *a,
	const struct compile_input *in, struct err *err) PGF_CHECKED;

/* Append the graph as a printer has it, and leave a copy in the work folder if it
 * has a name for one. */
int compile_print(const struct compiled *c, const struct printer *printer,
	struct buf *out, struct err *err) PGF_CHECKED;

/* The two halves of compile_open: up to the lock, when the work folder is still
 * as the last run left it; and the rest. */
int compile_lock(struct compiled *c, struct arena *a,
	const struct compile_input *in, struct err *err) PGF_CHECKED;
int compile_fill(struct compiled *c, struct err *err) PGF_CHECKED;

/* Give up the lock. */
void compile_close(struct compiled *c);

#endif
