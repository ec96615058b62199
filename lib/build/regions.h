/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regions: a plan in a folder, a file of regions for each file of datasets.
 *
 * A file that only loses regions keeps its time, since nothing is to be written of
 * it; that of its receipts loses theirs.
 *
 * What was planned before is not planned again where nothing has changed.  Whether
 * a file has is told by its number, size and times: to read all of them would cost
 * what is to be saved.
 */
#ifndef PGF_REGIONS_H
#define PGF_REGIONS_H

#include <stdbool.h>

#include "plan/plan.h"

struct regions {
	struct arena *arena;
	const struct plan_target *target;
	const char *folder; /* is made if it is not there */
	const char
		*receipts; /* the folder of those of the same names, or NULL */
	const char *const *inputs;
	size_t nread;                /* inputs that an update has read */
	struct plan_account account; /* private */
};

/* Begin with n inputs, all of which must be there; regions go to files of their
 * base names. */
int regions_begin(struct regions *r, size_t n, struct err *err) PGF_CHECKED;

/* Make what has changed since an account (text) was given of the same folder.
 * *done is set if that is possible; else, also if something is wrong, the folder
 * is to be made from nothing. */
int regions_update(struct regions *r, const struct buf *since, bool *done,
	struct err *err) PGF_CHECKED;

/* Make all of it, from a plan to which the datasets were added. */
int regions_make(struct regions *r, struct plan *p,
	struct err *err) PGF_CHECKED;

/* Append the account of what was made, when that is done. */
int regions_account(struct regions *r, struct buf *out,
	struct err *err) PGF_CHECKED;

#endif
