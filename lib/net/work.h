/* SPDX-License-Identifier: Apache-2.0 */
/*
 * work: calls that block, done by other threads.
 *
 * One thread, the owner, hands in tasks and takes them back when they are
 * done; between the two a task belongs to the thread that runs it.
 */
#ifndef PGF_WORK_H
#define PGF_WORK_H

#include "base/err.h"

/* Part of what the owner wants done; kept by the owner until it is back. */
struct work_task {
	struct work_task *next;
	void (*fn)(struct work_task *task); /* on another thread */
	void *state;
};

struct work;

/* Start threads; wake(state) is called on one of them whenever a task is
 * done. */
struct work *work_open(unsigned int threads, void (*wake)(void *), void *state,
	struct err *err) PGF_CHECKED;

/* Hand in. */
void work_add(struct work *w, struct work_task *task);

/* The next task that is done, or NULL; never waits. */
struct work_task *work_take(struct work *w);

/* Wait until there is one; a task must be under way. */
void work_wait(struct work *w);

/* Waits for what runs; tasks that were not begun are dropped. */
void work_close(struct work *w);

#endif
