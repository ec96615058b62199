/* SPDX-License-Identifier: Apache-2.0 */
/*
 * why: what is behind a chunk of a store.
 */
#ifndef PGF_WHY_H
#define PGF_WHY_H

#include "record/json.h"

struct why_input {
	const char *store;
	const char *work;  /* or a place; NULL: .pgf beside the store */
	const char *chunk; /* "sst/c/2/0/0" */
};

/*
 * One record:
 *
 *	chunk, size, crc32c	as the receipt has them; size 0: it holds nothing
 *				but fill and is no object
 *	stored	"same", "missing" or "differs": the object now
 *	region	digest of the region that it was written from
 *	current	false if the region has changed since: it is to be written again
 *	start, count	the cells of the chunk that the region has, by dimension
 *	tasks	those behind it, in their order: "f/00002", ..
 *	sources	for each file that has cells of it: url, path, size, sha256 or
 *		modified, var, and start and count of those cells
 *
 * NULL with ERR_DATA if the work folder is not the store's, or knows no such
 * chunk.
 */
struct js *why_explain(struct arena *a, const struct why_input *in,
	struct err *err) PGF_CHECKED;

#endif
