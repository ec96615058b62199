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
	uint64_t start[DATASET_MAX_NDIM], count[DATASET_MAX_NDIM]; /* box */
	uint64_t at[DATASET_MAX_NDIM], len[DATASET_MAX_NDIM]; /* the piece */
	uint64_t cells; /* elements of the piece */
	unsigned axis;  /* the one that is cut into steps */
	uint64_t step;
	bool begun;
};

/* A box, in elements; start NULL is the origin, count NULL is what is left to
 * the end. */
struct pieces_box {
	unsigned ndim; /* of start and count */
	const uint64_t *start, *count;
};

/* Begin with a box of an array of ndim (at most DATASET_MAX_NDIM) dimensions,
 * in pieces of at most max (> 0) elements.  ERR_DATA if the box does not fit
 * the shape. */
struct pieces_array {
	unsigned ndim;
	const uint64_t *shape;
	uint64_t max;
};
int pieces_begin(struct pieces *p, const struct pieces_array *array,
	const struct pieces_box *box, struct err *err) PGF_CHECKED;

/* Go to the first or next piece (at, len, cells); false after the last. */
bool pieces_next(struct pieces *p);

#endif
