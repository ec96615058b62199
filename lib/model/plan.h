/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: from datasets to regions.
 *
 * The second pass over the datasets, when the layout is known.  Of each dataset
 * only the chunk tables that the store draws on are kept; at the end every
 * array is cut into regions, boxes of whole chunks, each with the pieces of the
 * sources that it needs.
 *
 * How an array is cut depends on its chunks and on the lengths of its other
 * dimensions, never on the length of the concat dimension: so files added at
 * the end change only the regions they reach into.  For the same reason the
 * metadata in a region has no attributes, and along the concat dimension its
 * shape ends with the last piece.
 */
#ifndef PGF_PLAN_H
#define PGF_PLAN_H

#include "model/array.h"

struct plan;

/* What the store is to be: arrays, and a metadata document for each
 * (format/zarr_meta).  All are borrowed. */
struct plan_target {
	const struct layout *layout;
	const struct arrays *arrays;
	struct js *const *documents;
};

/* A plan without datasets; memory comes from the arena. */
struct plan *plan_open(struct arena *a, const struct plan_target *target);

/* Take a dataset record, which stood in input file number `file`.  ERR_DATA: no
 * dataset, or not one that the layout describes, or another file for a position
 * that has one. */
int plan_add(struct plan *p, const struct js *rec, size_t file,
	struct err *err) PGF_CHECKED;

/* Called with each region record in order of array and offset, and with the
 * number of the input file it goes with, which holds one of the datasets that it
 * draws on: arrays take turns, so that the regions of one stretch are not all
 * one task. */
struct plan_sink {
	int (*put)(void *state, size_t file, const struct js *rec,
		struct err *err);
	void *state;
};

/* Cut.  ERR_DATA: a dataset that the layout counts on was not given. */
int plan_cut(struct plan *p, const struct plan_sink *sink,
	struct err *err) PGF_CHECKED;

#endif
