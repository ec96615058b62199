/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elements of 2, 4 and 8 bytes, which is nearly all there is, are interleaved
 * sixteen at a time in vectors of 16 bytes: what every x86-64 (SSE2) and every
 * 64-bit ARM (NEON) has, so that nothing need be asked at run time; elsewhere
 * the compiler takes them apart.  AVX2 was refused: with it inflating the bytes
 * would still cost ten times as much as this.  For other sizes, a loop over
 * blocks that fit the nearest cache.
 */
#include "chunk/shuffle.h"

#include <string.h>

enum { LANES = 16 };

typedef uint8_t bytes16 __attribute__((vector_size(LANES)));
typedef uint16_t pairs8 __attribute__((vector_size(LANES)));
typedef uint32_t fours4 __attribute__((vector_size(LANES)));

static bytes16 load(const uint8_t *p)
{
	bytes16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void store(uint8_t *p, bytes16 v)
{
	memcpy(p, &v, sizeof(v));
}

/* The first or last halves of a and b, by turns one of each. */
static bytes16 low_1(bytes16 a, bytes16 b)
{
	return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20,
		5, 21, 6, 22, 7, 23);
}

static bytes16 high_1(bytes16 a, bytes16 b)
{
	return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12,
		28, 13, 29, 14, 30, 15, 31);
}

static bytes16 low_2(bytes16 a, bytes16 b)
{
	return (bytes16)__builtin_shufflevector((pairs8)a, (pairs8)b, 0, 8, 1,
		9, 2, 10, 3, 11);
}

static bytes16 high_2(bytes16 a, bytes16 b)
{
	return (bytes16)__builtin_shufflevector((pairs8)a, (pairs8)b, 4, 12, 5,
		13, 6, 14, 7, 15);
}

static bytes16 low_4(bytes16 a, bytes16 b)
{
	return (bytes16)__builtin_shufflevector((fours4)a, (fours4)b, 0, 4, 1,
		5);
}

static bytes16 high_4(bytes16 a, bytes16 b)
{
	return (bytes16)__builtin_shufflevector((fours4)a, (fours4)b, 2, 6, 3,
		7);
}

/* Each function does whole groups of LANES elements and returns how many
 * elements that were; n is the length of a plane. */
static size_t undo_2(const uint8_t *in, size_t n, uint8_t *out)
{
	size_t i;

	for (i = 0; i + LANES <= n; i += LANES, out += 2 * LANES) {
		bytes16 a = load(in + i), b = load(in + n + i);

		store(out, low_1(a, b));
		store(out + LANES, high_1(a, b));
	}
	return i;
}

static size_t undo_4(const uint8_t *in, size_t n, uint8_t *out)
{
	size_t i;

	for (i = 0; i + LANES <= n; i += LANES, out += 4 * LANES) {
		bytes16 a = load(in + i), b = load(in + n + i);
		bytes16 c = load(in + 2 * n + i), d = load(in + 3 * n + i);
		bytes16 ab = low_1(a, b);
		bytes16 cd = low_1(c, d);
		bytes16 AB = high_1(a, b);
		bytes16 CD = high_1(c, d);

		store(out, low_2(ab, cd));
		store(out + LANES, high_2(ab, cd));
		store(out + 2 * LANES, low_2(AB, CD));
		store(out + 3 * LANES, high_2(AB, CD));
	}
	return i;
}

/* Eight elements from the low or high halves of their four pairs of planes. */
static void weave_8(const bytes16 pair[4], uint8_t *out)
{
	bytes16 a = low_2(pair[0], pair[1]);
	bytes16 b = low_2(pair[2], pair[3]);
	bytes16 c = high_2(pair[0], pair[1]);
	bytes16 d = high_2(pair[2], pair[3]);

	store(out, low_4(a, b));
	store(out + LANES, high_4(a, b));
	store(out + 2 * LANES, low_4(c, d));
	store(out + 3 * LANES, high_4(c, d));
}

static size_t undo_8(const uint8_t *in, size_t n, uint8_t *out)
{
	size_t i;

	for (i = 0; i + LANES <= n; i += LANES, out += 8 * LANES) {
		bytes16 low[4], high[4];

		for (size_t k = 0; k < 4; k++) {
			bytes16 a = load(in + 2 * k * n + i);
			bytes16 b = load(in + (2 * k + 1) * n + i);

			low[k] = low_1(a, b);
			high[k] = high_1(a, b);
		}
		weave_8(low, out);
		weave_8(high, out + 4 * LANES);
	}
	return i;
}

static size_t undo_fast(size_t element, const uint8_t *in, size_t n,
	uint8_t *out)
{
	switch (element) {
	case 2:
		return undo_2(in, n, out);
	case 4:
		return undo_4(in, n, out);
	case 8:
		return undo_8(in, n, out);
	default:
		return 0;
	}
}

/* Elements first to n, a block at a time, so that the bytes written for one
 * plane are still near when the next plane comes. */
static void undo_any(size_t element, const uint8_t *in, size_t n, size_t first,
	uint8_t *out)
{
	size_t block = element < 2048 ? 16384 / element : 8;

	for (size_t lo = first; lo < n; lo += block) {
		size_t hi = n - lo < block ? n : lo + block;

		for (size_t k = 0; k < element; k++)
			for (size_t i = lo; i < hi; i++)
				out[i * element + k] = in[k * n + i];
	}
}

void shuffle_undo(size_t element, const uint8_t *in, size_t len, uint8_t *out)
{
	size_t n = len / element, done;

	if (element == 1 || n <= 1) {
		if (len > 0)
			memcpy(out, in, len);
		return;
	}
	done = undo_fast(element, in, n, out);
	undo_any(element, in, n, done, out);
	memcpy(out + n * element, in + n * element, len - n * element);
}
