/* SPDX-License-Identifier: Apache-2.0 */
/* How long until the next try, and when there is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/retry.h"

static void pauses_are_drawn_below_a_limit_that_doubles(void **state)
{
	static const int64_t limits[] = { 1000, 2000, 4000, 8000, 16000, 32000,
		60000, 60000 };
	struct retry r = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct retry before = r;
		struct retry_try t = { .most = 8,
			.random = (uint64_t)limits[i] - 1 };
		int64_t pause = 0;

		assert_true(retry_again(&r, &t, &pause));
		assert_int_equal(pause, 20 + limits[i] - 1);
		t.random = 0;
		r = before;
		assert_true(retry_again(&r, &t, &pause));
		assert_int_equal(pause, 20);
	}
}

static void there_is_an_end(void **state)
{
	const struct retry_try t = { .most = 2 };
	struct retry r = { 0 };
	int64_t pause;

	(void)state;
	assert_true(retry_again(&r, &t, &pause));
	assert_true(retry_again(&r, &t, &pause));
	assert_false(retry_again(&r, &t, &pause));
	assert_int_equal(r.tries, 2);
}

static void what_brought_a_megabyte_does_not_count(void **state)
{
	struct retry_try t = { .most = 1, .kept = 1 << 20 };
	struct retry r = { 0 };
	int64_t pause;

	(void)state;
	assert_true(retry_again(&r, &t, &pause));
	t.kept = 2 << 20;
	assert_true(retry_again(&r, &t, &pause));
	t.kept += (1 << 20) - 1;
	assert_false(retry_again(&r, &t, &pause));
}

static void the_server_is_obeyed_up_to_five_minutes(void **state)
{
	struct retry_try t = { .most = 9, .retry_after = 7, .random = 999 };
	struct retry r = { 0 };
	int64_t pause;

	(void)state;
	assert_true(retry_again(&r, &t, &pause));
	assert_in_range(pause, 7000, 7250);
	t.retry_after = 86400;
	assert_true(retry_again(&r, &t, &pause));
	assert_in_range(pause, 300000, 300250);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pauses_are_drawn_below_a_limit_that_doubles),
		cmocka_unit_test(there_is_an_end),
		cmocka_unit_test(what_brought_a_megabyte_does_not_count),
		cmocka_unit_test(the_server_is_obeyed_up_to_five_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
