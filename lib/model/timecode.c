/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything is a fraction of integers: a unit and an epoch in microseconds.
 * Doubles of days, as is usual, were refused: they lose the microsecond after
 * 285 years.  Rounding is done on the exact 128-bit quotient.
 */
#include "model/timecode.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

static const int64_t SECOND = 1000000;
static const int64_t DAY = INT64_C(86400) * 1000000;
static const int64_t UDUNITS_YEAR = INT64_C(31556925974700);

struct unit {
	const char *names; /* each between blanks */
	int64_t length;
};

static const struct unit units[] = {
	{ " microseconds microsecond microsecs microsec usecs usec us ", 1 },
	{ " milliseconds millisecond millisecs millisec msecs msec ms ", 1000 },
	{ " seconds second secs sec s ", INT64_C(1000000) },
	{ " minutes minute mins min ", INT64_C(60000000) },
	{ " hours hour hrs hr h ", INT64_C(3600000000) },
	{ " days day d ", INT64_C(86400000000) },
	{ " weeks week ", INT64_C(604800000000) },
};

enum { NUNITS = sizeof(units) / sizeof(units[0]), MAX_NAME = 20 };

static const char month_names[] = " months month mons mon ";
static const char year_names[] = " years year yrs yr ";
static const char common_year_names[] = " common_years common_year ";

static bool is_among(const char *name, const char *names)
{
	char padded[MAX_NAME + 3];

	snprintf(padded, sizeof(padded), " %s ", name);
	return strstr(names, padded) != NULL;
}

/* Microseconds of a unit that is not the same everywhere; 0 if there is none.
 */
static int64_t long_unit(const char *name, enum calendar cal,
	bool udunits_months)
{
	if (cal == CALENDAR_NOLEAP && is_among(name, common_year_names))
		return 365 * DAY;
	if (cal == CALENDAR_360_DAY && is_among(name, month_names))
		return 30 * DAY;
	if (udunits_months && is_among(name, month_names))
		return UDUNITS_YEAR / 12;
	if (udunits_months && is_among(name, year_names))
		return UDUNITS_YEAR;
	return 0;
}

static int find_unit(const char *name, enum calendar cal, bool udunits_months,
	int64_t *out, struct err *err)
{
	*out = long_unit(name, cal, udunits_months);
	for (size_t i = 0; i < NUNITS && *out == 0; i++)
		if (is_among(name, units[i].names))
			*out = units[i].length;
	if (*out != 0)
		return 0;
	if (is_among(name, month_names) || is_among(name, year_names))
		return err_set(err, ERR_DATA,
			"'%s' have no fixed length in the calendar '%s'", name,
			calendar_name(cal));
	return err_set(err, ERR_DATA,
		"'%s' is no unit of time between microseconds and weeks", name);
}

static void skip_blanks(const char **s)
{
	while (**s == ' ')
		++*s;
}

/* One to max digits; how many there were. */
static int take_number(const char **s, int max, int *out)
{
	int n = 0;

	for (*out = 0; n < max && isdigit((unsigned char)**s); n++)
		*out = 10 * *out + *(*s)++ - '0';
	return n;
}

static bool take_part(const char **s, char separator, int *out)
{
	if (**s != separator)
		return false;
	++*s;
	return take_number(s, 2, out) > 0;
}

static bool scan_day(const char **s, struct date *d)
{
	bool negative = **s == '-';

	if (negative || **s == '+')
		++*s;
	if (take_number(s, 5, &d->year) == 0)
		return false;
	if (negative)
		d->year = -d->year;
	return take_part(s, '-', &d->month) && take_part(s, '-', &d->day);
}

/* ".25" in microseconds; digits beyond those must be 0. */
static bool scan_fraction(const char **s, int *out)
{
	int scale = (int)SECOND;

	*out = 0;
	if (**s != '.')
		return true;
	for (++*s; isdigit((unsigned char)**s); ++*s) {
		scale /= 10;
		if (scale == 0 && **s != '0')
			return false;
		*out += (**s - '0') * scale;
	}
	return true;
}

static bool scan_clock(const char **s, struct date *d, int *fraction)
{
	*fraction = 0;
	if (take_number(s, 2, &d->hour) == 0)
		return false;
	if (**s != ':')
		return true;
	if (!take_part(s, ':', &d->minute))
		return false;
	if (**s != ':')
		return true;
	return take_part(s, ':', &d->second) && scan_fraction(s, fraction);
}

