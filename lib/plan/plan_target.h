/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_target: what a plan is made for, and who takes its regions.
 */
#ifndef PGF_PLAN_TARGET_H
#define PGF_PLAN_TARGET_H

#include "layout/array.h"

/* What the store is to be: arrays, and a metadata document for each
 * (format/zarr_meta).  All are borrowed. */
struct plan_target {
	const struct layout *layout;
	const struct arrays *arrays;
	struct js *const *documents;
	uint64_t memory; /* of a task, bytes; 0: nobody says */
};

/* Called with the record of each region as a line of text, with its newline, and
 * with the number of the input file it goes with, which holds one of the datasets that it
 * draws on, or if there are none the nearest: arrays, and the regions across one,
 * take turns, so that the regions of one stretch are not all one task. */
struct plan_sink {
	int (*put)(void *state, size_t file, const struct buf *line,
		struct err *err);
	void *state;
};

#endif
