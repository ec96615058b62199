/* SPDX-License-Identifier: Apache-2.0 */
/* Arenas, growing buffers and failures as values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/num.h"

static void arena_gives_zeroed_aligned_memory(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t n = 0; n < 3000; n += 7) {
		unsigned char *p = arena_alloc(&a, n, 1);

		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	arena_reset(&a);
	assert_int_equal(a.size, 0);
	assert_int_equal(*(char *)arena_alloc(&a, 1, 1), 0);
	arena_release(&a);
}

static void arena_lists_grow_with_what_they_hold(void **state)
{
	struct arena a = ARENA_INIT;
	uint64_t *at = NULL, *old;
	size_t cap = 0;

	(void)state;
	for (uint64_t n = 0; n < 1000; n++) {
		old = at;
		at = arena_grow(&a, at, n, &cap, sizeof(*at));
		assert_true(n < cap && cap <= 16 + 2 * n);
		if (n % 16 != 0)
			assert_ptr_equal(at, old);
		at[n] = n;
	}
	for (uint64_t n = 0; n < 1000; n++)
		assert_int_equal(at[n], n);
	arena_release(&a);
}

static int order[2], norder;

static void note(void *p)
{
	order[norder++] = *(int *)p;
}

static void arena_runs_hooks_last_first(void **state)
{
	struct arena a = ARENA_INIT;
	int one = 1, two = 2;

	(void)state;
	norder = 0;
	arena_defer(&a, note, &one);
	arena_defer(&a, note, &two);
	arena_reset(&a);
	assert_int_equal(norder, 2);
	assert_int_equal(order[0], 2);
	assert_int_equal(order[1], 1);
	arena_release(&a);
	assert_int_equal(norder, 2);
}

static void buffer_grows_and_ends_with_nul(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%d,", i);
	assert_int_equal(b.len, strlen(b.data));
	assert_int_equal(b.len, 10 * 2 + 90 * 3 + 900 * 4);
	buf_reset(&b);
	assert_string_equal(b.data, "");
	buf_add(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	buf_release(&b);
	assert_null(b.data);
}

static void first_cause_is_kept_and_context_goes_in_front(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(err_set(&e, ERR_DATA, "cannot read '%s'", "x"), -1);
	err_set(&e, ERR_FAIL, "later");
	err_in(&e, "key %s=%d", "time", 3);
	assert_int_equal(e.kind, ERR_DATA);
	assert_string_equal(e.msg, "key time=3: cannot read 'x'");
	err_clear(&e);
	errno = ENOENT;
	err_sys(&e, "cannot open '%s'", "y");
	assert_int_equal(e.kind, ERR_FAIL);
	assert_string_equal(e.msg,
		"cannot open 'y': No such file or directory");
}

static void long_messages_are_cut_not_overrun(void **state)
{
	struct err e = ERR_INIT;
	char text[4000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&e, ERR_DATA, "%s", text);
	err_in(&e, "where");
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
	assert_memory_equal(e.msg, "where: xxx", 10);
}

static void sizes_that_overflow_are_refused(void **state)
{
	const uint64_t big[] = { UINT64_MAX / 2, 3 };
	const uint64_t fine[] = { 2, 3, 4 };
	uint64_t v = 9;

	(void)state;
	assert_false(num_product(big, 2, &v));
	assert_false(num_add(UINT64_MAX, 1, &v));
	assert_false(num_mul(UINT64_MAX, 2, &v));
	assert_true(v == 9);
	assert_true(num_product(fine, 3, &v));
	assert_true(v == 24);
	assert_true(num_product(fine, 0, &v));
	assert_true(v == 1);
	assert_true(num_ceil_div(UINT64_MAX, 2) == UINT64_MAX / 2 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(arena_lists_grow_with_what_they_hold),
		cmocka_unit_test(arena_runs_hooks_last_first),
		cmocka_unit_test(buffer_grows_and_ends_with_nul),
		cmocka_unit_test(first_cause_is_kept_and_context_goes_in_front),
		cmocka_unit_test(long_messages_are_cut_not_overrun),
		cmocka_unit_test(sizes_that_overflow_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
