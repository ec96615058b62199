/* SPDX-License-Identifier: Apache-2.0 */
/*
 * box: rectangles of n-dimensional arrays, and the copying of them.
 *
 * A box is a start and a count per axis, in elements, slowest axis first.
 * Copies move the longest run that is contiguous on both sides.  Nothing here
 * allocates, and nothing checks that a copy fits its memory: whoever sized the
 * buffers has done that.
 */
#ifndef PGF_BOX_H
#define PGF_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/dataset.h"

enum { BOX_MAX_NDIM = DATASET_MAX_NDIM };

struct box {
	unsigned ndim;
	uint64_t start[BOX_MAX_NDIM], count[BOX_MAX_NDIM];
};

/* The box of ndim axes; start NULL is the origin.  ndim is at most
 * BOX_MAX_NDIM. */
struct box box_of(unsigned ndim, const uint64_t *start, const uint64_t *count);

/* What two boxes of the same rank share, in *out; false if that is nothing
 * (and *out is undefined).  Boxes of rank 0 share their one element. */
bool box_intersect(const struct box *a, const struct box *b, struct box *out);

/* True if all of inner lies in outer. */
bool box_contains(const struct box *outer, const struct box *inner);

/* Number of elements; false if it does not fit 64 bits. */
bool box_cells(const struct box *b, uint64_t *out);

/* True if no two of the n boxes (all of one rank) share an element.  Sorts
 * them. */
bool box_disjoint(struct box *boxes, size_t n);

/* True if the elements of a box follow each other with these strides in bytes. */
bool box_is_dense(const struct box *b, const uint64_t *stride, size_t item);

/* Cut a box of more than one element in two along its slowest axis that can be
 * cut. */
void box_halve(struct box *b, struct box *rest);

/* Byte strides of a C-order array of that shape, innermost = item bytes. */
void box_strides(unsigned ndim, const uint64_t *shape, size_t item,
	uint64_t *stride);

/* Elements moved from one strided place to another that does not overlap. */
struct box_copy {
	unsigned ndim;
	const uint64_t *count; /* elements per axis */
	size_t item;           /* bytes of an element */
	uint8_t *to;
	const uint64_t *to_stride; /* bytes per axis */
	const uint8_t *from;
	const uint64_t *from_stride;
};
void box_copy(const struct box_copy *job);

/* As box_copy with the one element at from put everywhere; from_stride is not
 * looked at.  from NULL is zero bytes. */
void box_fill(const struct box_copy *job);

#endif
