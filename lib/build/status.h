/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: how far the bake of a work folder is, seen from outside.
 *
 * Nothing is locked and nothing written, so it can be asked at any time.
 */
#ifndef PGF_STATUS_H
#define PGF_STATUS_H

#include "record/json.h"

/*
 * One record:
 *
 *	work	path of the folder
 *	state	"running", "ended", "interrupted" (the last run was killed) or
 *		"idle" (there was none, or make alone was run)
 *	run, pid, start, end, exit	of the last run, as in the ledger
 *	stages	for each: done, total, running, failed (tasks)
 *	failures	of the last run: task, program, stage, exit, error; a task that
 *		was killed has no exit
 *	in, out	bytes that its tasks have read and stored
 *
 * What is done is what make would not do again now.  NULL with ERR_DATA if the
 * folder is no work folder.
 */
struct js *status_read(struct arena *a, const char *work,
	struct err *err) PGF_CHECKED;

#endif
