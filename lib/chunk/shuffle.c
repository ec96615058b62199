/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elements of 2, 4 and 8 bytes, which is nearly all there is, are interleaved
 * sixteen at a time with SSE2, which every x86-64 has; AVX2 was refused, since
 * inflating the bytes costs several times as much as this.  Elsewhere, and for
 * other sizes, a loop over blocks that fit the nearest cache.
 */
#include "chunk/shuffle.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>

enum { LANES = 16 };

static __m128i load(const uint8_t *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static void store(uint8_t *p, __m128i v)
{
	_mm_storeu_si128((__m128i *)(void *)p, v);
}

/* Each function does whole groups of LANES elements and returns how many
 * elements that were; n is the length of a plane. */
static size_t undo_2(const uint8_t *in, size_t n, uint8_t *out)
{
	size_t i;

	for (i = 0; i + LANES <= n; i += LANES, out += 2 * LANES) {
		__m128i a = load(in + i), b = load(in + n + i);

		store(out, _mm_unpacklo_epi8(a, b));
		store(out + LANES, _mm_unpackhi_epi8(a, b));
	}
	return i;
}

static size_t undo_4(const uint8_t *in, size_t n, uint8_t *out)
{
	size_t i;

	for (i = 0; i + LANES <= n; i += LANES, out += 4 * LANES) {
		__m128i a = load(in + i), b = load(in + n + i);
		__m128i c = load(in + 2 * n + i), d = load(in + 3 * n + i);
		__m128i ab = _mm_unpacklo_epi8(a, b);
		__m128i cd = _mm_unpacklo_epi8(c, d);
		__m128i AB = _mm_unpackhi_epi8(a, b);
		__m128i CD = _mm_unpackhi_epi8(c, d);

		store(out, _mm_unpacklo_epi16(ab, cd));
		store(out + LANES, _mm_unpackhi_epi16(ab, cd));
		store(out + 2 * LANES, _mm_unpacklo_epi16(AB, CD));
		store(out + 3 * LANES, _mm_unpackhi_epi16(AB, CD));
	}
	return i;
}

/* Eight elements from the low or high halves of their four pairs of planes. */
static void weave_8(const __m128i pair[4], uint8_t *out)
{
	__m128i a = _mm_unpacklo_epi16(pair[0], pair[1]);
	__m128i b = _mm_unpacklo_epi16(pair[2], pair[3]);
	__m128i c = _mm_unpackhi_epi16(pair[0], pair[1]);
	__m128i d = _mm_unpackhi_epi16(pair[2], pair[3]);

	store(out, _mm_unpacklo_epi32(a, b));
	store(out + LANES, _mm_unpackhi_epi32(a, b));
	store(out + 2 * LANES, _mm_unpacklo_epi32(c, d));
	store(out + 3 * LANES, _mm_unpackhi_epi32(c, d));
}

static size_t undo_8(const uint8_t *in, size_t n, uint8_t *out)
{
	size_t i;

	for (i = 0; i + LANES <= n; i += LANES, out += 8 * LANES) {
		__m128i low[4], high[4];

		for (size_t k = 0; k < 4; k++) {
			__m128i a = load(in + 2 * k * n + i);
			__m128i b = load(in + (2 * k + 1) * n + i);

			low[k] = _mm_unpacklo_epi8(a, b);
			high[k] = _mm_unpackhi_epi8(a, b);
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
#else
static size_t undo_fast(size_t element, const uint8_t *in, size_t n,
	uint8_t *out)
{
	(void)element;
	(void)in;
	(void)n;
	(void)out;
	return 0;
}
#endif

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
