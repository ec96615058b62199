/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In integers, so that a size is the same on every machine.  The letter alone
 * ("100M") was refused: some programs take it for 1000, others for 1024.
 */
#include "base/size.h"

#include <stddef.h>
#include <stdio.h>
#include <strings.h>

#include "base/num.h"

static const struct {
	const char *name;
	uint64_t bytes;
} units[] = {
	{ "", 1 },
	{ "b", 1 },
	{ "kb", 1000 },
	{ "mb", 1000000 },
	{ "gb", 1000000000 },
	{ "tb", 1000000000000 },
	{ "kib", UINT64_C(1) << 10 },
	{ "mib", UINT64_C(1) << 20 },
	{ "gib", UINT64_C(1) << 30 },
	{ "tib", UINT64_C(1) << 40 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool find_unit(const char *s, uint64_t *out)
{
	while (*s == ' ')
		s++;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcasecmp(s, units[i].name) == 0) {
			*out = units[i].bytes;
			return true;
		}
	}
	return false;
}

/* Digits before and behind the point: number / scale. */
struct decimal {
	uint64_t number, scale;
};

static bool read_decimal(const char **s, struct decimal *d)
{
	const char *at = *s;

	if (!is_digit(*at))
		return false;
	for (; is_digit(*at); at++)
		if (!num_mul(d->number, 10, &d->number) ||
			!num_add(d->number, (uint64_t)(*at - '0'), &d->number))
			return false;
	if (*at == '.' && !is_digit(*++at))
		return false;
	for (; is_digit(*at); at++)
		if (!num_mul(d->scale, 10, &d->scale) ||
			!num_mul(d->number, 10, &d->number) ||
			!num_add(d->number, (uint64_t)(*at - '0'), &d->number))
			return false;
	*s = at;
	return true;
}

bool size_parse(const char *s, uint64_t *out)
{
	struct decimal d = { 0, 1 };
	uint64_t unit, n;

	if (!read_decimal(&s, &d) || !find_unit(s, &unit) ||
		!num_mul(d.number, unit, &n))
		return false;
	n /= d.scale;
	if (n == 0 || n > INT64_MAX)
		return false;
	*out = n;
	return true;
}

void size_text(double bytes, char out[SIZE_TEXT])
{
	static const char *const names[] = { "bytes", "kB", "MB", "GB", "TB" };
	size_t i = 0;

	while (bytes >= 1000 && i + 1 < sizeof(names) / sizeof(names[0])) {
		bytes /= 1000;
		i++;
	}
	snprintf(out, SIZE_TEXT, "%.*f %s", i > 0 && bytes < 100, bytes,
		names[i]);
}
