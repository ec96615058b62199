/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pending: tasks that have started and not ended: they run, or were killed.
 */
#ifndef PGF_PENDING_H
#define PGF_PENDING_H

#include "build/history.h"

struct pending_task {
	struct pending_task *next;
	char *name, *program, *stage, *start;
	int64_t pid;
};

struct pending {
	struct arena *arena; /* of the names */
	struct pending_task *first;
};

/* Take a line of the ledger into account. */
void pending_add(struct pending *p, const struct history_task *t);

/* Forget all: a new run has begun. */
void pending_clear(struct pending *p);

/* True if the process is there. */
bool pending_runs(const struct pending_task *t);

#endif
