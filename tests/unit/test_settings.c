/* SPDX-License-Identifier: Apache-2.0 */
/* Options of pgf-fetch: what they say, and which exclude each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "net/settings.h"

static const struct settings plain = SETTINGS_INIT;

/* As nothing was said, but for what is named. */
#define WITH(...)                           \
	((struct settings){ .per_host = -1, \
		.retries = -1,              \
		.every = -1,                \
		.timeout = 60,              \
		.exec_timeout = 600,        \
		__VA_ARGS__ })
#define NUMBERS(host, again, time, exec)        \
	((struct settings){ .per_host = (host), \
		.retries = (again),             \
		.every = -1,                    \
		.timeout = (time),              \
		.exec_timeout = (exec) })

static void what_is_not_said_is_usual(void **state)
{
	struct settings s = plain;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(settings_check(&s, &err), 0);
	assert_int_equal(s.per_host, 8);
	assert_int_equal(s.retries, 5);
	assert_int_equal(s.timeout, 60);
	assert_int_equal(s.deadline, 0);
	assert_int_equal(s.exec_timeout, 600);
	assert_int_equal(s.least, 0);
	assert_int_equal(s.bytes_per_second, 0);
	assert_int_equal(s.unpack_most, 64000000000);
	assert_int_equal(s.form, METER_AUTO);
	assert_int_equal(s.every, 60);
}

static void amounts_are_read(void **state)
{
	struct settings s = WITH(.speed = "10kB", .rate = "1.5MB",
		.unpack_limit = "1GiB", .progress = "json");
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(settings_check(&s, &err), 0);
	assert_int_equal(s.least, 10000);
	assert_int_equal(s.bytes_per_second, 1500000);
	assert_int_equal(s.unpack_most, 1 << 30);
	assert_int_equal(s.form, METER_JSON);
	assert_int_equal(s.every, 1);
}

static void the_ends_of_ranges_are_taken(void **state)
{
	struct settings cases[] = { NUMBERS(1, 0, 1, 1),
		NUMBERS(256, 1000, 86400, 86400), WITH(.deadline = 316224000),
		WITH(.speed = "4294967295"),
		WITH(.skip_missing = true, .revalidate = true),
		WITH(.verify = true, .remove = true) };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;

		if (settings_check(&cases[i], &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
	}
}

static void other_options_are_misuse(void **state)
{
	const struct {
		struct settings s;
		const char *says;
	} cases[] = {
		{ NUMBERS(0, 5, 60, 600), "--per-host must be 1 to 256" },
		{ NUMBERS(257, 5, 60, 600), "--per-host must be 1 to 256" },
		{ NUMBERS(8, 1001, 60, 600), "--retries must be 0 to 1000" },
		{ NUMBERS(8, 5, 0, 600), "--timeout must be 1 to 86400" },
		{ NUMBERS(8, 5, 86401, 600), "--timeout must be 1 to 86400" },
		{ NUMBERS(8, 5, 60, 0), "--exec-timeout must be 1 to 86400" },
		{ { .per_host = 8, .timeout = 1, .exec_timeout = 1 },
			"--progress-every must be 1 to 86400" },
		{ { .per_host = 8,
			  .timeout = 1,
			  .exec_timeout = 1,
			  .every = 86401 },
			"--progress-every must be 1 to 86400" },
		{ WITH(.deadline = 316224001), "--deadline is years from now" },
		{ WITH(.speed = "fast"), "--least-speed" },
		{ WITH(.speed = "4294967296"), "--least-speed" },
		{ WITH(.rate = "-1"), "--rate must be a size such as '10MB'" },
		{ WITH(.unpack_limit = ""), "--unpack-limit" },
		{ WITH(.progress = "yes"), "--progress" },
		{ WITH(.head = true, .ranges = true), "exclude each other" },
		{ WITH(.head = true, .revalidate = true), "exclude" },
		{ WITH(.verify = true, .revalidate = true), "exclude" },
		{ WITH(.remove = true), "--remove needs --verify" },
		{ WITH(.skip_missing = true, .head = true), "--skip-missing" },
		{ WITH(.skip_missing = true, .ranges = true), "not for" },
		{ WITH(.skip_missing = true, .verify = true), "not for" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct settings s = cases[i].s;
		struct err err = ERR_INIT;

		if (settings_check(&s, &err) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_USAGE);
		if (strstr(err.msg, cases[i].says) == NULL)
			fail_msg("case %zu: %s", i, err.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_is_usual),
		cmocka_unit_test(amounts_are_read),
		cmocka_unit_test(the_ends_of_ranges_are_taken),
		cmocka_unit_test(other_options_are_misuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
