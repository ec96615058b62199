/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lengths of chunks for a size: the cases that tools with the same language of
 * chunks agree on, then what must hold of any.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "layout/chunking_fit.h"

enum { G = -1 }; /* grows */

struct given {
	unsigned ndim;
	int64_t len[4], before[4], set[4], aspect[4]; /* set: 0 free */
	uint64_t item, bytes, want[4];
};

static struct chunking_size size_of(const struct given *g,
	struct chunking_axis *axes)
{
	for (unsigned i = 0; i < g->ndim; i++)
		axes[i] = (struct chunking_axis){
			.is_free = g->set[i] == 0,
			.len = g->len[i] == G ? CHUNKING_GROWS :
						(uint64_t)g->len[i],
			.before = (uint64_t)g->before[i],
			.aspect = g->aspect[i] ? (uint64_t)g->aspect[i] : 1,
			.chunk = (uint64_t)g->set[i],
		};
	return (struct chunking_size){
		.ndim = g->ndim,
		.axes = axes,
		.item = g->item,
		.bytes = g->bytes,
		.tolerance = 0.5,
	};
}

static void check(const struct given *cases, size_t n,
	bool (*choose)(struct chunking_size *))
{
	for (size_t i = 0; i < n; i++) {
		struct chunking_axis axes[4];
		struct chunking_size s = size_of(&cases[i], axes);

		if (!choose(&s))
			fail_msg("case %zu is refused", i);
		for (unsigned k = 0; k < s.ndim; k++)
			if (axes[k].chunk != cases[i].want[k])
				fail_msg("case %zu, axis %u: %llu", i, k,
					(unsigned long long)axes[k].chunk);
	}
}

#define N(cases) (sizeof(cases) / sizeof((cases)[0]))

static void sizes_keep_the_aspect(void **state)
{
	static const struct given cases[] = {
		{ 2, { 5, 4 }, { 5, 1 }, { 0 }, { 0 }, 8, 80, { 5, 2 } },
		{ 1, { 1 << 20 }, { 1 << 20 }, { 0 }, { 0 }, 8, 65536,
			{ 8192 } },
		{ 2, { 100, 100 }, { 100, 100 }, { 0 }, { 0 }, 1, 1024,
			{ 32, 32 } },
		/* two of 8 bytes together; the larger of two apart */
		{ 1, { 8192 }, { 8192 }, { 0 }, { 0 }, 16, 65536, { 4096 } },
		{ 1, { 8192 }, { 8192 }, { 0 }, { 0 }, 8, 32768, { 4096 } },
		{ 2, { 100, 100 }, { 10, 25 }, { 0 }, { 0 }, 8, 8000,
			{ 20, 50 } },
		{ 3, { 365, 100, 200 }, { 31, 100, 200 }, { 365 }, { 0 }, 4,
			292000, { 365, 10, 20 } },
		/* all fits; nothing is free; one element */
		{ 2, { 5, 4 }, { 1, 1 }, { 0 }, { 0 }, 8, 160, { 5, 4 } },
		{ 2, { 5, 4 }, { 5, 4 }, { 5, 2 }, { 0 }, 8, 80, { 5, 2 } },
		{ 2, { 5, 4 }, { 5, 4 }, { 0 }, { 0 }, 8, 8, { 1, 1 } },
		{ 0, { 0 }, { 0 }, { 0 }, { 0 }, 8, 8, { 0 } },
		/* multiples of what was there, if it grows */
		{ 1, { 100 }, { 7 }, { 0 }, { 0 }, 1, 20, { 14 } },
		/* without end along an axis that grows */
		{ 3, { G, 720, 1440 }, { 1, 720, 1440 }, { 0 }, { 0 }, 2,
			100000000, { 48, 720, 1440 } },
		/* one step is larger: what is left goes to the others */
		{ 3, { G, 720, 1440 }, { 1, 720, 1440 }, { 0 }, { 0 }, 2,
			500000, { 1, 353, 707 } },
		{ 2, { G, G }, { 10, 10 }, { 0 }, { 0 }, 1, 400, { 20, 20 } },
	};

	(void)state;
	check(cases, N(cases), chunking_fit);
}

