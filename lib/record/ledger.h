/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger: what each task did, one line a task, in a file that all append to.
 *
 * The file must be there; a task is the run of a program with --ledger and -o, whose
 * file is its name.  It leaves a line
 * when it starts, so that one that was killed is seen, too, and one when it ends:
 *
 *	{"task":"o/00003","program":"pgf-open","stage":"open","pid":71,"start":TIME}
 *	{"task":.., .. ,"end":TIME,"seconds":0.012,"exit":0,"rss":5242880,
 *	 "in":0,"out":0,"objects":0,"error":".."}
 *
 * A line is one write of less than PIPE_BUF bytes to a file opened with
 * O_APPEND, so those of parallel tasks do not mix (POSIX.1-2008, write).  A
 * ledger that cannot be written is no failure of the task.
 */
#ifndef PGF_LEDGER_H
#define PGF_LEDGER_H

#include <stdint.h>

#include "record/json.h"

struct ledger_task {
	const char *name, *program, *stage;
};

/* A task starts.  Nothing, now and at its end, if path or a name is NULL.  All are
 * borrowed until its end. */
void ledger_begin(const char *path, const struct ledger_task *task);

/* It has read and stored so much more: bytes in, bytes out, objects. */
void ledger_count(uint64_t in, uint64_t out, uint64_t objects);

/* It ends; why is NULL if all went well. */
void ledger_end(int code, const char *why);

/* Append any record, shorter than PIPE_BUF; -1 if that cannot be. */
int ledger_append(const char *path, const struct js *rec);

#endif
