/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_grid: the regions of an array, by number, last axis first.
 */
#ifndef PGF_PLAN_GRID_H
#define PGF_PLAN_GRID_H

#include "plan/plan_reach.h"

/* Elements of a region along each axis, and how many there are. */
struct plan_grid {
	uint64_t steps[DATASET_MAX_NDIM];
	uint64_t count;
};

/* The grid of array i, when its pieces are known. */
struct plan_grid plan_grid_of(const struct plan_all *p, size_t i);

/* The grid of given steps, none of which is 0. */
struct plan_grid plan_grid_with(const struct array *t, const uint64_t *steps);

/* Region number n, whose end is not set, and the number of the one that an element
 * is in. */
struct plan_box plan_grid_box(const struct array *t, const struct plan_grid *g,
	uint64_t n);
uint64_t plan_grid_number(const struct array *t, const struct plan_grid *g,
	const uint64_t *offset);

#endif
