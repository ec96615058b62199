/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts of bytes: the units, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/size.h"

static void sizes_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} cases[] = {
		{ "1", 1 },
		{ "300000", 300000 },
		{ "80B", 80 },
		{ "1kB", 1000 },
		{ "1KB", 1000 },
		{ "1KiB", 1024 },
		{ "100MB", 100000000 },
		{ "64MiB", 67108864 },
		{ "1 GB", 1000000000 },
		{ "1.5GiB", 1610612736 },
		{ "0.5kb", 500 },
		{ "1.0009kB", 1000 },
		{ "2TB", 2000000000000 },
		{ "1TiB", 1099511627776 },
		{ "9223372036854775807", INT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t got = 0;

		if (!size_parse(cases[i].text, &got) || got != cases[i].bytes)
			fail_msg("'%s' is %llu", cases[i].text,
				(unsigned long long)got);
	}
}

static void what_is_no_size_is_refused(void **state)
{
	static const char *const cases[] = { "", "MB", "-1MB", "+1", "1,5MB",
		"1.", ".5MB", "1.MB", "100M", "100 XB", "1e6", "1MB ", " 1MB",
		"auto", "0", "0MB", "0.1B", "9223372036854775808", "9999999TiB",
		"99999999999999999999", "0.00000000000000000000001TB", "1MBs" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t got = 7;

		if (size_parse(cases[i], &got) || got != 7)
			fail_msg("'%s' is taken for %llu", cases[i],
				(unsigned long long)got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_read),
		cmocka_unit_test(what_is_no_size_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
