/* SPDX-License-Identifier: Apache-2.0 */
/* Times: references and units against cftime 1.6.6 (num2date, then the exact
 * difference from 1970-01-01), roundings against Python's fractions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/timecode.h"

static struct timecode parsed(const char *units, const char *calendar)
{
	struct err err = ERR_INIT;
	struct timecode t;

	if (timecode_parse(units, calendar, false, &t, &err) < 0)
		fail_msg("%s", err.msg);
	return t;
}

/* Decimal text of 128 bits. */
static timecode_us number(const char *s)
{
	bool negative = *s == '-';
	timecode_us v = 0;

	for (s += negative; *s != '\0'; s++)
		v = 10 * v + (*s - '0');
	return negative ? -v : v;
}

static const struct {
	const char *units, *calendar;
	int value;
	int64_t us;
} instants[] = {
	{ "days since 1-1-1", "standard", 0, INT64_C(-62135769600000000) },
	{ "days since 1-1-1", "standard", 730000, INT64_C(936230400000000) },
	{ "hours since 1582-10-04", "standard", 24,
		INT64_C(-12219292800000000) },
	{ "seconds since 1900-02-28 23:59:59", "standard", 2,
		INT64_C(-2203891199000000) },
	{ "microseconds since 2000-02-28 23:59:59.999999", "standard", 1,
		INT64_C(951782400000000) },
	{ "days since 1600-02-28", "standard", -40000,
		INT64_C(-15127084800000000) },
	{ "minutes since 2100-02-28 12:30", "standard", 1440,
		INT64_C(4107587400000000) },
	{ "milliseconds since 1999-12-30T00:00:00.125", "standard", -250,
		INT64_C(946511999875000) },
	{ "days since 1-1-1", "proleptic_gregorian", 0,
		INT64_C(-62135596800000000) },
	{ "days since 1-1-1", "proleptic_gregorian", 730000,
		INT64_C(936403200000000) },
	{ "hours since 1582-10-04", "proleptic_gregorian", 24,
		INT64_C(-12220156800000000) },
	{ "seconds since 1900-02-28 23:59:59", "proleptic_gregorian", 2,
		INT64_C(-2203891199000000) },
	{ "microseconds since 2000-02-28 23:59:59.999999",
		"proleptic_gregorian", 1, INT64_C(951782400000000) },
	{ "days since 1600-02-28", "proleptic_gregorian", -40000,
		INT64_C(-15127084800000000) },
	{ "minutes since 2100-02-28 12:30", "proleptic_gregorian", 1440,
		INT64_C(4107587400000000) },
	{ "milliseconds since 1999-12-30T00:00:00.125", "proleptic_gregorian",
		-250, INT64_C(946511999875000) },
	{ "days since 1-1-1", "julian", 0, INT64_C(-62136892800000000) },
	{ "days since 1-1-1", "julian", 730000, INT64_C(935107200000000) },
	{ "hours since 1582-10-04", "julian", 24, INT64_C(-12220416000000000) },
	{ "seconds since 1900-02-28 23:59:59", "julian", 2,
		INT64_C(-2203977599000000) },
	{ "microseconds since 2000-02-28 23:59:59.999999", "julian", 1,
		INT64_C(951782400000000) },
	{ "days since 1600-02-28", "julian", -40000,
		INT64_C(-15127344000000000) },
	{ "minutes since 2100-02-28 12:30", "julian", 1440,
		INT64_C(4107587400000000) },
	{ "milliseconds since 1999-12-30T00:00:00.125", "julian", -250,
		INT64_C(946511999875000) },
	{ "days since 1-1-1", "noleap", 0, INT64_C(-62094384000000000) },
	{ "days since 1-1-1", "noleap", 730000, INT64_C(977616000000000) },
	{ "hours since 1582-10-04", "noleap", 24, INT64_C(-12212035200000000) },
	{ "seconds since 1900-02-28 23:59:59", "noleap", 2,
		INT64_C(-2202422399000000) },
	{ "microseconds since 2000-02-28 23:59:59.999999", "noleap", 1,
		INT64_C(951177600000000) },
	{ "days since 1600-02-28", "noleap", -40000,
		INT64_C(-15119308800000000) },
	{ "minutes since 2100-02-28 12:30", "noleap", 1440,
		INT64_C(4104822600000000) },
	{ "milliseconds since 1999-12-30T00:00:00.125", "noleap", -250,
		INT64_C(945907199875000) },
	{ "days since 1-1-1", "all_leap", 0, INT64_C(-62264505600000000) },
	{ "days since 1-1-1", "all_leap", 730000, INT64_C(807494400000000) },
	{ "hours since 1582-10-04", "all_leap", 24,
		INT64_C(-12245472000000000) },
	{ "seconds since 1900-02-28 23:59:59", "all_leap", 2,
		INT64_C(-2208470399000000) },
	{ "microseconds since 2000-02-28 23:59:59.999999", "all_leap", 1,
		INT64_C(953769600000000) },
	{ "days since 1600-02-28", "all_leap", -40000,
		INT64_C(-15151276800000000) },
	{ "minutes since 2100-02-28 12:30", "all_leap", 1440,
		INT64_C(4116054600000000) },
	{ "milliseconds since 1999-12-30T00:00:00.125", "all_leap", -250,
		INT64_C(948499199875000) },
	{ "days since 1-1-1", "360_day", 0, INT64_C(-61243776000000000) },
	{ "days since 1-1-1", "360_day", 730000, INT64_C(1828224000000000) },
	{ "hours since 1582-10-04", "360_day", 24,
		INT64_C(-12044678400000000) },
	{ "seconds since 1900-02-28 23:59:59", "360_day", 2,
		INT64_C(-2172268799000000) },
	{ "microseconds since 2000-02-28 23:59:59.999999", "360_day", 1,
		INT64_C(938131200000000) },
	{ "days since 1600-02-28", "360_day", -40000,
		INT64_C(-14959555200000000) },
	{ "minutes since 2100-02-28 12:30", "360_day", 1440,
		INT64_C(4048576200000000) },
	{ "milliseconds since 1999-12-30T00:00:00.125", "360_day", -250,
		INT64_C(933033599875000) },
	{ "hours since 1970-01-01 00:00:00 +01:00", "standard", 0,
		INT64_C(-3600000000) },
	{ "hours since 1970-01-01T00:00:00Z", "standard", 7,
		INT64_C(25200000000) },
	{ "hours since 1970-01-01 00:00:00 +0130", "standard", 0,
		INT64_C(-5400000000) },
	{ "days since 1970-01-01 -11", "standard", 1, INT64_C(126000000000) },
	{ "h since 1970-1-1 6:5:4.25", "gregorian", -3, INT64_C(11104250000) },
	{ "Hours Since 1970-01-01", "Gregorian", 1, INT64_C(3600000000) },
	{ "secs since 1970-01-01 00:00:00 UTC", "standard", -1,
		INT64_C(-1000000) },
	{ "msecs since 1970-01-01 00:00:00.000001", "standard", 1,
		INT64_C(1001) },
	{ "days since -4713-01-01 12:00:00", "standard", 2440588,
		INT64_C(43200000000) },
	{ "days since -4712-01-01 12:00", "julian", 100,
		INT64_C(-210827620800000000) },
	{ "days since -1-12-31", "standard", 1, INT64_C(-62135769600000000) },
	{ "days since 0-1-1", "proleptic_gregorian", 366,
		INT64_C(-62135596800000000) },
	{ "days since -1-3-1", "noleap", -1, INT64_C(-62152444800000000) },
	{ "days since -400-2-29", "proleptic_gregorian", 0,
		INT64_C(-74784902400000000) },
	{ "days since 12000-02-29", "proleptic_gregorian", 1,
		INT64_C(316521388800000000) },
	{ "months since 1970-03-01", "360_day", 5, INT64_C(18144000000000) },
	{ "common_years since 2000-01-01", "365_day", 2,
		INT64_C(1009152000000000) },
	{ "days since 2001-02-29", "366_day", 0, INT64_C(985392000000000) },
	{ "days since 0000-02-30", "360_day", 1, INT64_C(-61269696000000000) },
	{ "days since 1582-10-15", "standard", -1,
		INT64_C(-12219379200000000) },
	{ "days since 1582-10-04 12:00", "standard", 1,
		INT64_C(-12219249600000000) },
	{ "microseconds since 1582-10-15", "standard", -1,
		INT64_C(-12219292800000001) },
};

