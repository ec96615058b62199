/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tag wins: a server that gets both must not look at the date, which tells
 * two versions of one second apart badly.  The date is written here, since the
 * C library's way there goes through a locale.
 */
#include "net/condition.h"

#include <stdio.h>
#include <string.h>

/* As clock_text writes it, to the second. */
static bool is_time(const char *s)
{
	static const char like[] = "0000-00-00T00:00:00";

	for (size_t i = 0; like[i] != '\0'; i++)
		if (like[i] == '0' ? s[i] < '0' || s[i] > '9' : s[i] != like[i])
			return false;
	return true;
}

static int read_number(const char *s, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < len; i++)
		n = 10 * n + (s[i] - '0');
	return n;
}

/* "2024-01-02T03:04:05.000000000Z" as "Tue, 02 Jan 2024 03:04:05 GMT". */
bool condition_date(const char *time, char out[CONDITION_DATE])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const int shift[] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };
	int y, m, d, of;

	if (!is_time(time))
		return false;
	y = read_number(time, 4);
	m = read_number(time + 5, 2);
	d = read_number(time + 8, 2);
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	of = m < 3 ? y - 1 : y;
	of = (of + of / 4 - of / 100 + of / 400 + shift[m - 1] + d) % 7;
	snprintf(out, CONDITION_DATE, "%.3s, %.2s %.3s %.4s %.8s GMT",
		days + 3 * of, time + 8, months + 3 * (m - 1), time, time + 11);
	return true;
}

bool condition_unless(const char *etag, const char *time,
	char out[CONDITION_MAX])
{
	char date[CONDITION_DATE];

	if (*etag != '\0') {
		snprintf(out, CONDITION_MAX, "If-None-Match: %s", etag);
		return true;
	}
	if (!condition_date(time, date))
		return false;
	snprintf(out, CONDITION_MAX, "If-Modified-Since: %s", date);
	return true;
}

bool condition_only_if(const char *etag, const char *time,
	char out[CONDITION_MAX])
{
	char date[CONDITION_DATE];

	if (*etag == '"') {
		snprintf(out, CONDITION_MAX, "If-Match: %s", etag);
		return true;
	}
	if (!condition_date(time, date))
		return false;
	snprintf(out, CONDITION_MAX, "If-Unmodified-Since: %s", date);
	return true;
}
