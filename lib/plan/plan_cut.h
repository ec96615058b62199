/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_cut: the regions of arrays, when all pieces are known.  The second half
 * of model/plan.
 */
#ifndef PGF_PLAN_CUT_H
#define PGF_PLAN_CUT_H

#include "plan/plan_account.h"
#include "plan/plan_reach.h"
#include "plan/plan_target.h"

/* Some regions of an array, by number, ascending. */
struct plan_choice {
	size_t n, cap;
	uint64_t *at;
};

/* Hand over the regions of all arrays, one after the other; or, all or those that
 * are chosen (one choice an array), by the number of the input file that they go
 * with.  draws (one an input, or NULL) is what is noted of those. */
int plan_cut_arrays(const struct plan_all *all, const struct plan_sink *sink,
	struct err *err) PGF_CHECKED;
int plan_cut_inputs(const struct plan_all *all,
	const struct plan_choice *choice, struct plan_draws *draws,
	const struct plan_sink *sink, struct err *err) PGF_CHECKED;

#endif
