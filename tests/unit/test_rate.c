/* SPDX-License-Identifier: Apache-2.0 */
/* However the bytes are cut, the rate holds, and no wait is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/rate.h"

/* ms to take n pieces of size bytes, waiting where one must. */
static int64_t take(struct rate *r, uint64_t n, uint64_t size)
{
	int64_t now = 1000, start = now;

	while (n-- > 0) {
		now += rate_wait(r, now);
		rate_spend(r, size, now);
	}
	return now + rate_wait(r, now) - start;
}

static void test_holds(void **state)
{
	static const uint64_t rates[] = { 1000, 12345, 1000000, 1 << 29 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct rate small = { .per_second = rates[i] };
		struct rate large = { .per_second = rates[i] };
		int64_t ms = take(&small, 1000, rates[i] / 100);

		assert_in_range(ms, 9700, 10100);
		ms = take(&large, 2, 5 * rates[i]);
		assert_in_range(ms, 9700, 10100);
	}
}

static void test_idle_saves_little(void **state)
{
	struct rate r = { .per_second = 1000 };

	(void)state;
	rate_spend(&r, 0, 1000);
	assert_int_equal(rate_wait(&r, 100000), 0);
	rate_spend(&r, 1250, 100000);
	assert_int_equal(rate_wait(&r, 100000), 1000);
	assert_int_equal(rate_wait(&r, 100999), 1);
	assert_int_equal(rate_wait(&r, 101000), 0);
}

static void test_bounds(void **state)
{
	struct rate none = { .per_second = 0 }, r = { .per_second = 1 };

	(void)state;
	rate_spend(&none, UINT64_MAX, 5);
	assert_int_equal(rate_wait(&none, 5), 0);
	rate_spend(&r, UINT64_MAX, 5);
	assert_int_equal(rate_wait(&r, 5), RATE_MAX_MS);
	assert_int_equal(rate_wait(&r, 5 + RATE_MAX_MS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_idle_saves_little),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
