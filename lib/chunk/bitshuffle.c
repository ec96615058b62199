/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three steps, two of which are byte shuffles, so that the vector code of
 * chunk/shuffle does them: the eight bit planes of one byte become words of
 * eight bytes, in each word bits change places with bytes, and the planes of
 * bytes that this gives become elements.
 */
#include "chunk/bitshuffle.h"

#include <string.h>

#include "chunk/shuffle.h"

/* Bit i of byte k to bit k of byte i, by swapping ever larger squares (H. S.
 * Warren, "Hacker's Delight", section 7-3). */
static uint64_t transpose(uint64_t x)
{
	uint64_t t = (x ^ x >> 7) & UINT64_C(0x00aa00aa00aa00aa);

	x ^= t ^ t << 7;
	t = (x ^ x >> 14) & UINT64_C(0x0000cccc0000cccc);
	x ^= t ^ t << 14;
	t = (x ^ x >> 28) & UINT64_C(0x00000000f0f0f0f0);
	return x ^ t ^ t << 28;
}

static void transpose_all(uint8_t *p, size_t len)
{
	uint64_t word;

	for (size_t i = 0; i < len; i += sizeof(word)) {
		memcpy(&word, p + i, sizeof(word));
		word = transpose(word);
		memcpy(p + i, &word, sizeof(word));
	}
}

void bitshuffle_undo(size_t element, const uint8_t *in, size_t n,
	uint8_t *scratch, uint8_t *out)
{
	for (size_t k = 0; k < element; k++) {
		shuffle_undo(8, in + k * n, n, scratch + k * n);
		transpose_all(scratch + k * n, n);
	}
	shuffle_undo(element, scratch, n * element, out);
}
