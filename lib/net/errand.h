/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errand: a command of the user's that makes one file from another.
 *
 * What it makes lies in the cache (net/derived), named by the content of its input
 * and the text of the command, and appears when the command has ended well.
 */
#ifndef PGF_ERRAND_H
#define PGF_ERRAND_H

#include "recipe/command.h"
#include "net/cache.h"

struct errand {
	const char *cache; /* folder */
	struct command command;
	unsigned int timeout; /* seconds for one file */
};

/* Replace *file by what the command makes of it, with its etag and modified.
 * ERR_DATA: it fails, makes no file, or takes too long; ERR_TEMP: it ends with
 * 75.  Its last lines on stdout and stderr are in the message.  It runs in a
 * process group of its own, which is killed as a whole. */
int errand_run(struct arena *a, const struct errand *e, struct cache_file *file,
	struct err *err) PGF_CHECKED;

#endif