/* By trial of all combinations, in fractions. */
static void even_lengths_divide(void **state)
{
	static const struct given cases[] = {
		{ 2, { 720, 1440 }, { 720, 1440 }, { 0 }, { 0 }, 4, 200000,
			{ 240, 240 } },
		{ 2, { 721, 1440 }, { 721, 1440 }, { 0 }, { 0 }, 4, 1000000,
			{ 721, 480 } },
		{ 3, { 1001, 1001, 12 }, { 1001, 1001, 12 }, { 0 }, { 1, 1, 4 },
			8, 80000, { 11, 77, 12 } },
		{ 3, { G, 180, 360 }, { 1, 180, 360 }, { 0 }, { 10, 1, 1 }, 4,
			150000000, { 1736, 180, 120 } },
		{ 3, { G, 720, 1440 }, { 31, 720, 1440 }, { 0 }, { 0 }, 2,
			100000000, { 372, 360, 360 } },
		{ 3, { G, 100, 100 }, { 1, 100, 100 }, { 0 }, { 0 }, 2, 1000000,
			{ 100, 50, 100 } },
		/* nothing divides: the proportion itself */
		{ 2, { 10007, 10007 }, { 10007, 10007 }, { 0 }, { 0 }, 1,
			1000000, { 1000, 1000 } },
		{ 2, { 10007, 10007 }, { 10007, 10007 }, { 0 }, { 4, 1 }, 1,
			1000000, { 2000, 500 } },
		/* with a length that is set */
		{ 2, { 720, 1440 }, { 720, 1440 }, { 0, 1440 }, { 0 }, 4,
			1000000, { 180, 1440 } },
		{ 2, { 5, 4 }, { 5, 4 }, { 0 }, { 0 }, 8, 160, { 5, 4 } },
	};

	(void)state;
	check(cases, N(cases), chunking_even);
}

static void what_cannot_be_is_refused(void **state)
{
	static const struct given cases[] = {
		{ 1, { 10 }, { 10 }, { 0 }, { 0 }, 8, 5, { 0 } },
		{ 2, { 10, 10 }, { 10, 10 }, { 10 }, { 0 }, 8, 53, { 0 } },
		{ 2, { INT64_MAX, INT64_MAX }, { 1, 1 },
			{ INT64_MAX, INT64_MAX }, { 0 }, 8, 1 << 30, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct chunking_axis axes[4];
		struct chunking_size s = size_of(&cases[i], axes);

		assert_false(chunking_fit(&s));
		s = size_of(&cases[i], axes);
		assert_false(chunking_even(&s));
	}
}

/* Numbers without pattern, the same in every run. */
static uint64_t draw(uint64_t most)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % most + 1;
}

static void a_chunk_is_never_larger_than_asked(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct chunking_axis axes[4];
		struct chunking_size s = { .ndim = (unsigned)draw(4),
			.axes = axes,
			.item = draw(16),
			.bytes = draw(INT32_MAX - 16),
			.tolerance = 0.5 };
		uint64_t bytes = s.item;

		s.bytes = s.bytes < s.item ? s.item : s.bytes;
		for (unsigned k = 0; k < s.ndim; k++) {
			uint64_t len = draw(10000);

			axes[k] = (struct chunking_axis){ true,
				draw(4) == 1 ? CHUNKING_GROWS : len, draw(len),
				draw(20), 0 };
		}
		assert_true(chunking_fit(&s));
		for (unsigned k = 0; k < s.ndim; k++) {
			assert_in_range(axes[k].chunk, 1, axes[k].len);
			bytes *= axes[k].chunk;
		}
		assert_in_range(bytes, s.item, s.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_keep_the_aspect),
		cmocka_unit_test(even_lengths_divide),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(a_chunk_is_never_larger_than_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
