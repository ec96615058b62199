/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core schema by hand: three word lists and two scans.  libyaml resolves
 * nothing, and the rules of YAML 1.1 (no is false, 12:30 is 750) are the ones
 * that people curse.
 */
#include "record/yaml_scalar.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static bool is_one_of(const char *s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (str_eq(s, *words))
			return true;
	return false;
}

static size_t digits(const char *s)
{
	size_t n = 0;

	while (isdigit((unsigned char)s[n]))
		n++;
	return n;
}

static bool is_sign(char c)
{
	return c == '-' || c == '+';
}

/* [-+]? [0-9]+ */
static bool is_decimal(const char *s)
{
	s += is_sign(*s);
	return *s != '\0' && s[digits(s)] == '\0';
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_real(const char *s)
{
	size_t before, after = 0;

	s += is_sign(*s);
	before = digits(s);
	s += before;
	if (*s == '.') {
		after = digits(s + 1);
		s += 1 + after;
	}
	if (before + after == 0)
		return false;
	if (*s == 'e' || *s == 'E') {
		s += 1 + is_sign(s[1]);
		if (digits(s) == 0)
			return false;
		s += digits(s);
	}
	return *s == '\0';
}

/* 0o17 and 0xff: the base, or 0. */
static int base_of(const char *s)
{
	if (s[0] != '0' || (s[1] != 'o' && s[1] != 'x') || s[2] == '\0')
		return 0;
	if (s[1] == 'o')
		return s[2 + strspn(s + 2, "01234567")] ? 0 : 8;
	return s[2 + strspn(s + 2, "0123456789abcdefABCDEF")] ? 0 : 16;
}

static struct js *out_of_range(const char *s, struct err *err)
{
	err_set(err, ERR_DATA,
		"the number '%.40s' is out of range; "
		"quote it to make it text",
		s);
	return NULL;
}

static struct js *based_integer(struct arena *a, const char *s, int base,
	struct err *err)
{
	unsigned long long v;

	errno = 0;
	v = strtoull(s + 2, NULL, base);
	if (errno != 0)
		return out_of_range(s, err);
	return js_new_u64(a, v);
}

static struct js *decimal_integer(struct arena *a, const char *s,
	struct err *err)
{
	const char *number = s + is_sign(*s);
	uint64_t large;
	int64_t v;

	if (number[0] == '0' && number[1] != '\0') {
		err_set(err, ERR_DATA,
			"the number '%.40s' has leading zeros; "
			"quote it to keep them, or drop them",
			s);
		return NULL;
	}
	if (str_to_i64(*s == '+' ? number : s, &v))
		return js_new_int(a, v);
	if (*s != '-' && str_to_u64(number, &large))
		return js_new_u64(a, large);
	return out_of_range(s, err);
}

static struct js *real_number(struct arena *a, const char *s, struct err *err)
{
	double v = strtod(s, NULL);

	return isfinite(v) ? js_new_real(a, v) : out_of_range(s, err);
}

struct js *yaml_scalar(struct arena *a, const char *s, struct err *err)
{
	static const char *const none[] = { "", "~", "null", "Null", "NULL",
		NULL };
	static const char *const yes[] = { "true", "True", "TRUE", NULL };
	static const char *const no[] = { "false", "False", "FALSE", NULL };
	static const char *const nan[] = { ".nan", ".NaN", ".NAN", NULL };
	static const char *const inf[] = { ".inf", ".Inf", ".INF", NULL };
	int base = base_of(s);

	if (is_one_of(s, none))
		return js_new_null(a);
	if (is_one_of(s, yes) || is_one_of(s, no))
		return js_new_bool(a, is_one_of(s, yes));
	if (is_one_of(s, nan))
		return js_new_real(a, (double)NAN);
	if (is_one_of(s + is_sign(*s), inf))
		return js_new_real(a,
			*s == '-' ? -(double)INFINITY : (double)INFINITY);
	if (base != 0)
		return based_integer(a, s, base, err);
	if (is_decimal(s))
		return decimal_integer(a, s, err);
	if (is_real(s))
		return real_number(a, s, err);
	return js_new_text(a, s);
}
