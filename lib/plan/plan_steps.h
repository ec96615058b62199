/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_steps: how large the regions of an array are.
 */
#ifndef PGF_PLAN_STEPS_H
#define PGF_PLAN_STEPS_H

#include "layout/array.h"

/* What the choice goes by, besides the array: how the first source is cut (NULL:
 * there is none) and the bytes a region may have. */
struct plan_means {
	const struct chunk_table *source;
	uint64_t most;
};

/* Elements of a region along each axis: whole chunks, enough of them to make
 * about 4 MiB or draw on a thousand files, at most 64 MiB unless a chunk is
 * larger.  If that would decode
 * source chunks again and again, because they are wider than such a region: as
 * wide as the bytes allow, and cut further where it costs least.  Never less
 * than a chunk, however little is allowed. */
void plan_steps(const struct array *t, const struct plan_means *means,
	uint64_t *steps);

/* How often a source chunk is decoded, on average, by regions of these steps; 1
 * for sources that are not encoded, of which only what is needed is read. */
double plan_steps_decodes(const struct array *t,
	const struct chunk_table *source, const uint64_t *steps);

#endif
