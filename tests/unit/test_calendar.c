/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars, against numbers computed by Python's cftime 1.6.6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/calendar.h"

/* cftime.date2num(.., "days since 1970-01-01", calendar), and how far that is
 * from the first of January, counted from 1 */
static const struct {
	enum calendar cal;
	int year, month, day, number, day_of_year;
} truth[] = {
	{ CALENDAR_STANDARD, 1, 1, 1, -719164, 1 },
	{ CALENDAR_STANDARD, 4, 2, 29, -718010, 60 },
	{ CALENDAR_STANDARD, 100, 3, 1, -682945, 61 },
	{ CALENDAR_STANDARD, 1582, 10, 4, -141428, 277 },
	{ CALENDAR_STANDARD, 1582, 10, 15, -141427, 278 },
	{ CALENDAR_STANDARD, 1582, 12, 30, -141351, 354 },
	{ CALENDAR_STANDARD, 1700, 3, 1, -98556, 60 },
	{ CALENDAR_STANDARD, 1900, 2, 28, -25509, 59 },
	{ CALENDAR_STANDARD, 1900, 3, 1, -25508, 60 },
	{ CALENDAR_STANDARD, 1969, 12, 30, -2, 364 },
	{ CALENDAR_STANDARD, 1970, 1, 1, 0, 1 },
	{ CALENDAR_STANDARD, 2000, 2, 28, 11015, 59 },
	{ CALENDAR_STANDARD, 2000, 12, 30, 11321, 365 },
	{ CALENDAR_STANDARD, 2024, 3, 1, 19783, 61 },
	{ CALENDAR_STANDARD, 2100, 3, 1, 47541, 60 },
	{ CALENDAR_STANDARD, 9999, 12, 30, 2932895, 364 },
	{ CALENDAR_STANDARD, 2478, 5, 22, 185685, 142 },
	{ CALENDAR_STANDARD, 1664, 6, 19, -111594, 171 },
	{ CALENDAR_STANDARD, 2776, 1, 14, 294398, 14 },
	{ CALENDAR_STANDARD, 6665, 2, 4, 1714848, 35 },
	{ CALENDAR_STANDARD, 2050, 6, 16, 29386, 167 },
	{ CALENDAR_STANDARD, 9514, 8, 14, 2755614, 226 },
	{ CALENDAR_STANDARD, 3419, 4, 11, 529336, 101 },
	{ CALENDAR_STANDARD, 5498, 6, 14, 1288740, 165 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1, 1, 1, -719162, 1 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 4, 2, 29, -718008, 60 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 100, 3, 1, -682944, 60 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1582, 10, 4, -141438, 277 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1582, 10, 15, -141427, 288 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1582, 12, 30, -141351, 364 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1700, 3, 1, -98556, 60 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1900, 2, 28, -25509, 59 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1900, 3, 1, -25508, 60 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1969, 12, 30, -2, 364 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1970, 1, 1, 0, 1 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 2000, 2, 28, 11015, 59 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 2000, 12, 30, 11321, 365 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 2024, 3, 1, 19783, 61 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 2100, 3, 1, 47541, 60 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 9999, 12, 30, 2932895, 364 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1520, 11, 17, -164039, 322 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 8063, 7, 3, 2225606, 184 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 3381, 10, 8, 515638, 281 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 576, 4, 4, -509054, 95 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1373, 4, 9, -217951, 99 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 4645, 5, 23, 977166, 143 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 4208, 3, 20, 817491, 80 },
	{ CALENDAR_PROLEPTIC_GREGORIAN, 1929, 1, 9, -14967, 9 },
	{ CALENDAR_JULIAN, 1, 1, 1, -719177, 1 },
	{ CALENDAR_JULIAN, 4, 2, 29, -718023, 60 },
	{ CALENDAR_JULIAN, 100, 3, 1, -682958, 61 },
	{ CALENDAR_JULIAN, 1582, 10, 4, -141441, 277 },
	{ CALENDAR_JULIAN, 1582, 10, 15, -141430, 288 },
	{ CALENDAR_JULIAN, 1582, 12, 30, -141354, 364 },
	{ CALENDAR_JULIAN, 1700, 3, 1, -98558, 61 },
	{ CALENDAR_JULIAN, 1900, 2, 28, -25510, 59 },
	{ CALENDAR_JULIAN, 1900, 3, 1, -25508, 61 },
	{ CALENDAR_JULIAN, 1969, 12, 30, -2, 364 },
	{ CALENDAR_JULIAN, 1970, 1, 1, 0, 1 },
	{ CALENDAR_JULIAN, 2000, 2, 28, 11015, 59 },
	{ CALENDAR_JULIAN, 2000, 12, 30, 11321, 365 },
	{ CALENDAR_JULIAN, 2024, 3, 1, 19783, 61 },
	{ CALENDAR_JULIAN, 2100, 3, 1, 47542, 61 },
	{ CALENDAR_JULIAN, 9999, 12, 30, 2932955, 364 },
	{ CALENDAR_JULIAN, 1900, 2, 29, -25509, 60 },
	{ CALENDAR_JULIAN, 1582, 10, 10, -141435, 283 },
	{ CALENDAR_JULIAN, 3834, 4, 19, 680934, 109 },
	{ CALENDAR_JULIAN, 3893, 1, 1, 702376, 1 },
	{ CALENDAR_JULIAN, 4928, 5, 5, 1080534, 126 },
	{ CALENDAR_JULIAN, 5503, 10, 24, 1290724, 297 },
	{ CALENDAR_JULIAN, 7331, 3, 21, 1958184, 80 },
	{ CALENDAR_JULIAN, 4486, 9, 27, 919238, 270 },
	{ CALENDAR_JULIAN, 7093, 3, 6, 1871240, 65 },
	{ CALENDAR_JULIAN, 6649, 12, 28, 1709366, 362 },
	{ CALENDAR_NOLEAP, 1, 1, 1, -718685, 1 },
	{ CALENDAR_NOLEAP, 4, 2, 28, -717532, 59 },
	{ CALENDAR_NOLEAP, 100, 3, 1, -682491, 60 },
	{ CALENDAR_NOLEAP, 1582, 10, 4, -141344, 277 },
	{ CALENDAR_NOLEAP, 1582, 10, 15, -141333, 288 },
	{ CALENDAR_NOLEAP, 1582, 12, 30, -141257, 364 },
	{ CALENDAR_NOLEAP, 1700, 3, 1, -98491, 60 },
	{ CALENDAR_NOLEAP, 1900, 2, 28, -25492, 59 },
	{ CALENDAR_NOLEAP, 1900, 3, 1, -25491, 60 },
	{ CALENDAR_NOLEAP, 1969, 12, 30, -2, 364 },
	{ CALENDAR_NOLEAP, 1970, 1, 1, 0, 1 },
	{ CALENDAR_NOLEAP, 2000, 2, 28, 11008, 59 },
	{ CALENDAR_NOLEAP, 2000, 12, 30, 11313, 364 },
	{ CALENDAR_NOLEAP, 2024, 3, 1, 19769, 60 },
	{ CALENDAR_NOLEAP, 2100, 3, 1, 47509, 60 },
	{ CALENDAR_NOLEAP, 9999, 12, 30, 2930948, 364 },
	{ CALENDAR_NOLEAP, 1984, 12, 5, 5448, 339 },
	{ CALENDAR_NOLEAP, 9509, 7, 12, 2751927, 193 },
	{ CALENDAR_NOLEAP, 3671, 2, 20, 620915, 51 },
	{ CALENDAR_NOLEAP, 850, 9, 7, -408551, 250 },
	{ CALENDAR_NOLEAP, 7151, 3, 6, 1891129, 65 },
	{ CALENDAR_NOLEAP, 1328, 2, 26, -234274, 57 },
	{ CALENDAR_NOLEAP, 4809, 1, 26, 1036260, 26 },
	{ CALENDAR_NOLEAP, 5167, 11, 24, 1167232, 328 },
	{ CALENDAR_ALL_LEAP, 1, 1, 1, -720654, 1 },
	{ CALENDAR_ALL_LEAP, 4, 2, 29, -719497, 60 },
	{ CALENDAR_ALL_LEAP, 100, 3, 1, -684360, 61 },
	{ CALENDAR_ALL_LEAP, 1582, 10, 4, -141731, 278 },
	{ CALENDAR_ALL_LEAP, 1582, 10, 15, -141720, 289 },
	{ CALENDAR_ALL_LEAP, 1582, 12, 30, -141644, 365 },
	{ CALENDAR_ALL_LEAP, 1700, 3, 1, -98760, 61 },
	{ CALENDAR_ALL_LEAP, 1900, 2, 28, -25562, 59 },
	{ CALENDAR_ALL_LEAP, 1900, 3, 1, -25560, 61 },
	{ CALENDAR_ALL_LEAP, 1969, 12, 30, -2, 365 },
	{ CALENDAR_ALL_LEAP, 1970, 1, 1, 0, 1 },
	{ CALENDAR_ALL_LEAP, 2000, 2, 28, 11038, 59 },
	{ CALENDAR_ALL_LEAP, 2000, 12, 30, 11344, 365 },
	{ CALENDAR_ALL_LEAP, 2024, 3, 1, 19824, 61 },
	{ CALENDAR_ALL_LEAP, 2100, 3, 1, 47640, 61 },
	{ CALENDAR_ALL_LEAP, 9999, 12, 30, 2938978, 365 },
	{ CALENDAR_ALL_LEAP, 1900, 2, 29, -25561, 60 },
	{ CALENDAR_ALL_LEAP, 2001, 2, 29, 11405, 60 },
	{ CALENDAR_ALL_LEAP, 6588, 8, 17, 1690417, 230 },
	{ CALENDAR_ALL_LEAP, 891, 11, 6, -394604, 311 },
	{ CALENDAR_ALL_LEAP, 1926, 8, 18, -15874, 231 },
	{ CALENDAR_ALL_LEAP, 5465, 1, 3, 1279172, 3 },
	{ CALENDAR_ALL_LEAP, 9402, 12, 4, 2720450, 339 },
	{ CALENDAR_ALL_LEAP, 1529, 6, 9, -161246, 161 },
	{ CALENDAR_ALL_LEAP, 1408, 11, 25, -205363, 330 },
	{ CALENDAR_ALL_LEAP, 4932, 11, 2, 1084398, 307 },
	{ CALENDAR_360_DAY, 1, 1, 1, -708840, 1 },
	{ CALENDAR_360_DAY, 4, 2, 29, -707702, 59 },
	{ CALENDAR_360_DAY, 100, 3, 1, -673140, 61 },
	{ CALENDAR_360_DAY, 1582, 10, 4, -139407, 274 },
	{ CALENDAR_360_DAY, 1582, 10, 15, -139396, 285 },
	{ CALENDAR_360_DAY, 1582, 12, 30, -139321, 360 },
	{ CALENDAR_360_DAY, 1700, 3, 1, -97140, 61 },
	{ CALENDAR_360_DAY, 1900, 2, 28, -25143, 58 },
	{ CALENDAR_360_DAY, 1900, 3, 1, -25140, 61 },
	{ CALENDAR_360_DAY, 1969, 12, 30, -1, 360 },
	{ CALENDAR_360_DAY, 1970, 1, 1, 0, 1 },
	{ CALENDAR_360_DAY, 2000, 2, 28, 10857, 58 },
	{ CALENDAR_360_DAY, 2000, 12, 30, 11159, 360 },
	{ CALENDAR_360_DAY, 2024, 3, 1, 19500, 61 },
	{ CALENDAR_360_DAY, 2100, 3, 1, 46860, 61 },
	{ CALENDAR_360_DAY, 9999, 12, 30, 2890799, 360 },
	{ CALENDAR_360_DAY, 2001, 2, 30, 11219, 60 },
	{ CALENDAR_360_DAY, 445, 4, 8, -548903, 98 },
	{ CALENDAR_360_DAY, 8408, 9, 23, 2317942, 263 },
	{ CALENDAR_360_DAY, 200, 3, 1, -637140, 61 },
	{ CALENDAR_360_DAY, 8640, 3, 10, 2401269, 70 },
	{ CALENDAR_360_DAY, 2065, 7, 9, 34388, 189 },
	{ CALENDAR_360_DAY, 1790, 7, 4, -64617, 184 },
	{ CALENDAR_360_DAY, 3572, 4, 7, 576816, 97 },
	{ CALENDAR_360_DAY, 3710, 2, 10, 626439, 40 },
};

