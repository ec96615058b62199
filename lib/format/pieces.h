/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pieces: a box of an array, cut so that each piece fits memory.
 *
 * The pieces put together in turn are the box in C order.  Pure.
 */
#ifndef PGF_PIECES_H
#define PGF_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/dataset.h"

struct pieces {
	unsigned ndim;
	uint64_t start[DATASET_MAX_NDIM], count[DATASET_MAX_NDIM];	/* box */
	uint64_t at[DATASET_MAX_NDIM], len[DATASET_MAX_NDIM];	/* the piece */
	uint64_t cells;		/* elements of the piece */
	unsigned axis;		/* the one that is cut into steps */
	uint64_t step;
	bool begun;
};

/* Cut the box into pieces of at most max (> 0) elements.  ndim is at most
 * DATASET_MAX_NDIM; start NULL is the origin. */
struct pieces pieces_of(unsigned ndim, const uint64_t *start,
	const uint64_t *count, uint64_t max);

/* Go to the first or next piece (at, len, cells); false after the last. */
bool pieces_next(struct pieces *p);

#endif
