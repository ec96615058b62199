/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calendar: dates and time in the calendars of CF (CF conventions 1.11,
 * section 4.4.1), in integers.
 *
 * Years 0 to 9999; the mixed and the Julian calendar have no year 0.  Day and
 * second numbers count from 1970-01-01T00:00:00 of the same calendar, without
 * leap seconds and without time zones.
 */
#ifndef PGF_CALENDAR_H
#define PGF_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum calendar {
	CALENDAR_STANDARD, /* Julian up to 1582-10-04, then Gregorian */
	CALENDAR_PROLEPTIC_GREGORIAN,
	CALENDAR_JULIAN,
	CALENDAR_NOLEAP,
	CALENDAR_ALL_LEAP,
	CALENDAR_360_DAY,
};

struct date {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second;
};

enum step_unit {
	STEP_MINUTE,
	STEP_HOUR,
	STEP_DAY,
	STEP_WEEK,
	STEP_MONTH,
	STEP_YEAR
};

struct step {
	int64_t n; /* 1 to 1,000,000 */
	enum step_unit unit;
};

/* Every name, NULL-terminated: standard, gregorian, proleptic_gregorian,
 * julian, noleap, 365_day, all_leap, 366_day, 360_day. */
extern const char *const calendar_names[];

/* The calendar of a name; false if there is none. */
bool calendar_find(const char *name, enum calendar *out);

/* The first name of a calendar. */
const char *calendar_name(enum calendar cal);

/* True if the calendar has this date and time. */
bool calendar_has(enum calendar cal, const struct date *d);

/* Number of the day, or the second, and the date of a second.  The date must be
 * one that the calendar has, or the first of a month one past them. */
int64_t calendar_day(enum calendar cal, const struct date *d);
int64_t calendar_second(enum calendar cal, const struct date *d);
void calendar_date(enum calendar cal, int64_t second, struct date *out);

/* 1 to 366. */
int calendar_day_of_year(enum calendar cal, const struct date *d);

/* "1981", "1981-09", "1981-09-01", and the last followed by "T" or a blank and
 * "06:30" or "06:30:00".  What is left out is the first of its kind.  ERR_DATA
 * if it is not that, or the calendar has no such date. */
int calendar_parse_date(enum calendar cal, const char *text, struct date *out,
	struct err *err) PGF_CHECKED;

/* "1 day", "6 hours", "month": minutes to years. */
int calendar_parse_step(const char *text, struct step *out,
	struct err *err) PGF_CHECKED;

/* from + times steps, times >= 0.  Months and years keep the day of the month.
 * False if the calendar has no such date or it is after the year 9999. */
bool calendar_add(enum calendar cal, const struct date *from, struct step step,
	int64_t times, struct date *out);

/* The largest number of steps that does not go beyond stop; -1 if from is
 * after stop. */
int64_t calendar_steps(enum calendar cal, const struct date *from,
	const struct date *stop, struct step step);

#endif
