/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recorded: the files behind values that a region holds itself.
 *
 * Such a piece names no file, as there may be a million; which they are follows
 * from the schema and from what was fetched.
 */
#ifndef PGF_RECORDED_H
#define PGF_RECORDED_H

#include "record/json.h"

struct recorded {
	const char *work; /* the work folder */
	const char *var;
	/* Elements along the only dimension of the variable. */
	uint64_t start, count;
};

/* Add to sources, for each file that has some of them: url, path, size, sha256,
 * etag, modified, var, and start and count of those; and to batches the names of
 * those that these files are in.  ERR_DATA: the schema does not know the variable. */
int recorded_find(struct arena *a, const struct recorded *what,
	struct js *sources, struct js *batches, struct err *err) PGF_CHECKED;

#endif
