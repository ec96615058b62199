/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_cut: the regions of arrays, when all pieces are known.  The second half
 * of model/plan.
 */
#ifndef PGF_PLAN_CUT_H
#define PGF_PLAN_CUT_H

#include "model/plan_keep.h"
#include "model/plan_place.h"
#include "model/plan_record.h"
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
	const struct plan_frame *frames;     /* what records repeat */
};

/* Hand over the regions of all arrays, one after the other, or by the number of
 * the input file that they go with; a place without a piece is filled. */
int plan_cut_arrays(const struct plan_all *all, const struct plan_sink *sink,
	struct err *err) PGF_CHECKED;
int plan_cut_inputs(const struct plan_all *all, const struct plan_sink *sink,
	struct err *err) PGF_CHECKED;

#endif
