/* SPDX-License-Identifier: Apache-2.0 */
/* Counting chunks.  How an array comes to be is array_decide.c. */
#include "layout/array.h"

#include "base/num.h"

uint64_t array_axis_chunks(const struct array *t, unsigned axis)
{
	return num_ceil_div(t->shape[axis], t->chunk_shape[axis]);
}

uint64_t array_chunks(const struct array *t)
{
	uint64_t n = 1;

	for (unsigned i = 0; i < t->ndim; i++)
		n *= array_axis_chunks(t, i); /* array_decide.c checked it */
	return n;
}
