/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finish: what is left to do when a file has come: unpack it, and run a command on
 * it.
 */
#ifndef PGF_FINISH_H
#define PGF_FINISH_H

#include <stdbool.h>

#include "net/errand.h"
#include "net/unpack.h"

struct finish {
	const char *cache;     /* folder; needed if anything is to be done */
	uint64_t unpack_limit; /* bytes */
	struct errand errand;  /* command.text: NULL, there is none */
};

struct finish_item {
	struct arena *arena;
	const char *url; /* for messages */
	struct bundle_name what;
	struct cache_file *file; /* in and out */
	struct err *err; /* nothing is done for an item that has failed */
	bool unpacked, executed; /* or failed to be */
	bool busy;               /* being finished (net/finisher) */
};

/* Is something to be done with a file that has come? */
bool finish_needs(const struct finish *f, const struct finish_item *item);

/* Is it to be unpacked first? */
bool finish_is_packed(const struct finish_item *item);

/* The next thing to be done with items[0]: to unpack it, and with it the others, all of
 * the same archive, or to run the command.  All are files that have come; whatever goes
 * wrong is told in each.  Any thread may call it. */
void finish_next(const struct finish *f, struct finish_item **items, size_t n);

#endif
