/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bits 62 and 61 hold the number of dimensions less one, the rest is shared in
 * equal parts.  A mixed radix would be denser, but its radices are the numbers
 * of files, which are not known before the last record is read.
 */
#include "model/place.h"

enum { TAG_SHIFT = 61 };

static const unsigned widths[] = { 60, 60, 30, 20, 15 };

uint64_t place_limit(unsigned n)
{
	return ((uint64_t)1 << widths[n]) - (n > 1 ? 2 : 1);
}

bool place_pack(unsigned n, const uint64_t *at, uint64_t *out)
{
	uint64_t place = 0;

	if (n > PLACE_MAX_DIMS)
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (at[i] > place_limit(n))
			return false;
		place = place << widths[n] | at[i];
	}
	*out = place | (uint64_t)(n ? n - 1 : 0) << TAG_SHIFT;
	return true;
}

unsigned place_unpack(uint64_t place, uint64_t at[PLACE_MAX_DIMS])
{
	unsigned n = (unsigned)(place >> TAG_SHIFT & 3) + 1;

	for (unsigned i = n; i-- > 0; place >>= widths[n])
		at[i] = place & (((uint64_t)1 << widths[n]) - 1);
	return n;
}

uint64_t place_mask(unsigned n, unsigned keep)
{
	uint64_t one = ((uint64_t)1 << widths[n]) - 1;
	uint64_t mask = (uint64_t)3 << TAG_SHIFT;

	for (unsigned i = 0; i < n; i++)
		if (keep >> i & 1)
			mask |= one << (n - 1 - i) * widths[n];
	return mask;
}
