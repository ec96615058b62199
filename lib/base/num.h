/* SPDX-License-Identifier: Apache-2.0 */
/*
 * num: integer arithmetic on sizes that come from files.
 *
 * Inputs are hostile: every product of a shape, every offset plus length, goes
 * through these.  They return false when the result does not fit, and then
 * leave *out alone.
 */
#ifndef PGF_NUM_H
#define PGF_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool num_add(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t r;

	if (__builtin_add_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

static inline bool num_mul(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t r;

	if (__builtin_mul_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

/* Product of n factors (1 for none). */
static inline bool num_product(const uint64_t *v, size_t n, uint64_t *out)
{
	uint64_t r = 1;

	for (size_t i = 0; i < n; i++)
		if (__builtin_mul_overflow(r, v[i], &r))
			return false;
	*out = r;
	return true;
}

/* Smallest q with q * b >= a; b must not be 0. */
static inline uint64_t num_ceil_div(uint64_t a, uint64_t b)
{
	return a / b + (a % b != 0);
}

static inline uint64_t num_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t num_max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
