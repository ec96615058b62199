/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_fresh: which regions are not what they were.
 */
#ifndef PGF_PLAN_FRESH_H
#define PGF_PLAN_FRESH_H

#include "plan/plan_grid.h"

/* Along a concat dimension: do some files begin elsewhere, or are there others at
 * the end, and from which element on. */
struct plan_moved {
	bool any;
	uint64_t until;
};
void plan_moves(const struct layout_concat *old,
	const struct layout_concat *now, struct plan_moved *out);

/* Of each array places, & mask, of no member: those that it is taken from, those
 * that are not what they were, and those that regions want which are cut again.
 * any: something has changed somewhere. */
struct plan_fresh {
	const struct plan_all *all;
	bool any;
	struct plan_moved moved[PLACE_MAX_DIMS];
	struct spread *places, *dirty, *wanted;
};

/* Must region number n of array i be cut again? */
bool plan_is_fresh(const struct plan_fresh *x, size_t i, uint64_t n);

/* Add to wanted what that draws on, in the arena. */
void plan_fresh_wants(const struct plan_fresh *x, struct arena *a, size_t i,
	uint64_t n);

#endif