/* Minutes that a clock there is ahead of UTC. */
static bool scan_zone(const char **s, int *out)
{
	int sign = **s == '-' ? -1 : 1, hours, minutes = 0, digits;

	*out = 0;
	if (strncasecmp(*s, "UTC", 3) == 0 || strncasecmp(*s, "GMT", 3) == 0) {
		*s += 3;
		return true;
	}
	if (**s == 'Z' || **s == 'z') {
		++*s;
		return true;
	}
	if (**s != '+' && **s != '-')
		return true;
	++*s;
	digits = take_number(s, 4, &hours);
	if (digits == 4) {
		minutes = hours % 100;
		hours /= 100;
	} else if (**s == ':' && !take_part(s, ':', &minutes)) {
		return false;
	}
	*out = sign * (60 * hours + minutes);
	return digits != 0 && digits != 3 && hours <= 23 && minutes < 60;
}

struct reference {
	struct date date;
	int fraction; /* microseconds */
	int zone;     /* minutes */
};

static bool scan_reference(const char *s, struct reference *r)
{
	memset(r, 0, sizeof(*r));
	if (!scan_day(&s, &r->date))
		return false;
	if (*s == 'T' || *s == 't' || *s == ' ') {
		s++;
		skip_blanks(&s);
		if (isdigit((unsigned char)*s) &&
			!scan_clock(&s, &r->date, &r->fraction))
			return false;
		skip_blanks(&s);
	}
	if (!scan_zone(&s, &r->zone))
		return false;
	skip_blanks(&s);
	return *s == '\0';
}

/* Dates repeat every 400 years in every calendar, so any year is moved to
 * between 2000 and 2400, where calendar knows all of them. */
static bool day_of_cycle(enum calendar cal, struct date d, int64_t *day)
{
	static const int64_t length[] = {
		[CALENDAR_PROLEPTIC_GREGORIAN] = 146097,
		[CALENDAR_JULIAN] = 146100,
		[CALENDAR_NOLEAP] = 146000,
		[CALENDAR_ALL_LEAP] = 146400,
		[CALENDAR_360_DAY] = 144000,
	};
	int rest = (d.year % 400 + 400) % 400;
	int64_t cycles = (d.year - rest) / 400 - 5;

	d.year = 2000 + rest;
	*day = cycles * length[cal];
	if (!calendar_has(cal, &d))
		return false;
	*day += calendar_day(cal, &d);
	return true;
}

/* Day number of a date in any year. */
static bool day_of(enum calendar cal, struct date d, int64_t *day)
{
	/* 1970-01-01 of the Julian calendar is 13 days later. */
	static const int64_t julian_epoch = 13;
	bool is_julian = cal == CALENDAR_JULIAN, has;
	int number = d.month * 100 + d.day;

	if (cal == CALENDAR_STANDARD) {
		is_julian = d.year < 1582 || (d.year == 1582 && number < 1015);
		if (d.year == 1582 && number > 1004 && number < 1015)
			return false;
	}
	if (is_julian && d.year <= 0 && d.year++ == 0)
		return false; /* 1 is the year after -1 */
	if (cal != CALENDAR_STANDARD)
		return day_of_cycle(cal, d, day);
	has = day_of_cycle(is_julian ? CALENDAR_JULIAN :
				       CALENDAR_PROLEPTIC_GREGORIAN,
		d, day);
	*day += is_julian ? julian_epoch : 0;
	return has;
}

static int parse_reference(const char *text, enum calendar cal,
	timecode_us *out, struct err *err)
{
	struct reference r;
	int64_t day, seconds;

	if (!scan_reference(text, &r))
		return err_set(err, ERR_DATA,
			"'%.60s' is not a date like 2000-01-31 06:00:00.5 "
			"+01:00",
			text);
	if (!day_of(cal, r.date, &day))
		return err_set(err, ERR_DATA,
			"the calendar '%s' has no date '%.60s'",
			calendar_name(cal), text);
	seconds = r.date.hour * 3600 + (r.date.minute - r.zone) * 60 +
		r.date.second;
	*out = (timecode_us)day * DAY + seconds * SECOND + r.fraction;
	return 0;
}

/* The words of "NAME since REST" in name and *rest. */
static bool split(const char *text, char name[MAX_NAME + 1], const char **rest)
{
	size_t n = 0;

	skip_blanks(&text);
	for (; *text != '\0' && *text != ' ' && n < MAX_NAME; text++)
		name[n++] = (char)tolower((unsigned char)*text);
	name[n] = '\0';
	if (n == 0 || *text != ' ')
		return false;
	skip_blanks(&text);
	if (strncasecmp(text, "since ", 6) != 0)
		return false;
	*rest = text + 6;
	skip_blanks(rest);
	return true;
}

static int find_calendar(const char *name, enum calendar *out, struct err *err)
{
	for (size_t i = 0; calendar_names[i] != NULL; i++)
		if (strcasecmp(calendar_names[i], name) == 0 &&
			calendar_find(calendar_names[i], out))
			return 0;
	return err_set(err, ERR_DATA, "'%.60s' is no calendar", name);
}

