/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_region: one array cut into regions.
 *
 * What of each source falls into a box, as a record, and the memory that takes.
 */
#ifndef PGF_PLAN_REGION_H
#define PGF_PLAN_REGION_H

#include "model/array.h"
#include "model/footprint.h"
#include "model/place.h"

/* A source file, as the members of its record that a region repeats. */
struct plan_file {
	const char *url, *path, *sha256, *etag, *modified; /* or NULL */
	uint64_t size;
	size_t input; /* number of the input file with its record */
	/* where it begins, by number of concat dimension */
	uint64_t offset[PLACE_MAX_DIMS];
};

/* One variable of one file. */
struct plan_piece {
	const struct plan_file *file; /* NULL: a place to be filled */
	uint64_t place;               /* & mask of the variable */
	/* where it begins, by number of concat dimension */
	uint64_t offset[PLACE_MAX_DIMS];
	uint64_t behind; /* and along the last dimension: of NULs behind text */
	struct chunk_table table;
	const struct js *encoding; /* what its numbers mean, if that differs
				    * from the target; else NULL */
};

/* A region: where it begins, how large regions are, and along the concat axes
 * where the last file ends that reaches into it. */
struct plan_box {
	uint64_t offset[DATASET_MAX_NDIM], steps[DATASET_MAX_NDIM];
	uint64_t end[DATASET_MAX_NDIM];
};

/* What may fall into a region, and what that is compared with, by the encoding of
 * the store (NULL: text, or nothing to compare). */
struct plan_pieces {
	size_t n, nclose;
	const struct plan_piece **of, **close;
	const struct js *store;
};

/* The memory that writing a region takes. */
struct footprint plan_region_footprint(const struct array *t,
	const struct plan_box *box, const struct plan_pieces *from);

/* The record of a region. */
struct js *plan_region_record(struct arena *a, const struct array *t,
	const struct js *document, const struct plan_box *box,
	const struct plan_pieces *from);

#endif
