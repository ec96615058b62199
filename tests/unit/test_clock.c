/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as text: leap days, before 1970, too far away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"

static const struct {
	int64_t seconds;
	long nanoseconds;
	const char *text;
} times[] = {
	{ 0, 0, "1970-01-01T00:00:00.000000000Z" },
	{ 1704164645, 123456789, "2024-01-02T03:04:05.123456789Z" },
	{ 951782400, 1, "2000-02-29T00:00:00.000000001Z" },
	{ -1, 999999999, "1969-12-31T23:59:59.999999999Z" },
	{ 253402300799, 0, "9999-12-31T23:59:59.000000000Z" },
	{ 253402300800, 0, "" },
	{ INT64_MAX, 0, "" },
};

static void test_times(void **state)
{
	char text[CLOCK_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		clock_text(times[i].seconds, times[i].nanoseconds, text);
		assert_string_equal(text, times[i].text);
	}
}

static void test_now(void **state)
{
	char text[CLOCK_TEXT];

	(void)state;
	clock_now(text);
	assert_int_equal(text[4], '-');
	assert_int_equal(text[29], 'Z');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