int timecode_parse(const char *text, const char *calendar, bool udunits_months,
	struct timecode *out, struct err *err)
{
	char name[MAX_NAME + 1];
	const char *reference;

	if (find_calendar(calendar, &out->calendar, err) < 0)
		return -1;
	if (!split(text, name, &reference))
		return err_set(err, ERR_DATA, "'%.60s' is not UNIT since DATE",
			text);
	if (find_unit(name, out->calendar, udunits_months, &out->unit, err) < 0)
		return err_in(err, "'%.60s'", text);
	if (parse_reference(reference, out->calendar, &out->epoch, err) < 0)
		return err_in(err, "'%.60s'", text);
	return 0;
}

bool timecode_needs_months(const char *text, const char *calendar)
{
	struct err ignored = ERR_INIT;
	struct timecode t;
	bool plain = timecode_parse(text, calendar, false, &t, &ignored) == 0;

	err_clear(&ignored);
	return !plain &&
		timecode_parse(text, calendar, true, &t, &ignored) == 0;
}

bool timecode_equal(const struct timecode *a, const struct timecode *b)
{
	return a->calendar == b->calendar && a->unit == b->unit &&
		a->epoch == b->epoch;
}

bool timecode_is_multiple(const struct timecode *a, const struct timecode *b)
{
	return a->unit % b->unit == 0 && (a->epoch - b->epoch) % b->unit == 0;
}

int64_t timecode_common(const struct timecode *a, const struct timecode *b)
{
	timecode_us between = a->epoch - b->epoch;
	int64_t terms[] = { b->unit, (int64_t)(between % a->unit) };
	int64_t u = a->unit;

	for (int i = 0; i < 2; i++) {
		int64_t v = terms[i] < 0 ? -terms[i] : terms[i];

		while (v != 0) {
			int64_t rest = u % v;

			u = v;
			v = rest;
		}
	}
	return u;
}

const char *timecode_unit_name(int64_t unit)
{
	static const char *const names[] = { "microseconds", "milliseconds",
		"seconds", "minutes", "hours", "days" };
	size_t i = sizeof(names) / sizeof(names[0]) - 1;

	while (unit % units[i].length != 0)
		i--;
	return names[i];
}

timecode_us timecode_of_integer(const struct timecode *t, timecode_us v)
{
	return t->epoch + v * t->unit;
}

/* v / 2^n to the nearest whole number, half to even; 0 < n < 127. */
static timecode_us shift_rounding(timecode_us v, int n)
{
	timecode_us one = 1, half = one << (n - 1);
	timecode_us down = v >> n, rest = v - down * (one << n);

	if (rest > half || (rest == half && (down & 1) != 0))
		down++;
	return down;
}

bool timecode_of_real(const struct timecode *t, double v, timecode_us *out)
{
	timecode_us us;
	int exponent;

	if (!isfinite(v) || fabs(v) > 0x1p72)
		return false;
	/* 53 bits times a unit of at most 45 */
	us = (timecode_us)(int64_t)ldexp(frexp(v, &exponent), 53) * t->unit;
	exponent -= 53;
	if (exponent >= 0)
		us *= (timecode_us)1 << exponent;
	else if (exponent > -100)
		us = shift_rounding(us, -exponent);
	else
		us = 0;
	*out = t->epoch + us;
	return true;
}

bool timecode_to_integer(const struct timecode *t, timecode_us at,
	timecode_us *out)
{
	timecode_us us = at - t->epoch;

	*out = us / t->unit;
	return us % t->unit == 0;
}

double timecode_to_real(const struct timecode *t, timecode_us at)
{
	timecode_us us = at - t->epoch, whole, limit = (timecode_us)1 << 120;
	timecode_us size = us < 0 ? -us : us;
	int shift = 0;

	if (size == 0)
		return 0;
	/* So many bits that the quotient has more than a double holds; what is
	 * left over then only tells a half from more than a half. */
	for (; size < limit; shift++)
		size *= 2;
	whole = size / t->unit;
	if (size % t->unit != 0)
		whole |= 1;
	return ldexp(us < 0 ? -(double)whole : (double)whole, -shift);
}

static bool is_gregorian_now(enum calendar cal)
{
	return cal == CALENDAR_STANDARD || cal == CALENDAR_PROLEPTIC_GREGORIAN;
}

bool timecode_same_date(enum calendar a, enum calendar b, timecode_us at)
{
	static const struct date first = { .year = 1582,
		.month = 10,
		.day = 15 };

	if (a == b)
		return true;
	return is_gregorian_now(a) && is_gregorian_now(b) &&
		at >= (timecode_us)calendar_second(CALENDAR_STANDARD, &first) *
			SECOND;
}
