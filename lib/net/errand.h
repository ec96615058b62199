/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errand: a command of the user's that makes one file from another.
 *
 * What it makes lies in the cache (net/derived), named by the content of its input
 * and the text of the command, and appears when the command has ended well.
 */
#ifndef PGF_ERRAND_H
#define PGF_ERRAND_H

#include <stdatomic.h>

#include "net/cache.h"
#include "recipe/command.h"

struct errand {
	const char *cache; /* folder */
	struct command command;
	unsigned int timeout;    /* seconds for one file */
	const atomic_bool *stop; /* NULL, or: when it is set, all are ended */
};

/* Replace *file by what the command makes of it, with its etag and modified.
 * ERR_DATA: it fails, makes no file, or takes too long; ERR_TEMP: it ends with
 * 75, or was stopped.  Its last lines on stdout and stderr are in the message.  It runs
 * alone (base/child).  Any thread may call it. */
int errand_run(struct arena *a, const struct errand *e, struct cache_file *file,
	struct err *err) PGF_CHECKED;

#endif
