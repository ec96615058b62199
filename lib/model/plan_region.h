/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_region: one array cut into regions.
 *
 * The arithmetic of model/plan: which boxes, and what of each source falls into
 * a box.
 */
#ifndef PGF_PLAN_REGION_H
#define PGF_PLAN_REGION_H

#include "model/array.h"

/* A source file, as the members of its record that a region repeats. */
struct plan_file {
	const char *url, *path, *sha256, *etag, *modified; /* or NULL */
	uint64_t size;
	size_t input; /* number of the input file with its record */
};

/* One variable of one file. */
struct plan_piece {
	const struct plan_file *file;
	uint64_t position;
	uint64_t offset, len; /* along the concat axis; 0 and 1 if static */
	struct chunk_table table;
	const struct js *encoding; /* what its numbers mean, if that differs
				    * from the target; else NULL */
};

/* Elements of a region along each axis: whole chunks, enough of them to make
 * about 4 MiB, at most 64 MiB unless a chunk is larger. */
void plan_region_steps(const struct array *t, uint64_t *steps);

/* The pieces, ascending by offset, that have elements in [low, high). */
struct plan_window {
	const struct plan_piece *pieces;
	size_t n;
};
struct plan_window plan_region_window(const struct plan_window *all,
	uint64_t low, uint64_t high);

/* The record of the region that begins at offset. */
struct plan_box {
	const uint64_t *offset, *steps;
};
struct js *plan_region_record(struct arena *a, const struct array *t,
	const struct js *document, const struct plan_box *box,
	const struct plan_window *from);

#endif
