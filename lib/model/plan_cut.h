/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_cut: the regions of one array, when all pieces are known.  The second half
 * of model/plan.
 */
#ifndef PGF_PLAN_CUT_H
#define PGF_PLAN_CUT_H

#include "model/plan_keep.h"
#include "model/plan_place.h"
#include "model/plan_target.h"

/* Pieces of one array, by place: at most one for each, or, of those that are
 * compared, any number. */
struct plan_collection {
	size_t n, cap;
	struct plan_kept *pieces;
};

struct plan_all {
	const struct plan_target *target;
	const struct plan_axis *axes;        /* of the concat dimensions */
	const struct plan_collection *of;    /* of the arrays */
	const struct plan_collection *close; /* what they are compared with */
	const struct js *const *stores;      /* their encodings, for that */
};

/* Hand over the regions of array number i; a place without a piece is filled. */
int plan_cut_array(const struct plan_all *all, size_t i,
	const struct plan_sink *sink, struct err *err) PGF_CHECKED;

#endif