static void days_are_those_of_cftime(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(truth) / sizeof(truth[0]); i++) {
		struct date d = { .year = truth[i].year,
			.month = truth[i].month,
			.day = truth[i].day };
		struct date back;

		assert_true(calendar_has(truth[i].cal, &d));
		assert_int_equal(calendar_day(truth[i].cal, &d),
			truth[i].number);
		assert_int_equal(calendar_day_of_year(truth[i].cal, &d),
			truth[i].day_of_year);
		calendar_date(truth[i].cal,
			truth[i].number * INT64_C(86400) + 3661, &back);
		assert_int_equal(back.year, d.year);
		assert_int_equal(back.month, d.month);
		assert_int_equal(back.day, d.day);
		assert_int_equal(back.hour, 1);
		assert_int_equal(back.minute, 1);
		assert_int_equal(back.second, 1);
	}
}

static void every_day_follows_the_one_before(void **state)
{
	(void)state;
	for (int cal = CALENDAR_STANDARD; cal <= CALENDAR_360_DAY; cal++) {
		struct date d = { .year = 1, .month = 1, .day = 1 };
		int64_t n = calendar_day((enum calendar)cal, &d);

		for (; d.year < 2101; n++) {
			calendar_date((enum calendar)cal, n * 86400, &d);
			assert_true(calendar_has((enum calendar)cal, &d));
			assert_int_equal(calendar_day((enum calendar)cal, &d),
				n);
		}
	}
}

