/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each calendar is a function from year, month and day to a day number; the way
 * back is a search from a good guess by that same function, so the two cannot
 * disagree.  Closed forms of the inverse were refused: there would be four of
 * them, and dates are not where the time goes.
 */
#include "model/calendar.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/str.h"

enum { YEAR_MAX = 9999, DAY_SECONDS = 86400, STEP_MAX = 1000000 };

const char *const calendar_names[] = { "standard", "gregorian",
	"proleptic_gregorian", "julian", "noleap", "365_day", "all_leap",
	"366_day", "360_day", NULL };

/* In the order of calendar_names. */
static const enum calendar named[] = { CALENDAR_STANDARD, CALENDAR_STANDARD,
	CALENDAR_PROLEPTIC_GREGORIAN, CALENDAR_JULIAN, CALENDAR_NOLEAP,
	CALENDAR_NOLEAP, CALENDAR_ALL_LEAP, CALENDAR_ALL_LEAP,
	CALENDAR_360_DAY };

bool calendar_find(const char *name, enum calendar *out)
{
	for (size_t i = 0; calendar_names[i] != NULL; i++) {
		if (str_eq(calendar_names[i], name)) {
			*out = named[i];
			return true;
		}
	}
	return false;
}

const char *calendar_name(enum calendar cal)
{
	size_t i = 0;

	while (named[i] != cal)
		i++;
	return calendar_names[i];
}

/* The mixed calendar goes from 1582-10-04 to 1582-10-15. */
static bool is_gregorian(enum calendar cal, int year, int month, int day)
{
	if (cal != CALENDAR_STANDARD)
		return cal == CALENDAR_PROLEPTIC_GREGORIAN;
	return year * 10000 + month * 100 + day >= 15821015;
}

static bool is_leap(enum calendar cal, int year)
{
	switch (cal) {
	case CALENDAR_NOLEAP:
	case CALENDAR_360_DAY:
		return false;
	case CALENDAR_ALL_LEAP:
		return true;
	default:
		if (!is_gregorian(cal, year, 12, 31))
			return year % 4 == 0;
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	}
}

/* Days of the year before the first of a month; month 13 is the whole year. */
static int days_before(enum calendar cal, int year, int month)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334, 365 };

	if (cal == CALENDAR_360_DAY)
		return 30 * (month - 1);
	return before[month - 1] + (month > 2 && is_leap(cal, year));
}

static int days_in_month(enum calendar cal, int year, int month)
{
	return days_before(cal, year, month + 1) -
		days_before(cal, year, month);
}

/* Leap days in the years 0 to year - 1.  The 2 puts Gregorian days on the scale
 * of Julian ones: 1582-10-15 is the day after the Julian 1582-10-04. */
static int64_t leap_days(enum calendar cal, int year, bool gregorian)
{
	if (cal == CALENDAR_NOLEAP)
		return 0;
	if (cal == CALENDAR_ALL_LEAP)
		return year;
	if (!gregorian)
		return (year + 3) / 4;
	return (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400 + 2;
}

/* Days on a scale of the calendar's own. */
static int64_t count_days(enum calendar cal, const struct date *d)
{
	bool gregorian = is_gregorian(cal, d->year, d->month, d->day);
	int64_t n;

	if (cal == CALENDAR_360_DAY)
		return 360 * (int64_t)d->year + 30 * (d->month - 1) + d->day;
	n = 365 * (int64_t)d->year + leap_days(cal, d->year, gregorian);
	return n + days_before(cal, d->year, d->month) + d->day;
}

int64_t calendar_day(enum calendar cal, const struct date *d)
{
	static const struct date epoch = { .year = 1970, .month = 1, .day = 1 };

	return count_days(cal, d) - count_days(cal, &epoch);
}

static bool has_year(enum calendar cal, int year)
{
	int first = cal == CALENDAR_STANDARD || cal == CALENDAR_JULIAN;

	return year >= first && year <= YEAR_MAX;
}

bool calendar_has(enum calendar cal, const struct date *d)
{
	if (!has_year(cal, d->year) || d->month < 1 || d->month > 12 ||
		d->day < 1 || d->day > days_in_month(cal, d->year, d->month))
		return false;
	if (cal == CALENDAR_STANDARD && d->year == 1582 && d->month == 10 &&
		d->day > 4 && d->day < 15)
		return false;
	return d->hour >= 0 && d->hour < 24 && d->minute >= 0 &&
		d->minute < 60 && d->second >= 0 && d->second < 60;
}

int64_t calendar_second(enum calendar cal, const struct date *d)
{
	return calendar_day(cal, d) * DAY_SECONDS + d->hour * 3600 +
		d->minute * 60 + d->second;
}

static int64_t day_of_first(enum calendar cal, int year, int month)
{
	struct date d = { .year = year, .month = month, .day = 1 };

	return calendar_day(cal, &d);
}

static void date_of_day(enum calendar cal, int64_t day, struct date *out)
{
	int year = 1970 + (int)(day / 366);
	int month = 1;

	while (day_of_first(cal, year, 1) > day)
		year--;
	while (day_of_first(cal, year + 1, 1) <= day)
		year++;
	while (month < 12 && day_of_first(cal, year, month + 1) <= day)
		month++;
	out->year = year;
	out->month = month;
	out->day = (int)(day - day_of_first(cal, year, month)) + 1;
	if (cal == CALENDAR_STANDARD && year == 1582 && month == 10 &&
		out->day > 4)
		out->day += 10;
}

void calendar_date(enum calendar cal, int64_t second, struct date *out)
{
	int64_t day = second / DAY_SECONDS;
	int rest = (int)(second % DAY_SECONDS);

	if (rest < 0) {
		rest += DAY_SECONDS;
		day--;
	}
	date_of_day(cal, day, out);
	out->hour = rest / 3600;
	out->minute = rest / 60 % 60;
	out->second = rest % 60;
}

int calendar_day_of_year(enum calendar cal, const struct date *d)
{
	return (int)(calendar_day(cal, d) - day_of_first(cal, d->year, 1)) + 1;
}

/* n digits at *s, which moves past them; false if they are not there. */
static bool take_digits(const char **s, int n, int *out)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (!isdigit((unsigned char)(*s)[i]))
			return false;
		v = 10 * v + (*s)[i] - '0';
	}
	*s += n;
	*out = v;
	return true;
}

