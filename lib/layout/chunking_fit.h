/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chunking_fit: chunk lengths for a size in bytes.  Arithmetic alone; what the
 * numbers are is chunking's.
 */
#ifndef PGF_CHUNKING_FIT_H
#define PGF_CHUNKING_FIT_H

#include "model/dataset.h"

/* Length of an axis along which archives grow. */
#define CHUNKING_GROWS UINT64_MAX

struct chunking_axis {
	bool is_free;
	uint64_t len; /* of the array, >= 1, or CHUNKING_GROWS */
	uint64_t
		before; /* the length that the aspect is taken from, 1 to len */
	uint64_t aspect; /* chunking_even: the wanted proportion, >= 1 */
	uint64_t chunk;  /* the answer; not changed where not free */
};

struct chunking_size {
	unsigned ndim;
	struct chunking_axis *axes;
	uint64_t item, bytes; /* of an element, of a chunk at most */
	double tolerance;     /* chunking_even: 0 to 1 */
};

/* Scale the lengths before by one factor, so that a chunk is at most that many
 * bytes.  An axis that would exceed its length is whole, one that would fall
 * below 1 is 1, and the factor of the others follows.  Lengths that grow are
 * multiples of those before.  False if axes that are not free, or single
 * elements, are more bytes already. */
bool chunking_fit(struct chunking_size *s);

/* Lengths that divide those of the array, with bytes up to the tolerance off
 * the size, as near as can be to the wanted proportion: the largest
 * chunk / aspect over the smallest is least.  An axis that grows fills the size
 * (in even parts or multiples of its length before).  An array that is not
 * larger and does not grow stays whole.  If nothing divides so, the proportion
 * itself, as large as fits.  False as for chunking_fit. */
bool chunking_even(struct chunking_size *s);

#endif
