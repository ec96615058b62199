/* SPDX-License-Identifier: Apache-2.0 */
/* Chunk grids: numbers, places, walks, keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "chunk/grid.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void counts_chunks(void **state)
{
	static const uint64_t cases[][3] = {
		/* shape, chunk, chunks */
		{ 10, 3, 4 },
		{ 9, 3, 3 },
		{ 1, 512, 1 },
		{ 0, 5, 0 },
		{ 0, 0, 0 },
		{ UINT64_MAX, 2, UINT64_C(1) << 63 },
	};
	const uint64_t shape[] = { UINT64_C(1) << 40, UINT64_C(1) << 40 };
	const uint64_t chunk[] = { 1, 1 };
	struct grid g = { 2, shape, chunk };
	uint64_t n = 7;

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_true(grid_axis_chunks(cases[i][0], cases[i][1]) ==
			cases[i][2]);
	assert_false(grid_chunks(&g, &n));
	assert_int_equal(n, 7);
	g.ndim = 0;
	assert_true(grid_chunks(&g, &n));
	assert_int_equal(n, 1);
}

static void numbers_chunks_in_c_order(void **state)
{
	const uint64_t shape[] = { 10, 7, 4 }, chunk[] = { 3, 3, 4 };
	const uint64_t at[] = { 2, 1, 0 };
	struct grid g = { 3, shape, chunk };
	struct box b;

	(void)state;
	assert_int_equal(grid_index(&g, at), 7);
	grid_chunk_box(&g, at, &b);
	assert_int_equal(b.start[0], 6);
	assert_int_equal(b.start[1], 3);
	assert_int_equal(b.start[2], 0);
	assert_memory_equal(b.count, chunk, sizeof(chunk));
}

static void walks_the_chunks_that_a_box_touches(void **state)
{
	const uint64_t shape[] = { 10, 7 }, chunk[] = { 3, 3 };
	const uint64_t start[] = { 2, 3 }, count[] = { 2, 4 };
	static const uint64_t want[][2] = {
		{ 0, 1 },
		{ 0, 2 },
		{ 1, 1 },
		{ 1, 2 },
	};
	struct grid g = { 2, shape, chunk };
	struct box b = box_of(2, start, count);
	struct grid_walk w;
	uint64_t at[2];
	size_t n = 0;

	(void)state;
	for (bool more = grid_walk_begin(&w, &g, &b); more;
		more = grid_walk_next(&w)) {
		assert_true(n < N(want));
		assert_memory_equal(w.at, want[n], 16);
		grid_walk_nth(&w, n, at);
		assert_memory_equal(at, want[n++], 16);
	}
	assert_int_equal(grid_walk_count(&w), N(want));
	assert_int_equal(n, N(want));
	b.count[1] = 0;
	assert_false(grid_walk_begin(&w, &g, &b));
	g.ndim = b.ndim = 0;
	assert_true(grid_walk_begin(&w, &g, &b));
	assert_false(grid_walk_next(&w));
	assert_int_equal(grid_walk_count(&w), 1);
	w = (struct grid_walk){ .ndim = 2, .last = { UINT64_MAX - 1, 1 } };
	assert_true(grid_walk_count(&w) == UINT64_MAX);
}

static void spells_keys(void **state)
{
	static const struct {
		struct grid_key how;
		unsigned ndim;
		const char *want;
	} cases[] = {
		{ { false, '/' }, 3, "c/0/12/1844674407370955161" },
		{ { false, '.' }, 2, "c.0.12" },
		{ { true, '.' }, 3, "0.12.1844674407370955161" },
		{ { true, '/' }, 2, "0/12" },
		{ { false, '/' }, 0, "c" },
		{ { true, '.' }, 0, "0" },
	};
	const uint64_t at[] = { 0, 12, UINT64_MAX / 10 };
	struct buf key = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		buf_reset(&key);
		grid_key_text(&key, cases[i].how, cases[i].ndim, at);
		assert_string_equal(key.data, cases[i].want);
	}
	buf_release(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_chunks),
		cmocka_unit_test(numbers_chunks_in_c_order),
		cmocka_unit_test(walks_the_chunks_that_a_box_touches),
		cmocka_unit_test(spells_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
