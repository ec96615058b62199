/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_state: what is known of a plan, for the files that make it (plan*.c).
 */
#ifndef PGF_PLAN_STATE_H
#define PGF_PLAN_STATE_H

#include "plan/plan_cut.h"
#include "plan/plan_read.h"

struct plan {
	struct arena *a;
	struct plan_target target;
	struct plan_collection *of, *close; /* one an array */
	const struct js **stores;           /* an array's encoding, if any of
					     * close was added */
	struct plan_axis *axes;
	struct plan_keeper keeper;
	struct plan_reader *reader;
	struct arena record;     /* dies with the record */
	struct plan_kept *taken; /* of one record, of each array */
	struct spread *keys;     /* of the records of each input */
	size_t ninputs;
	bool repeats;   /* a record came twice, or two with one key */
	size_t narrays; /* what was borrowed may be gone at the end */
};

/* Put the pieces in order.  With `complete`, none may be missing that the layout
 * counts on, and the grids are found; else these are left to who calls. */
int plan_collect(struct plan *p, bool complete, struct plan_all *all,
	struct err *err) PGF_CHECKED;

#endif
