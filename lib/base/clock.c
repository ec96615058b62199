/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gmtime_r alone is used of what C has for dates: it knows no zone and keeps no
 * state.
 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

void clock_text(int64_t seconds, long nanoseconds, char out[CLOCK_TEXT])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	out[0] = '\0';
	if (gmtime_r(&t, &tm) == NULL || tm.tm_year > 8099 ||
		tm.tm_year < -1900)
		return;
	snprintf(out, CLOCK_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ",
		tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec, nanoseconds);
}

void clock_now(char out[CLOCK_TEXT])
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_REALTIME, &now);
	clock_text(now.tv_sec, now.tv_nsec, out);
}

int64_t clock_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
