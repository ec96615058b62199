/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UDUNITS gives a function; what is stored in records is a factor and an offset.
 * They are found from its values and, being a few roundings off, put right to a
 * short decimal that is as near.  Reading them from the library's text of the
 * expression was refused: it prints six digits.
 */
#include "model/units.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <udunits2.h>

#include "base/mem.h"
#include "base/str.h"

/* The only state of the module: the database, once it was wanted. */
static ut_system *database(struct err *err)
{
	static ut_system *all;

	if (all != NULL)
		return all;
	ut_set_error_message_handler(ut_ignore);
	all = ut_read_xml(NULL);
	if (all == NULL)
		err_set(err, ERR_FAIL,
			"UDUNITS-2 cannot read its database: install it, or "
			"set UDUNITS2_XML_PATH");
	return all;
}

/* Without blanks around it. */
static char *trimmed(struct arena *a, const char *text)
{
	size_t len;

	while (isspace((unsigned char)*text))
		text++;
	len = strlen(text);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	return arena_strndup(a, text, len);
}

static bool is_time(const char *text)
{
	for (; *text != '\0'; text++)
		if (strncasecmp(text, " since ", 7) == 0)
			return true;
	return false;
}

static ut_unit *parse(ut_system *all, const char *text, struct err *err)
{
	ut_unit *u = NULL;

	if (is_time(text)) {
		err_set(err, ERR_DATA,
			"'%s' is a time, not a unit of measurement", text);
		return NULL;
	}
	u = ut_parse(all, text, UT_UTF8);
	if (u == NULL)
		err_set(err, ERR_DATA, "'%s' is no unit that UDUNITS-2 knows",
			text);
	return u;
}

/* The decimal of 12 digits, if it is the same but for an error: with more, one
 * would be near by chance. */
static double put_right(double v, double error)
{
	char text[32];
	double decimal;

	snprintf(text, sizeof(text), "%.12g", v);
	if (!str_to_real(text, &decimal))
		return v;
	return fabs(decimal - v) <= error ? decimal : v;
}

/* Offsets are those of temperatures, and sums of them: they are as exact as
 * absolute zero is in Fahrenheit. */
static double put_offset_right(double v, double scale)
{
	return put_right(v, 4 * DBL_EPSILON * (fabs(v) + 460 * scale));
}

/* False if the function is not a factor and an offset. */
static bool measure(const cv_converter *f, double *scale, double *offset)
{
	static const double points[] = { -1000, -1, 0.001, 1, 2, 1000 };
	static const double far = 0x1p40;

	*offset = cv_convert_double(f, 0);
	*scale = (cv_convert_double(f, far) - *offset) / far;
	if (fabs(*offset) <= 0)
		*scale = cv_convert_double(f, 1);
	*scale = put_right(*scale, 4 * DBL_EPSILON * fabs(*scale));
	*offset = put_offset_right(*offset, fabs(*scale));
	if (!isfinite(*scale) || !isfinite(*offset) || fabs(*scale) <= 0)
		return false;
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		double want = cv_convert_double(f, points[i]);
		double term = *scale * points[i];
		double size = fabs(term) + fabs(*offset);

		if (!(fabs(term + *offset - want) <= 1e-12 * size))
			return false;
	}
	return true;
}

static int convert(ut_unit *from, ut_unit *to, double *scale, double *offset)
{
	cv_converter *f = ut_get_converter(from, to);
	int r = -1;

	if (f != NULL && measure(f, scale, offset))
		r = 0;
	cv_free(f);
	return r;
}

static int convert_texts(const char *from, const char *to, double *scale,
	double *offset, struct err *err)
{
	ut_system *all = database(err);
	ut_unit *a = all == NULL ? NULL : parse(all, from, err);
	ut_unit *b = a == NULL ? NULL : parse(all, to, err);
	int r = -1;

	if (b == NULL)
		r = -1;
	else if (!ut_are_convertible(a, b))
		err_set(err, ERR_DATA,
			"'%s' and '%s' do not measure the same quantity", from,
			to);
	else if (convert(a, b, scale, offset) < 0)
		err_set(err, ERR_DATA,
			"'%s' does not become '%s' by a factor and an offset",
			from, to);
	else
		r = 0;
	ut_free(a);
	ut_free(b);
	return r;
}

int units_convert(const char *from, const char *to, double *scale,
	double *offset, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *source = trimmed(&a, from), *target = trimmed(&a, to);
	int r;

	*scale = 1;
	*offset = 0;
	r = str_eq(source, target) ?
		0 :
		convert_texts(source, target, scale, offset, err);
	arena_release(&a);
	return r;
}

bool units_same(const char *from, const char *to)
{
	struct err err = ERR_INIT;
	double scale, offset;

	return units_convert(from, to, &scale, &offset, &err) == 0 &&
		!(scale < 1) && !(scale > 1) && fabs(offset) <= 0;
}
