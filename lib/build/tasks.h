/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks: the graph of a bake, stage by stage.
 *
 * Which program makes which file of the work folder from which: the one place
 * that knows it.
 */
#ifndef PGF_TASKS_H
#define PGF_TASKS_H

#include "build/graph.h"
#include "recipe/recipe.h"

/* The recipe's name and member fetch, for programs that ask for parts of files. */
#define TASKS_RANGES "conf.ranges"

struct tasks_input {
	const struct recipe *recipe;
	const char *programs;        /* folder of the programs */
	const char *store;           /* absolute path */
	const char *cache;           /* path, from the work folder */
	size_t nbatches, batch_size; /* batches; items in each */
	uint64_t memory;             /* of this machine; 0: not known */
	bool downloads;              /* files are not all local */
};

/* Add all tasks to g. */
int tasks_add(struct graph *g, const struct tasks_input *in,
	struct err *err) PGF_CHECKED;

/* "o/00003": the file of a batch in a folder, with an ending ("" or ".ok"). */
const char *tasks_file(struct arena *a, char folder, size_t batch,
	const char *ending);

#endif
