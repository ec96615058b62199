/* SPDX-License-Identifier: Apache-2.0 */
/* How large regions are, and how often that decodes a source chunk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "archive.h"
#include "plan/plan_steps.h"

#define MIB(n) ((uint64_t)(n) << 20)

static struct arena arena = ARENA_INIT;

/* An array of float64 by hand. */
static struct array array_of(unsigned ndim, uint64_t *shape, uint64_t *chunk,
	int concat)
{
	int *of = ARENA_NEW(&arena, int, ndim);

	for (unsigned i = 0; i < ndim; i++)
		of[i] = (int)i == concat ? 0 : -1;
	return (struct array){ .name = "v",
		.concat = of,
		.ndim = ndim,
		.shape = shape,
		.chunk_shape = chunk,
		.concat_axis = concat,
		.itemsize = 8 };
}

static void regions_are_thick_enough_and_not_too_wide(void **state)
{
	static const struct {
		unsigned ndim;
		uint64_t shape[3], chunk[3], want[3];
		int concat;
	} cases[] = {
		/* a slab of 8 MB is enough */
		{ 3, { 50, 1000, 1000 }, { 1, 1000, 1000 }, { 1, 1000, 1000 },
			0 },
		/* 80 kB a chunk: 53 make 4 MiB */
		{ 3, { 500, 100, 100 }, { 1, 100, 100 }, { 53, 100, 100 }, 0 },
		/* the total length does not matter */
		{ 3, { 1, 100, 100 }, { 1, 100, 100 }, { 53, 100, 100 }, 0 },
		/* at most 1024 objects */
		{ 1, { 100000, 0, 0 }, { 1, 0, 0 }, { 1024, 0, 0 }, 0 },
		{ 2, { 100000, 512, 0 }, { 1, 1, 0 }, { 2, 512, 0 }, 0 },
		/* 800 MB slab: cut across, slowest axis first */
		{ 3, { 50, 10000, 1000 }, { 10, 100, 1000 }, { 10, 700, 1000 },
			0 },
		/* never below a chunk */
		{ 2, { 20000, 20000, 0 }, { 10000, 10000, 0 },
			{ 10000, 10000, 0 }, -1 },
		/* the concat axis need not be the first */
		{ 2, { 1000, 500, 0 }, { 1000, 10, 0 }, { 1000, 530, 0 }, 1 },
		{ 0, { 0 }, { 0 }, { 0 }, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t shape[3], chunk[3], steps[3];
		struct array t =
			array_of(cases[i].ndim, shape, chunk, cases[i].concat);

		memcpy(shape, cases[i].shape, sizeof(shape));
		memcpy(chunk, cases[i].chunk, sizeof(chunk));
		plan_steps(&t, &(struct plan_means){ NULL, MIB(512) }, steps);
		for (unsigned k = 0; k < t.ndim; k++)
			if (steps[k] != cases[i].want[k])
				fail_msg("case %zu, axis %u: %llu", i, k,
					(unsigned long long)steps[k]);
	}
}

static void small_cells_do_not_draw_on_all_files(void **state)
{
	static const struct {
		uint64_t chunk, of_file, want;
	} cases[] = {
		{ 100, 1, 1000 },      /* ten chunks of a thousand files */
		{ 100, 30, 30700 },    /* of a month each */
		{ 5000, 1, 5000 },     /* never below a chunk */
		{ 100, 1000, 102400 }, /* 1024 objects come first */
		{ 100, 0, 102400 },    /* nothing is known */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t shape[3] = { 1000000 }, chunk[3] = { cases[i].chunk };
		uint64_t of_file[3] = { cases[i].of_file }, steps[3];
		struct array t = array_of(1, shape, chunk, 0);
		struct chunk_table source = { .ndim = 1,
			.shape = of_file,
			.chunk_shape = of_file,
			.codecs = archive_parse(&arena, "[]") };

		plan_steps(&t, &(struct plan_means){ &source, MIB(512) },
			steps);
		assert_int_equal(steps[0], cases[i].want);
	}
}

/* Pairs of a region and a source chunk that meet, counted one by one. */
static double counted(uint64_t n, uint64_t step, uint64_t chunk)
{
	uint64_t pairs = 0;

	for (uint64_t i = 0; i < n; i++)
		pairs += i % step == 0 || i % chunk == 0;
	return (double)pairs / (double)((n + chunk - 1) / chunk);
}

static void decodes_are_what_can_be_counted(void **state)
{
	struct chunk_table source = { .ndim = 2,
		.codecs = archive_parse(&arena, "[{'name':'zlib'}]") };

	(void)state;
	for (uint64_t seed = 1; seed < 3000; seed++) {
		uint64_t n = seed % 97 + 1, step = seed % 13 + 1;
		uint64_t chunk = seed % 29 + 1, fit = chunk < n ? chunk : n;
		uint64_t shape[3] = { n, 50 }, chunks[3] = { 1, 1 };
		uint64_t source_chunk[2] = { chunk, 10 };
		uint64_t source_shape[2] = { n, 50 }, steps[2] = { step, 25 };
		struct array t = array_of(2, shape, chunks, -1);
		double want = counted(n, step, fit) * counted(50, 25, 10), got;

		source.shape = source_shape;
		source.chunk_shape = source_chunk;
		got = plan_steps_decodes(&t, &source, steps);
		if (got < want - 1e-9 || got > want + 1e-9)
			fail_msg("%d cut by %d and %d: %f, not %f", (int)n,
				(int)step, (int)chunk, got, want);
		/* as if it had no end: so many that the end is no matter */
		source_shape[0] = chunk;
		t = array_of(2, shape, chunks, 0);
		got = plan_steps_decodes(&t, &source, steps);
		want = counted(step * chunk * 8, step, chunk) *
			counted(50, 25, 10);
		if (got < want - 1e-9 || got > want + 1e-9)
			fail_msg("without end by %d and %d: %f, not %f",
				(int)step, (int)chunk, got, want);
	}
}

static void wide_source_chunks_are_decoded_seldom(void **state)
{
	static const struct {
		const char *codecs;
		uint64_t shape[3], chunk[3], source_shape[3], source[3];
		uint64_t most, want[3];
		int decodes;
	} cases[] = {
		/* 757 MB fit, then half, then a bit more than a third */
		{ "[{'name':'zlib'}]", { 365, 720, 1440 }, { 365, 90, 90 },
			{ 1, 720, 1440 }, { 1, 720, 1440 }, MIB(900),
			{ 365, 720, 1440 }, 1 },
		{ "[{'name':'zlib'}]", { 365, 720, 1440 }, { 365, 90, 90 },
			{ 1, 720, 1440 }, { 1, 720, 1440 }, MIB(400),
			{ 365, 360, 1440 }, 2 },
		{ "[{'name':'zlib'}]", { 365, 720, 1440 }, { 365, 90, 90 },
			{ 1, 720, 1440 }, { 1, 720, 1440 }, MIB(300),
			{ 365, 270, 1440 }, 3 },
		/* nothing fits: never below a chunk */
		{ "[{'name':'zlib'}]", { 365, 720, 1440 }, { 365, 90, 90 },
			{ 1, 720, 1440 }, { 1, 720, 1440 }, 0, { 365, 90, 90 },
			128 },
		/* cut only where that costs nothing */
		{ "[{'name':'zlib'}]", { 365, 720, 1440 }, { 365, 90, 90 },
			{ 1, 90, 1440 }, { 1, 90, 1440 }, MIB(300),
			{ 365, 90, 1440 }, 1 },
		/* bytes that are not encoded are read where they lie */
		{ "[]", { 365, 720, 1440 }, { 365, 90, 90 }, { 1, 720, 1440 },
			{ 1, 720, 1440 }, MIB(900), { 365, 90, 720 }, 1 },
		/* long source chunks, short target chunks */
		{ "[{'name':'zlib'}]", { 360, 720, 1440 }, { 20, 720, 1440 },
			{ 120, 720, 1440 }, { 120, 720, 1440 }, MIB(512),
			{ 120, 720, 1440 }, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t shape[3], chunk[3], steps[3], of[2][3];
		struct array t = array_of(3, shape, chunk, 0);
		struct chunk_table source = { .ndim = 3,
			.shape = of[0],
			.chunk_shape = of[1],
			.codecs = archive_parse(&arena, cases[i].codecs) };

		memcpy(shape, cases[i].shape, sizeof(shape));
		memcpy(chunk, cases[i].chunk, sizeof(chunk));
		memcpy(of[0], cases[i].source_shape, sizeof(of[0]));
		memcpy(of[1], cases[i].source, sizeof(of[1]));
		t.itemsize = 2;
		plan_steps(&t, &(struct plan_means){ &source, cases[i].most },
			steps);
		for (unsigned k = 0; k < 3; k++)
			if (steps[k] != cases[i].want[k])
				fail_msg("case %zu, axis %u: %llu", i, k,
					(unsigned long long)steps[k]);
		assert_int_equal(plan_steps_decodes(&t, &source, steps),
			cases[i].decodes);
	}
}

static int teardown(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions_are_thick_enough_and_not_too_wide),
		cmocka_unit_test(small_cells_do_not_draw_on_all_files),
		cmocka_unit_test(decodes_are_what_can_be_counted),
		cmocka_unit_test(wide_source_chunks_are_decoded_seldom),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
