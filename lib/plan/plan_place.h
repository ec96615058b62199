/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_place: from files to elements along the concat dimensions, and back.
 */
#ifndef PGF_PLAN_PLACE_H
#define PGF_PLAN_PLACE_H

#include "layout/layout.h"

/* The runs of lengths of one dimension, each with where it begins. */
struct plan_axis {
	const struct layout_concat *concat;
	uint64_t *begin;  /* position */
	uint64_t *offset; /* element */
};

/* One for each concat dimension of the layout, in the arena. */
struct plan_axis *plan_axes(struct arena *a, const struct layout *l);

/* Elements of the file at a position below nfiles. */
struct plan_span {
	uint64_t offset, len;
};
struct plan_span plan_axis_span(const struct plan_axis *x, uint64_t position);

/* The position of the file that holds an element below the sum of lengths. */
uint64_t plan_axis_position(const struct plan_axis *x, uint64_t element);

#endif
