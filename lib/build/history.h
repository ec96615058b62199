/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history: the ledger of a work folder, read.
 *
 * Beside the lines of the tasks (record/ledger) it has two for each run of pgf
 * bake or pgf update, which tell where one begins and how it ended:
 *
 *	{"run":"bake","pid":70,"start":TIME,"jobs":4}
 *	{"run":"bake","pid":70,"start":TIME,"end":TIME,"exit":0}
 *
 * What is not a whole line of JSON is passed over.
 */
#ifndef PGF_HISTORY_H
#define PGF_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "record/json.h"

/* The ledger in a work folder. */
#define HISTORY_FILE "ledger.ndjson"

struct history {
	int fd;
	struct buf text; /* read, the first `used` bytes of it given out */
	size_t used;
};

#define HISTORY_INIT     \
	{                \
		.fd = -1 \
	}

/* Read from offset on.  ERR_DATA if there is no such file. */
int history_open(struct history *h, const char *path, uint64_t offset,
	struct err *err) PGF_CHECKED;

/* The next record, in the arena, or NULL if there is none yet. */
struct js *history_next(struct history *h, struct arena *a);

void history_close(struct history *h);

/* What a record says of its task, for messages and tables. */
struct history_task {
	const char *name, *program, *stage; /* NULL if it is not a task's */
	const char *start, *end;            /* end NULL: it has only started */
	const char *error;                  /* or NULL */
	int64_t pid, code;
	double seconds;
	uint64_t rss, in, out, objects;
};
struct history_task history_task(const struct js *rec);

#endif