static void names_are_found(void **state)
{
	static const char *const first[] = { "standard", "standard",
		"proleptic_gregorian", "julian", "noleap", "noleap", "all_leap",
		"all_leap", "360_day" };
	enum calendar cal;

	(void)state;
	for (size_t i = 0; calendar_names[i] != NULL; i++) {
		assert_true(calendar_find(calendar_names[i], &cal));
		assert_string_equal(calendar_name(cal), first[i]);
	}
	assert_false(calendar_find("mayan", &cal));
	assert_false(calendar_find("", &cal));
}

static void dates_are_read(void **state)
{
	static const struct {
		const char *text;
		struct date date;
	} cases[] = {
		{ "1981", { 1981, 1, 1, 0, 0, 0 } },
		{ "0001", { 1, 1, 1, 0, 0, 0 } },
		{ "1981-09", { 1981, 9, 1, 0, 0, 0 } },
		{ "1981-09-01", { 1981, 9, 1, 0, 0, 0 } },
		{ "1981-09-01T06:30", { 1981, 9, 1, 6, 30, 0 } },
		{ "1981-09-01 06:30:07", { 1981, 9, 1, 6, 30, 7 } },
		{ "2000-02-29T23:59:59", { 2000, 2, 29, 23, 59, 59 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		struct date d;

		assert_int_equal(calendar_parse_date(CALENDAR_STANDARD,
					 cases[i].text, &d, &err),
			0);
		assert_memory_equal(&d, &cases[i].date, sizeof(d));
	}
}

static void other_dates_are_refused(void **state)
{
	static const struct {
		enum calendar cal;
		const char *text, *why;
	} cases[] = {
		{ CALENDAR_STANDARD, "", "is not a date" },
		{ CALENDAR_STANDARD, "81-09-01", "is not a date" },
		{ CALENDAR_STANDARD, "1981-9-1", "is not a date" },
		{ CALENDAR_STANDARD, "19810901", "is not a date" },
		{ CALENDAR_STANDARD, "1981-09-01T06", "is not a date" },
		{ CALENDAR_STANDARD, "1981-09-01T06:30:00Z", "is not a date" },
		{ CALENDAR_STANDARD, "1981-09-01 ", "is not a date" },
		{ CALENDAR_STANDARD, "-981-09-01", "is not a date" },
		{ CALENDAR_STANDARD, "1981-02-29", "has no date" },
		{ CALENDAR_STANDARD, "1981-13-01", "has no date" },
		{ CALENDAR_STANDARD, "1981-00-01", "has no date" },
		{ CALENDAR_STANDARD, "1981-09-01T24:00", "has no date" },
		{ CALENDAR_STANDARD, "1582-10-05", "has no date" },
		{ CALENDAR_STANDARD, "1582-10-14", "has no date" },
		{ CALENDAR_STANDARD, "0000-01-01", "has no date" },
		{ CALENDAR_NOLEAP, "2000-02-29", "has no date" },
		{ CALENDAR_360_DAY, "2000-01-31", "has no date" },
		{ CALENDAR_PROLEPTIC_GREGORIAN, "1900-02-29", "has no date" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		struct date d;

		assert_int_equal(calendar_parse_date(cases[i].cal,
					 cases[i].text, &d, &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_non_null(strstr(err.msg, cases[i].why));
	}
}

static void steps_are_read(void **state)
{
	static const struct {
		const char *text;
		struct step step;
	} cases[] = {
		{ "1 day", { 1, STEP_DAY } },
		{ "day", { 1, STEP_DAY } },
		{ "6 hours", { 6, STEP_HOUR } },
		{ "30minutes", { 30, STEP_MINUTE } },
		{ "2 weeks", { 2, STEP_WEEK } },
		{ "3 months", { 3, STEP_MONTH } },
		{ "10 year", { 10, STEP_YEAR } },
		{ "1000000 days", { 1000000, STEP_DAY } },
	};
	static const char *const bad[] = { "", "1", "0 days", "-1 day",
		"1000001 days", "99999999999999999999 days", "1 fortnight",
		"1 dayss", "days 1", " day", "1.5 days" };
	struct err err = ERR_INIT;
	struct step step;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(calendar_parse_step(cases[i].text, &step,
					 &err),
			0);
		assert_int_equal(step.n, cases[i].step.n);
		assert_int_equal(step.unit, cases[i].step.unit);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_clear(&err);
		assert_int_equal(calendar_parse_step(bad[i], &step, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
	}
}

static void steps_are_added(void **state)
{
	static const struct {
		enum calendar cal;
		const char *from;
		struct step step;
		int64_t times;
		const char *to; /* NULL: there is no such date */
	} cases[] = {
		{ CALENDAR_STANDARD, "1582-10-04", { 1, STEP_DAY }, 1,
			"1582-10-15" },
		{ CALENDAR_STANDARD, "1582-09-10", { 1, STEP_MONTH }, 1, NULL },
		{ CALENDAR_STANDARD, "2000-02-28T18:00", { 6, STEP_HOUR }, 1,
			"2000-02-29" },
		{ CALENDAR_NOLEAP, "2000-02-28", { 1, STEP_DAY }, 1,
			"2000-03-01" },
		{ CALENDAR_360_DAY, "2000-12-30", { 1, STEP_DAY }, 1,
			"2001-01-01" },
		{ CALENDAR_STANDARD, "2001-01-31", { 1, STEP_MONTH }, 1, NULL },
		{ CALENDAR_STANDARD, "2001-01-31", { 2, STEP_MONTH }, 1,
			"2001-03-31" },
		{ CALENDAR_STANDARD, "2000-02-29", { 1, STEP_YEAR }, 1, NULL },
		{ CALENDAR_STANDARD, "2000-02-29", { 1, STEP_YEAR }, 4,
			"2004-02-29" },
		{ CALENDAR_STANDARD, "2000-12-15T12:30", { 1, STEP_MONTH }, 13,
			"2002-01-15T12:30" },
		{ CALENDAR_STANDARD, "2000-01-01", { 2, STEP_WEEK }, 3,
			"2000-02-12" },
		{ CALENDAR_STANDARD, "9999-12-31", { 1, STEP_DAY }, 1, NULL },
		{ CALENDAR_STANDARD, "9999-12-31", { 1, STEP_YEAR }, 1, NULL },
		{ CALENDAR_STANDARD, "2000-01-01", { 1000000, STEP_WEEK },
			INT64_MAX, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum calendar cal = cases[i].cal;
		struct date from, to, got;
		struct err err = ERR_INIT;
		bool there;

		assert_int_equal(calendar_parse_date(cal, cases[i].from, &from,
					 &err),
			0);
		there = calendar_add(cal, &from, cases[i].step, cases[i].times,
			&got);
		assert_int_equal(there, cases[i].to != NULL);
		if (!there)
			continue;
		assert_int_equal(calendar_parse_date(cal, cases[i].to, &to,
					 &err),
			0);
		assert_memory_equal(&got, &to, sizeof(to));
	}
}

static void steps_are_counted(void **state)
{
	static const struct {
		const char *from, *stop;
		struct step step;
		int64_t n;
	} cases[] = {
		{ "1981-09-01", "2021-01-05", { 1, STEP_DAY }, 14371 },
		{ "2000-01-01", "2000-01-01", { 1, STEP_DAY }, 0 },
		{ "2000-01-02", "2000-01-01", { 1, STEP_DAY }, -1 },
		{ "2000-01-01", "2000-01-02", { 7, STEP_HOUR }, 3 },
		{ "2000-01-15", "2000-03-14", { 1, STEP_MONTH }, 1 },
		{ "2000-01-15", "2000-03-15", { 1, STEP_MONTH }, 2 },
		{ "2000-01-15T12:00", "2000-03-15", { 1, STEP_MONTH }, 1 },
		{ "2000-01-01", "2010-12-31", { 2, STEP_YEAR }, 5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct date from, stop;
		struct err err = ERR_INIT;

		assert_int_equal(calendar_parse_date(CALENDAR_STANDARD,
					 cases[i].from, &from, &err),
			0);
		assert_int_equal(calendar_parse_date(CALENDAR_STANDARD,
					 cases[i].stop, &stop, &err),
			0);
		assert_int_equal(calendar_steps(CALENDAR_STANDARD, &from, &stop,
					 cases[i].step),
			cases[i].n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_are_those_of_cftime),
		cmocka_unit_test(every_day_follows_the_one_before),
		cmocka_unit_test(names_are_found),
		cmocka_unit_test(dates_are_read),
		cmocka_unit_test(other_dates_are_refused),
		cmocka_unit_test(steps_are_read),
		cmocka_unit_test(steps_are_added),
		cmocka_unit_test(steps_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
