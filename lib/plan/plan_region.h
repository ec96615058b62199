/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_region: what of each source falls into a region, and the memory that takes.
 */
#ifndef PGF_PLAN_REGION_H
#define PGF_PLAN_REGION_H

#include "layout/array.h"
#include "plan/footprint.h"
#include "model/place.h"

/* A source file: the members of its record that a region repeats, as text,
 * "url":..,"path":..,"size":.. and what else there is of sha256, etag and
 * modified. */
struct plan_file {
	const char *text;
	size_t len;
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
	/* The table but for its refs and bytes, and the encoding, as members
	 * of a record; NULL: nobody has written them yet. */
	const char *type, *meaning;
	/* Its values are in it, and no file is read for them; the file is that
	 * of the last, all are of the inputs first..last. */
	bool recorded;
	struct plan_inputs {
		size_t first, last;
	} inputs;
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

/* What a region needs of a piece: elements low..high-1 of its table along each
 * axis, in the chunks first..last of a grid. */
struct plan_extent {
	uint64_t low, high;
};
struct plan_needed {
	unsigned ndim;
	bool all; /* the chunks */
	uint64_t first[DATASET_MAX_NDIM], last[DATASET_MAX_NDIM];
	uint64_t grid[DATASET_MAX_NDIM];
	struct plan_extent extent[DATASET_MAX_NDIM];
};

/* False if the region takes nothing of the piece. */
bool plan_needed(const struct array *t, const struct plan_box *box,
	const struct plan_piece *p, struct plan_needed *out);

/* The references to the needed chunks, with their numbers. */
struct refs plan_pick(struct arena *a, const struct refs *all,
	const struct plan_needed *need);

/* The memory that writing a region takes. */
struct footprint plan_region_footprint(const struct array *t,
	const struct plan_box *box, const struct plan_pieces *from);

#endif
