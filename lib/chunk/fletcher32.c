/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sums run in 64 bits and are folded every 65536 words, long before they
 * can overflow.  Folding (adding the upper part to the lower 16 bits) leaves
 * 65535 where a remainder would be 0, and HDF5 stores it so.
 */
#include "chunk/fletcher32.h"

#include <inttypes.h>

static uint64_t fold(uint64_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

uint32_t fletcher32_of(const void *p, size_t len)
{
	const uint8_t *s = p;
	uint64_t a = 0, b = 0;
	size_t words = len / 2;

	while (words > 0) {
		size_t n = words < 65536 ? words : 65536;

		words -= n;
		for (; n > 0; n--, s += 2) {
			a += (uint64_t)s[0] << 8 | s[1];
			b += a;
		}
		a = fold(a);
		b = fold(b);
	}
	if (len % 2 != 0) {
		a = fold(a + ((uint64_t)s[0] << 8));
		b = fold(b + a);
	}
	return (uint32_t)(b << 16 | a);
}

static uint32_t get_little(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
		(uint32_t)p[3] << 24;
}

/* HDF5 before 1.6.3 swapped the bytes of both halves on little-endian
 * machines; readers take either. */
int fletcher32_check(const void *p, size_t len, struct err *err)
{
	const uint8_t *s = p;
	uint32_t want, got, old;

	if (len < FLETCHER32_SIZE)
		return err_set(err, ERR_DATA, "no room for a checksum");
	got = get_little(s + len - FLETCHER32_SIZE);
	want = fletcher32_of(s, len - FLETCHER32_SIZE);
	old = (want & 0x00ff00ff) << 8 | (want >> 8 & 0x00ff00ff);
	if (got != want && got != old)
		return err_set(err, ERR_DATA,
			"checksum is %08" PRIx32 ", the data have %08" PRIx32,
			got, want);
	return 0;
}
