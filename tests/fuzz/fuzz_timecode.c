/* SPDX-License-Identifier: Apache-2.0 */
/* A number, and lines that take turns as units and calendars.  Whatever units are taken
 * tell every whole number from the others, and two of them agree whichever is asked; a
 * date that is read is one that its calendar has. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/timecode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool so)
{
	if (!so)
		abort();
}

static void check_code(const struct timecode *t, int64_t number)
{
	timecode_us at = timecode_of_integer(t, number), back = 0;
	double real = 0;

	demand(t->unit > 0);
	demand(timecode_equal(t, t) && timecode_is_multiple(t, t));
	demand(timecode_to_integer(t, at, &back) && back == number);
	demand(timecode_same_date(t->calendar, t->calendar, at));
	memcpy(&real, &number, sizeof(real));
	if (timecode_of_real(t, real, &at))
		(void)timecode_to_real(t, at);
}

static void check_pair(const struct timecode *a, const struct timecode *b)
{
	int64_t common = timecode_common(a, b);
	const struct timecode fine = { a->calendar, common, a->epoch };

	demand(common > 0 && common == timecode_common(b, a));
	demand(a->unit % common == 0 && b->unit % common == 0);
	demand(timecode_is_multiple(a, &fine) &&
		timecode_is_multiple(b, &fine));
	demand(timecode_equal(a, b) == timecode_equal(b, a));
	demand(timecode_unit_name(common) != NULL);
}

static void check_date(enum calendar calendar, const char *text)
{
	struct err err = ERR_INIT;
	struct date date, later;

	if (calendar_parse_date(calendar, text, &date, &err) < 0)
		return;
	demand(calendar_has(calendar, &date));
	calendar_date(calendar, calendar_second(calendar, &date), &later);
	demand(memcmp(&date, &later, sizeof(date)) == 0);
}

static void check_step(const char *text)
{
	struct err err = ERR_INIT;
	struct step step;

	if (calendar_parse_step(text, &step, &err) == 0)
		demand(step.n >= 1 && step.n <= 1000000);
}

/* The next line, in memory that ends with it. */
static const char *line(struct arena *a, const char **s, size_t *size)
{
	const char *end = *size > 0 ? memchr(*s, '\n', *size) : NULL;
	size_t n = end != NULL ? (size_t)(end - *s) : *size;
	const char *out = arena_strndup(a, *s, n);

	n += end != NULL;
	*s += n;
	*size -= n;
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	struct arena a = ARENA_INIT;
	struct timecode last = { 0 }, t;
	int64_t number = 0;

	if (size < sizeof(number))
		return 0;
	memcpy(&number, s, sizeof(number));
	s += sizeof(number);
	size -= sizeof(number);
	while (size > 0) {
		const char *units = line(&a, &s, &size);
		const char *calendar = line(&a, &s, &size);
		struct err err = ERR_INIT;

		for (enum calendar c = 0; c <= CALENDAR_360_DAY; c++)
			check_date(c, units);
		check_step(calendar);
		if (timecode_parse(units, calendar, number % 2 != 0, &t, &err) <
			0) {
			demand(err.kind == ERR_DATA);
			continue;
		}
		check_code(&t, number);
		if (last.unit > 0)
			check_pair(&last, &t);
		last = t;
	}
	arena_release(&a);
	return 0;
}
