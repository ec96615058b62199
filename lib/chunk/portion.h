/* SPDX-License-Identifier: Apache-2.0 */
/*
 * portion: what one hand lays into a region at a time.
 *
 * A piece of the region, or a band of whole source chunks of it, so that each is
 * still decoded once however many hands there are.
 */
#ifndef PGF_PORTION_H
#define PGF_PORTION_H

#include "chunk/box.h"
#include "model/region.h"

/* All that the region takes of a piece, but along one axis only from start on,
 * count elements of the target. */
struct portion {
	size_t piece;
	unsigned axis; /* no axis at all: everything */
	uint64_t start, count;
};

/* Of every piece that the region takes something of, in order; *n portions, in the
 * arena. */
struct portion *portion_list(struct arena *a, const struct region *r,
	size_t *n);

/* Its elements, in the target. */
void portion_box(const struct region *r, const struct portion *p,
	struct box *out);

#endif
