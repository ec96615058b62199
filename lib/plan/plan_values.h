/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_values: coordinates whose values a region has in itself.
 *
 * A coordinate is one chunk, so its region draws on every file there is.  What it
 * would read there stands in the records already: pieces that hold their values
 * follow each other as one, and no file is opened for them.  Only values of which
 * the record has every bit are taken so, and only where they take no more room
 * than the reference to a file.
 */
#ifndef PGF_PLAN_VALUES_H
#define PGF_PLAN_VALUES_H

#include "plan/plan_region.h"

/* Are there arrays like this whose pieces hold values: numbers along one concat
 * dimension, whose name it has, that need not stay as they are stored? */
bool plan_values_may(const struct array *t);

/* The values of a variable, of data as a dataset record has them (NULL: none), as
 * little-endian bytes in the arena; NULL if they are to be read from the file. */
const uint8_t *plan_values_read(struct arena *a, const struct chunk_table *t,
	const struct js *data);

/* Make p, which is described but for its references, a piece that holds n
 * elements. */
void plan_values_set(struct arena *a, struct plan_piece *p,
	const uint8_t *bytes, uint64_t n);

/* Pieces that follow each other, made one. */
struct plan_joint {
	struct plan_piece *piece; /* NULL: none is begun */
	uint8_t *bytes;           /* its values */
	uint64_t room;            /* that there is for them */
};

/* Begin with a piece, which then lives in the arena; append another, of the same
 * array.  False: it does not follow, or is no such piece. */
const struct plan_piece *plan_values_begin(struct arena *a,
	struct plan_joint *j, const struct plan_piece *p);
bool plan_values_join(struct arena *a, struct plan_joint *j,
	const struct array *t, const struct plan_piece *p);

#endif