static void numbers_are_the_instants_that_cftime_finds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(instants) / sizeof(instants[0]); i++) {
		struct timecode t =
			parsed(instants[i].units, instants[i].calendar);
		timecode_us at = timecode_of_integer(&t, instants[i].value);
		timecode_us back;

		if (at != instants[i].us)
			fail_msg("%d %s (%s): %lld, not %lld",
				instants[i].value, instants[i].units,
				instants[i].calendar, (long long)at,
				(long long)instants[i].us);
		assert_true(timecode_to_integer(&t, at, &back));
		assert_true(back == instants[i].value);
	}
}

static void a_zone_west_of_greenwich_is_later(void **state)
{
	/* CF 4.4's own example; cftime 1.6.6 passes over a zone of one digit.
	 */
	struct timecode west =
		parsed("seconds since 1992-10-8 15:15:42.5 -6:00", "standard");
	struct timecode utc =
		parsed("seconds since 1992-10-08 21:15:42.5", "standard");

	(void)state;
	assert_true(timecode_equal(&west, &utc));
}

static void references_are_read_in_every_spelling(void **state)
{
	static const char *const same[] = {
		"hours since 1970-01-01 00:00:00",
		"hours since 1970-01-01T00:00:00.000000000Z",
		"  hrs   since  1970-1-1 0:0:0.0 ",
		"HOUR SINCE 1970-01-01T00 UTC",
		"h since +1970-01-01 01:00 +1",
		"hr since 1969-12-31 18:00:00 -06:00",
		"hours since 1970-01-01 00:00 GMT",
		"hours since 1970-01-01 +0000",
		"hours since 1970-01-01z",
	};
	struct timecode first = parsed(same[0], "standard");

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct timecode t = parsed(same[i], "Gregorian");

		if (!timecode_equal(&t, &first))
			fail_msg("%s", same[i]);
	}
}

