/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: make as a child process.
 *
 * GNU make runs the graph; this starts it without a shell, reads what it and
 * the tasks say, and tells the caller line by line.  Nothing here prints.
 */
#ifndef PGF_RUN_H
#define PGF_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum run_event {
	RUN_TASK, /* a task has started; text: the name of its stage */
	RUN_WHY,  /* right before RUN_TASK, of a dry run; text: the target and
		      * why it is to be made */
	RUN_COMMAND, /* right after RUN_TASK; text: the command */
	RUN_LINE,    /* a line for the user; text: the line */
	RUN_NOISE,   /* a line for those who watch make; text: the line */
	RUN_FAILED,  /* a task has failed; text: its target */
	RUN_DIED,    /* a task could not say why it fails; text: a message */
	RUN_TICK,    /* some time has passed; text: NULL */
};

struct run {
	const char *work, *file; /* make -C WORK -f FILE */
	int64_t jobs;            /* at least 1 */
	const char *makeflags;   /* or NULL; instead of jobs, to share those of
				  * another make (base/jobserver) */
	bool keep_going, dry;    /* -k, -n */
	bool reasons;            /* with dry: RUN_WHY, too */
	void (*event)(void *state, enum run_event what, const char *text);
	void *state;
};

struct run_result {
	size_t ntasks, nfailed;
	/* 0: everything is done.  65 if a task said that its input is wrong,
	 * else 75 if one said to try again, else 1. */
	int code;
	char last_failed[256]; /* target of the task that failed last */
	int signal;            /* we were told to stop by this signal, or 0 */
};

/* Run make to its end.  Signals that tell us to stop end the tasks,
 * not us.  -1 only if make cannot be run. */
int run_make(const struct run *r, struct run_result *out,
	struct err *err) PGF_CHECKED;

#endif