/* One separator and two digits. */
static bool take_part(const char **s, const char *separators, int *out)
{
	if (**s == '\0' || strchr(separators, **s) == NULL)
		return false;
	++*s;
	return take_digits(s, 2, out);
}

static bool scan_date(const char *s, struct date *out)
{
	struct {
		const char *separators;
		int *to;
	} parts[] = {
		{ "-", &out->month },
		{ "-", &out->day },
		{ "T ", &out->hour },
		{ ":", &out->minute },
		{ ":", &out->second },
	};
	size_t n = 0;

	*out = (struct date){ .month = 1, .day = 1 };
	if (!take_digits(&s, 4, &out->year))
		return false;
	for (; *s != '\0' && n < 5; n++)
		if (!take_part(&s, parts[n].separators, parts[n].to))
			return false;
	return *s == '\0' && n != 3; /* an hour wants its minutes */
}

int calendar_parse_date(enum calendar cal, const char *text, struct date *out,
	struct err *err)
{
	if (!scan_date(text, out))
		return err_set(err, ERR_DATA,
			"'%.40s' is not a date "
			"(YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS)",
			text);
	if (!calendar_has(cal, out))
		return err_set(err, ERR_DATA,
			"the calendar '%s' has no date "
			"'%s'",
			calendar_name(cal), text);
	return 0;
}

static const char *const unit_names[] = { "minute", "hour", "day", "week",
	"month", "year" };

static bool find_unit(const char *s, enum step_unit *out)
{
	for (size_t i = 0; i < sizeof(unit_names) / sizeof(*unit_names); i++) {
		size_t len = strlen(unit_names[i]);

		if (strncmp(s, unit_names[i], len) == 0 &&
			(s[len] == '\0' || str_eq(s + len, "s"))) {
			*out = (enum step_unit)i;
			return true;
		}
	}
	return false;
}

int calendar_parse_step(const char *text, struct step *out, struct err *err)
{
	const char *s = text;

	out->n = 0;
	for (; isdigit((unsigned char)*s) && out->n <= STEP_MAX; s++)
		out->n = 10 * out->n + *s - '0';
	if (s == text)
		out->n = 1;
	while (s != text && *s == ' ')
		s++;
	if (out->n < 1 || out->n > STEP_MAX || !find_unit(s, &out->unit))
		return err_set(err, ERR_DATA,
			"'%.40s' is not a step; write a "
			"number and minutes, hours, days, weeks, months or "
			"years, as in '6 hours'",
			text);
	return 0;
}

/* Seconds of a step; months for the units that have no fixed length. */
static int64_t unit_length(enum step_unit unit)
{
	static const int64_t length[] = { 60, 3600, DAY_SECONDS,
		7 * DAY_SECONDS, 1, 12 };

	return length[unit];
}

static bool counts_months(struct step step)
{
	return step.unit == STEP_MONTH || step.unit == STEP_YEAR;
}

static int64_t month_number(const struct date *d)
{
	return (int64_t)d->year * 12 + d->month - 1;
}

bool calendar_add(enum calendar cal, const struct date *from, struct step step,
	int64_t times, struct date *out)
{
	int64_t by, last;

	if (__builtin_mul_overflow(step.n * unit_length(step.unit), times, &by))
		return false;
	if (counts_months(step)) {
		last = 12 * ((int64_t)YEAR_MAX + 1) - 1;
		if (by > last - month_number(from))
			return false;
		by += month_number(from);
		*out = *from;
		out->year = (int)(by / 12);
		out->month = (int)(by % 12) + 1;
		return calendar_has(cal, out);
	}
	last = day_of_first(cal, YEAR_MAX + 1, 1) * DAY_SECONDS - 1;
	if (by > last - calendar_second(cal, from))
		return false;
	calendar_date(cal, calendar_second(cal, from) + by, out);
	return true;
}

/* Orders two dates within one calendar. */
static bool is_after(enum calendar cal, const struct date *a,
	const struct date *b)
{
	return calendar_second(cal, a) > calendar_second(cal, b);
}

int64_t calendar_steps(enum calendar cal, const struct date *from,
	const struct date *stop, struct step step)
{
	int64_t length = step.n * unit_length(step.unit);
	struct date last = *stop;
	int64_t months;

	if (is_after(cal, from, stop))
		return -1;
	if (!counts_months(step))
		return (calendar_second(cal, stop) -
			       calendar_second(cal, from)) /
			length;
	months = month_number(stop) - month_number(from);
	last.day = from->day;
	last.hour = from->hour;
	last.minute = from->minute;
	last.second = from->second;
	if (last.day > stop->day ||
		(last.day == stop->day && is_after(cal, &last, stop)))
		months--;
	return months / length;
}
