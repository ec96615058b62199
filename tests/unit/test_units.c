/* SPDX-License-Identifier: Apache-2.0 */
/* Units: factors and offsets that are exact by definition (BIPM's SI brochure,
 * NIST SP 811), and what udunits2(1) says is not the same quantity. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "model/units.h"

static const struct {
	const char *from, *to;
	double scale, offset;
} known[] = {
	{ "K", "K", 1, 0 },
	{ " no unit at all ", "no unit at all", 1, 0 },
	{ "degC", "K", 1, 273.15 },
	{ "K", "degC", 1, -273.15 },
	{ "K", "degF", 1.8, -459.67 },
	{ "degC", "degF", 1.8, 32 },
	{ "hPa", "Pa", 100, 0 },
	{ "mbar", "hPa", 1, 0 },
	{ "mm day-1", "m s-1", 0.001 / 86400, 0 },
	{ "km", "mile", 1000 / 1609.344, 0 },
	{ "knot", "m/s", 1852.0 / 3600, 0 },
	{ "%", "1", 0.01, 0 },
	{ "", "1", 1, 0 },
	{ "g kg-1", "kg kg-1", 0.001, 0 },
	{ "hours", "s", 3600, 0 },
	{ "\xc2\xb5m", "m", 1e-6, 0 },
	{ "\xc2\xb0"
	  "C",
		"K", 1, 273.15 },
	{ "m s**-1", "cm/s", 100, 0 },
	{ "-1 m", "m", -1, 0 },
};

static void factors_and_offsets_are_those_of_the_definitions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct err err = ERR_INIT;
		double scale, offset;

		if (units_convert(known[i].from, known[i].to, &scale, &offset,
			    &err) < 0)
			fail_msg("%s", err.msg);
		if (fabs(scale - known[i].scale) >
				2e-16 * fabs(known[i].scale) ||
			fabs(offset - known[i].offset) > 0)
			fail_msg("%s to %s: %.17g %.17g", known[i].from,
				known[i].to, scale, offset);
	}
}

static void what_is_no_such_conversion_is_refused(void **state)
{
	static const struct {
		const char *from, *to, *message;
	} cases[] = {
		{ "psu", "K", "'psu' is no unit that UDUNITS-2 knows" },
		{ "K", "psu", "'psu' is no unit that UDUNITS-2 knows" },
		{ "K", "m", "'K' and 'm' do not measure the same quantity" },
		{ "lg(re 1 mW)", "W",
			"'lg(re 1 mW)' does not become 'W' by a factor and an "
			"offset" },
		{ "days since 2000-01-01", "hours since 2000-01-01",
			"'days since 2000-01-01' is a time, not a unit of "
			"measurement" },
		{ "days", "hours since 2000-01-01",
			"'hours since 2000-01-01' is a time, not a unit of "
			"measurement" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		double scale, offset;

		assert_int_equal(units_convert(cases[i].from, cases[i].to,
					 &scale, &offset, &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, cases[i].message);
	}
}

static void the_same_is_the_same_however_spelled(void **state)
{
	(void)state;
	assert_true(units_same("m s-1", "m/s"));
	assert_true(units_same("degC", "celsius"));
	assert_true(units_same("K", "degrees_kelvin"));
	assert_true(units_same("degrees_north", "degree_north"));
	assert_true(units_same("psu", "psu"));
	assert_true(units_same("psu ", "psu"));
	assert_false(units_same("psu", "1e-3"));
	assert_false(units_same("K", "degC"));
	assert_false(units_same("hPa", "Pa"));
	assert_false(units_same("m", "s"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			factors_and_offsets_are_those_of_the_definitions),
		cmocka_unit_test(what_is_no_such_conversion_is_refused),
		cmocka_unit_test(the_same_is_the_same_however_spelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
