/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build/pool.h"

static struct arena arena = ARENA_INIT;

/* 0: no pool. */
static uint64_t depth(const struct pool *p)
{
	return p == NULL ? 0 : p->depth;
}

/* As many as fit, at least one, and no pool where nothing is known. */
static void memory_is_shared_out(void **state)
{
	static const struct {
		uint64_t machine, need, depth;
	} cases[] = {
		{ 0, 1000, 0 },
		{ 1000, 0, 0 },
		{ 1, 1000, 1 },
		{ 1999, 1000, 1 },
		{ 2000, 1000, 2 },
		{ UINT64_MAX, 1, POOL_MOST },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(depth(pool_of_memory(&arena, cases[i].machine,
					 cases[i].need)),
			cases[i].depth);
	arena_release(&arena);
}

/* Enough of them to use all connections, and no more. */
static void connections_are_shared_out(void **state)
{
	static const struct {
		uint64_t per_host, batch, depth;
	} cases[] = {
		{ 8, 1, 8 },
		{ 8, 3, 3 },
		{ 8, 4, 2 },
		{ 8, 8, 1 },
		{ 8, 1000, 1 },
		{ 1, 1, 1 },
		{ 8, 0, 8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(depth(pool_of_fetches(&arena,
					 cases[i].per_host, cases[i].batch)),
			cases[i].depth);
	arena_release(&arena);
}

static void a_turn_is_a_byte(void **state)
{
	const struct pool *p = pool_of_memory(&arena, 3, 1);
	struct buf text = BUF_INIT;

	(void)state;
	pool_turns(p, &text);
	assert_int_equal(text.len, 3);
	assert_string_equal(pool_file(&arena, p), "pool.memory");
	buf_release(&text);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_shared_out),
		cmocka_unit_test(connections_are_shared_out),
		cmocka_unit_test(a_turn_is_a_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
