/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timecode: "hours since 2000-01-01 06:00" in exact integers (CF conventions
 * 1.11, section 4.4).
 *
 * An instant is a number of microseconds since 1970-01-01T00:00:00 of its
 * calendar, in 128 bits, so that no sum or product of what a file can hold
 * overflows; it counts as UTC, without leap seconds.
 */
#ifndef PGF_TIMECODE_H
#define PGF_TIMECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/calendar.h"

__extension__ typedef __int128 timecode_us;

struct timecode {
	enum calendar calendar;
	int64_t unit;      /* microseconds, > 0 */
	timecode_us epoch; /* the instant that is 0 */
};

/* Read units and the name of a calendar, upper or lower case.
 *
 * Units: microseconds, milliseconds, seconds, minutes, hours, days, weeks and
 * their short forms; in 360_day also months, of 30 days, in noleap also
 * common_years.  With udunits_months, months and years in any calendar are
 * UDUNITS' mean ones (31556925.9747 seconds, and a twelfth of that).
 *
 * The reference: [-]Y-M-D, then nothing or a blank or "T" and h[:m[:s[.frac]]],
 * then nothing or a zone: Z, UTC, GMT, or the hours its clock is ahead, [+-]h,
 * [+-]hhmm, [+-]h:mm.  At most 5 digits of a year; a fraction of at most
 * microseconds.
 *
 * ERR_DATA: anything else, a date that the calendar has not (year 0 of the
 * mixed and the Julian one). */
int timecode_parse(const char *units, const char *calendar, bool udunits_months,
	struct timecode *out, struct err *err) PGF_CHECKED;

/* True if the units are readable with udunits_months only. */
bool timecode_needs_months(const char *units, const char *calendar);

/* True if both say the same of every number. */
bool timecode_equal(const struct timecode *a, const struct timecode *b);

/* True if every whole number of a is a whole number of b; calendars are not
 * looked at. */
bool timecode_is_multiple(const struct timecode *a, const struct timecode *b);

/* The largest number of microseconds of which a's unit, b's unit, and what lies
 * between their epochs are multiples.  Folded over many codes, in any order, it
 * is the coarsest unit that all can be told in. */
int64_t timecode_common(const struct timecode *a, const struct timecode *b);

/* The coarsest named unit, days at most, of which that many microseconds (> 0)
 * are a multiple: "days" to "microseconds". */
const char *timecode_unit_name(int64_t unit);

/* The instant of a number.  A real is rounded to the nearest microsecond, half
 * to even; false if it is not finite or beyond 2^72 units. */
timecode_us timecode_of_integer(const struct timecode *t, timecode_us v);
bool timecode_of_real(const struct timecode *t, double v, timecode_us *out);

/* The number of an instant.  timecode_to_integer: false if it is no whole
 * number.  timecode_to_real: the nearest double, rounded once. */
bool timecode_to_integer(const struct timecode *t, timecode_us at,
	timecode_us *out);
double timecode_to_real(const struct timecode *t, timecode_us at);

/* True if an instant has the same date in both calendars: they are the same, or
 * it is since 1582-10-15 and both are Gregorian then. */
bool timecode_same_date(enum calendar a, enum calendar b, timecode_us at);

#endif