static void reals_are_rounded_to_the_microsecond(void **state)
{
	static const struct {
		const char *unit;
		double value;
		const char *us;
	} cases[] = {
		{ "days", 0x1.999999999999ap-4, "8640000000" },
		{ "days", -0x1.999999999999ap-4, "-8640000000" },
		{ "hours", 0x1.5555555555555p-2, "1200000000" },
		{ "seconds", 0x1.0c6f7a0b5ed8dp-21, "0" },
		{ "seconds", 0x1.92a737110e454p-20, "2" },
		{ "seconds", -0x1.0c6f7a0b5ed8dp-21, "0" },
		{ "seconds", 0x1.56e1fc2f8f359p-997, "0" },
		{ "weeks", 0x0.0000000000001p-1022, "0" },
		{ "days", 0x1.dcd6500400000p+29, "86400000043200000000" },
		{ "days", 0x1.685a03f35ba6ep+19, "63763210666666565" },
		{ "days", -0x1.5f27500000000p+19, "-62135640000000000" },
		{ "microseconds", 0x1.4000000000000p+1, "2" },
		{ "microseconds", 0x1.c000000000000p+1, "4" },
		{ "microseconds", -0x1.4000000000000p+1, "-2" },
		{ "seconds", 0x1.0000000000000p+72,
			"4722366482869645213696000000" },
		{ "microseconds", 0x1.0000000000001p+53, "9007199254740994" },
		{ "weeks", -0x1.0000000000000p+70,
			"-714021812209890356310835200000000" },
		{ "days", 0x1.0c6f7a0b5ed8dp+52,
			"408012464119937328000000000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct timecode t;
		char units[64];
		timecode_us at;

		snprintf(units, sizeof(units), "%s since 1970-01-01",
			cases[i].unit);
		t = parsed(units, "standard");
		assert_true(timecode_of_real(&t, cases[i].value, &at));
		if (at != number(cases[i].us))
			fail_msg("%a %s", cases[i].value, cases[i].unit);
	}
}

static void instants_are_rounded_once_to_doubles(void **state)
{
	static const struct {
		const char *unit, *us;
		double value;
	} cases[] = {
		{ "days", "1", 0x1.9739fdcab50dcp-37 },
		{ "days", "-1", -0x1.9739fdcab50dcp-37 },
		{ "hours", "1", 0x1.316b7e5807ca5p-32 },
		{ "days", "86399999999", 0x1.ffffffffe68c6p-1 },
		{ "weeks", "100000000000000001", 0x1.42eff529fd4a8p+17 },
		{ "seconds", "9007199254740992500000", 0x1.0000000000000p+53 },
		{ "seconds", "9007199254740993000000", 0x1.0000000000000p+53 },
		{ "seconds", "9007199254740993000001", 0x1.0000000000001p+53 },
		{ "seconds", "9007199254740992999999", 0x1.0000000000000p+53 },
		{ "microseconds", "9007199254740993", 0x1.0000000000000p+53 },
		{ "microseconds", "-9007199254740995", -0x1.0000000000002p+53 },
		{ "days", "63072000000000000", 0x1.6472000000000p+19 },
		{ "hours", "-62135596799999993", -0x1.075d6ffffffffp+24 },
		{ "weeks", "706989028075349614", 0x1.1d643570eeff6p+20 },
		{ "days", "307985023998451440", 0x1.b3230bda0990fp+21 },
		{ "days", "-214610514124689834", -0x1.2f366fe682dbdp+21 },
		{ "seconds", "0", 0x0.0p+0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct timecode t;
		char units[64];
		double v;

		snprintf(units, sizeof(units), "%s since 1970-01-01",
			cases[i].unit);
		t = parsed(units, "standard");
		v = timecode_to_real(&t, number(cases[i].us));
		if (memcmp(&v, &cases[i].value, sizeof(v)) != 0)
			fail_msg("%s %s is %a, not %a", cases[i].us,
				cases[i].unit, v, cases[i].value);
	}
}

static const struct {
	const char *units, *calendar, *message;
} refused[] = {
	{ "days", "standard", "'days' is not UNIT since DATE" },
	{ "days after 2000-01-01", "standard",
		"'days after 2000-01-01' is not UNIT since DATE" },
	{ "since 2000-01-01", "standard",
		"'since 2000-01-01' is not UNIT since DATE" },
	{ "days since 2000-01-01", "none", "'none' is no calendar" },
	{ "fortnights since 2000-01-01", "standard",
		"'fortnights since 2000-01-01': 'fortnights' is no "
		"unit of time between microseconds and weeks" },
	{ "nanoseconds since 2000-01-01", "standard",
		"'nanoseconds since 2000-01-01': 'nanoseconds' is no "
		"unit of time between microseconds and weeks" },
	{ "months since 2000-01-01", "noleap",
		"'months since 2000-01-01': 'months' have no fixed "
		"length in the calendar 'noleap'" },
	{ "years since 2000-01-01", "360_day",
		"'years since 2000-01-01': 'years' have no fixed "
		"length in the calendar '360_day'" },
	{ "common_years since 2000-01-01", "standard",
		"'common_years since 2000-01-01': 'common_years' is no "
		"unit of time between microseconds and weeks" },
	{ "days since 0-1-1", "standard",
		"'days since 0-1-1': the calendar 'standard' has no "
		"date '0-1-1'" },
	{ "days since 0-1-1", "julian",
		"'days since 0-1-1': the calendar 'julian' has no date "
		"'0-1-1'" },
	{ "days since 1582-10-10", "standard",
		"'days since 1582-10-10': the calendar 'standard' has "
		"no date '1582-10-10'" },
	{ "days since 2001-02-29", "standard",
		"'days since 2001-02-29': the calendar 'standard' has "
		"no date '2001-02-29'" },
	{ "days since 2000-01-01 24:00", "standard",
		"'days since 2000-01-01 24:00': the calendar "
		"'standard' has no date '2000-01-01 24:00'" },
	{ "days since 2000", "standard",
		"'days since 2000': '2000' is not a date like "
		"2000-01-31 06:00:00.5 +01:00" },
	{ "days since 2000-01-01 00:00:00.0000001", "standard",
		"'days since 2000-01-01 00:00:00.0000001': '2000-01-01 "
		"00:00:00.0000001' is not a date like 2000-01-31 "
		"06:00:00.5 +01:00" },
	{ "days since 2000-01-01 00:00 +530", "standard",
		"'days since 2000-01-01 00:00 +530': '2000-01-01 00:00 "
		"+530' is not a date like 2000-01-31 06:00:00.5 "
		"+01:00" },
	{ "days since 2000-01-01 00:00 CET", "standard",
		"'days since 2000-01-01 00:00 CET': '2000-01-01 00:00 "
		"CET' is not a date like 2000-01-31 06:00:00.5 "
		"+01:00" },
	{ "days since 2000-01-01 +24:00", "standard",
		"'days since 2000-01-01 +24:00': '2000-01-01 +24:00' "
		"is not a date like 2000-01-31 06:00:00.5 +01:00" },
};

static void what_is_no_time_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct err err = ERR_INIT;
		struct timecode t;

		assert_int_equal(timecode_parse(refused[i].units,
					 refused[i].calendar, false, &t, &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, refused[i].message);
	}
}

static void months_are_the_mean_ones_of_udunits_when_asked(void **state)
{
	struct err err = ERR_INIT;
	struct timecode t;

	(void)state;
	/* udunits2 -H year -W seconds: 31556925.9747; month: 2629743.831225 */
	assert_int_equal(timecode_parse("years since 1970-01-01", "standard",
				 true, &t, &err),
		0);
	assert_true(t.unit == INT64_C(31556925974700));
	assert_int_equal(timecode_parse("months since 1970-01-01", "standard",
				 true, &t, &err),
		0);
	assert_true(t.unit == INT64_C(2629743831225));
}

static void the_common_unit_is_one_of_which_all_are_multiples(void **state)
{
	static const struct {
		const char *a, *b, *unit;
	} cases[] = {
		{ "days since 2000-01-01", "days since 1990-05-05", "days" },
		{ "weeks since 2000-01-01", "weeks since 2000-01-08", "days" },
		{ "days since 2000-01-01", "days since 2000-01-01 12:00",
			"hours" },
		{ "days since 2000-01-01", "hours since 2000-01-01", "hours" },
		{ "hours since 2000-01-01", "hours since 2000-01-01 00:30",
			"minutes" },
		{ "days since 2000-01-01 00:00:00.5", "days since 1999-01-01",
			"milliseconds" },
		{ "days since 2000-01-01", "microseconds since 1999-01-01",
			"microseconds" },
		{ "days since 2000-01-01", "seconds since 1999-01-01",
			"seconds" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct timecode a = parsed(cases[i].a, "standard"), one = a;
		struct timecode b = parsed(cases[i].b, "standard");

		one.unit = timecode_common(&a, &b);
		assert_string_equal(timecode_unit_name(one.unit),
			cases[i].unit);
		assert_true(timecode_common(&b, &a) == one.unit);
		assert_true(timecode_is_multiple(&a, &one));
		assert_true(timecode_is_multiple(&b, &one));
	}
}

static void half_a_unit_is_no_whole_number(void **state)
{
	struct timecode days = parsed("days since 1970-01-01", "standard");
	timecode_us number_of;

	(void)state;
	assert_false(
		timecode_to_integer(&days, INT64_C(43200000000), &number_of));
	assert_false(timecode_to_integer(&days, -1, &number_of));
}

static void no_instant_of_what_is_no_number(void **state)
{
	struct timecode days = parsed("days since 1970-01-01", "standard");
	timecode_us at;

	(void)state;
	assert_false(timecode_of_real(&days, (double)NAN, &at));
	assert_false(timecode_of_real(&days, (double)INFINITY, &at));
	assert_false(timecode_of_real(&days, 0x1p73, &at));
}

static void gregorian_calendars_agree_since_1582(void **state)
{
	timecode_us first = number("-12219292800000000");

	(void)state;
	assert_true(timecode_same_date(CALENDAR_STANDARD,
		CALENDAR_PROLEPTIC_GREGORIAN, first));
	assert_false(timecode_same_date(CALENDAR_STANDARD,
		CALENDAR_PROLEPTIC_GREGORIAN, first - 1));
	assert_true(timecode_same_date(CALENDAR_JULIAN, CALENDAR_JULIAN, 0));
	assert_false(timecode_same_date(CALENDAR_STANDARD, CALENDAR_JULIAN, 0));
	assert_false(timecode_same_date(CALENDAR_NOLEAP, CALENDAR_ALL_LEAP, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_the_instants_that_cftime_finds),
		cmocka_unit_test(a_zone_west_of_greenwich_is_later),
		cmocka_unit_test(references_are_read_in_every_spelling),
		cmocka_unit_test(reals_are_rounded_to_the_microsecond),
		cmocka_unit_test(instants_are_rounded_once_to_doubles),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(
			months_are_the_mean_ones_of_udunits_when_asked),
		cmocka_unit_test(
			the_common_unit_is_one_of_which_all_are_multiples),
		cmocka_unit_test(half_a_unit_is_no_whole_number),
		cmocka_unit_test(no_instant_of_what_is_no_number),
		cmocka_unit_test(gregorian_calendars_agree_since_1582),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
