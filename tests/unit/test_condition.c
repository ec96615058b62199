/* SPDX-License-Identifier: Apache-2.0 */
/* Headers that ask for one version of a file, and dates in them.  The days of the week are
 * those of date(1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/condition.h"

#define TIME "2024-01-02T03:04:05.000000000Z"

static void dates_have_the_day_of_the_week(void **state)
{
	static const struct {
		const char *time, *date;
	} cases[] = {
		{ TIME, "Tue, 02 Jan 2024 03:04:05 GMT" },
		{ "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ "2000-02-29T23:59:59Z", "Tue, 29 Feb 2000 23:59:59 GMT" },
		{ "1900-03-01T00:00:00Z", "Thu, 01 Mar 1900 00:00:00 GMT" },
		{ "2100-12-31T12:00:00Z", "Fri, 31 Dec 2100 12:00:00 GMT" },
		{ "9999-06-30T12:00:00Z", "Wed, 30 Jun 9999 12:00:00 GMT" },
	};
	char date[CONDITION_DATE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(condition_date(cases[i].time, date));
		assert_string_equal(date, cases[i].date);
	}
}

/* They come from records, too, and go into requests. */
static void what_is_no_time_is_no_date(void **state)
{
	static const char *const bad[] = { "", "2024", "2024-01-02",
		"2024-01-02T03:04:0", "0000-01-02T03:04:05Z",
		"2024-00-02T03:04:05Z", "2024-13-02T03:04:05Z",
		"2024-01-00T03:04:05Z", "2024-01-32T03:04:05Z",
		"0001-01--9T03:04:05Z", "-001-01-02T03:04:05Z",
		"2024-01-02 03:04:05Z", "2024-01-02T03:04\n05Z",
		"2024-01-02T\r\nX: 5Z", "Tue, 02 Jan 2024 03:04:05 GMT" };
	char date[CONDITION_DATE], header[CONDITION_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (condition_date(bad[i], date))
			fail_msg("'%s' is '%s'", bad[i], date);
		assert_false(condition_unless("", bad[i], header));
		assert_false(condition_only_if("", bad[i], header));
	}
}

/* A weak tag tells whether there is something new, but not that bytes are the same. */
static void tags_go_before_dates(void **state)
{
	static const struct {
		const char *etag, *time, *unless, *only_if;
	} cases[] = {
		{ "\"a\"", TIME, "If-None-Match: \"a\"", "If-Match: \"a\"" },
		{ "W/\"a\"", TIME, "If-None-Match: W/\"a\"",
			"If-Unmodified-Since: Tue, 02 Jan 2024 03:04:05 GMT" },
		{ "W/\"a\"", "", "If-None-Match: W/\"a\"", NULL },
		{ "", TIME, "If-Modified-Since: Tue, 02 Jan 2024 03:04:05 GMT",
			"If-Unmodified-Since: Tue, 02 Jan 2024 03:04:05 GMT" },
		{ "", "", NULL, NULL },
	};
	char header[CONDITION_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool has =
			condition_unless(cases[i].etag, cases[i].time, header);

		assert_int_equal(has, cases[i].unless != NULL);
		if (has)
			assert_string_equal(header, cases[i].unless);
		has = condition_only_if(cases[i].etag, cases[i].time, header);
		assert_int_equal(has, cases[i].only_if != NULL);
		if (has)
			assert_string_equal(header, cases[i].only_if);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_have_the_day_of_the_week),
		cmocka_unit_test(what_is_no_time_is_no_date),
		cmocka_unit_test(tags_go_before_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
