/* SPDX-License-Identifier: Apache-2.0 */
/* Times that files count differently: units, calendar and type of the store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "combining.h"

static struct arena arena = ARENA_INIT;

#define U(units) "'units':'" units "'"
#define C(units, calendar) U(units) ",'calendar':'" calendar "'"
#define OUT(units, calendar) \
	"{'time':{'units':'" units "','calendar':'" calendar "'}}"

static const struct {
	const char *units, *files[4], *want;
} cases[] = {
	/* all the same */
	{ NULL,
		{ COMBINE(0, "int32", U("days since 2000-01-01"), ""),
			COMBINE(1, "int32", U("days since 2000-01-01"), "") },
		"int32 {'units':'days since 2000-01-01'} -" },
	{ NULL,
		{ COMBINE(0, "int32", C("days since 2000-01-01", "standard"),
			  ""),
			COMBINE(1, "int32",
				C("days since 2000-01-01", "gregorian"), ""),
			COMBINE(2, "int32", U("days since 2000-01-01"), "") },
		"int32 {'calendar':'standard','units':'days since "
		"2000-01-01'} -" },
	{ NULL,
		{ COMBINE(0, "int32", U("days since 2000-01-01"), ""),
			COMBINE(1, "int64", U("days since 2000-01-01"), "") },
		"int64 {'units':'days since 2000-01-01'} {}" },
	/* the first file's, if it is fine enough */
	{ NULL,
		{ COMBINE(0, "int32", U("days since 2000-01-01"), ""),
			COMBINE(1, "int32", U("days since 2001-01-01"), "") },
		"int64 {'units':'days since 2000-01-01'} " OUT(
			"days since 2000-01-01", "standard") },
	{ NULL,
		{ COMBINE(0, "int32", U("hours since 2000-01-01"), ""),
			COMBINE(1, "int32", U("days since 2001-01-01 06:00"),
				"") },
		"int64 {'units':'hours since 2000-01-01'} " OUT(
			"hours since 2000-01-01", "standard") },
	/* else the coarsest that tells all */
	{ NULL,
		{ COMBINE(0, "int32", U("days since 2000-01-01"), ""),
			COMBINE(1, "int32", U("days since 2001-01-01 06:00"),
				"") },
		"int64 {'units':'hours since 2000-01-01'} " OUT(
			"hours since 2000-01-01", "standard") },
	{ NULL,
		{ COMBINE(0, "int32", U("days since 2000-01-01 12:00"), ""),
			COMBINE(1, "int32", U("minutes since 2001-01-01"),
				"") },
		"int64 {'units':'minutes since 2000-01-01 12:00'} " OUT(
			"minutes since 2000-01-01 12:00", "standard") },
	{ NULL,
		{ COMBINE(0, "int32", C("days since 2000-02-30", "360_day"),
			  ""),
			COMBINE(1, "int32",
				C("months since 2001-01-01", "360_day"), "") },
		"int64 {'calendar':'360_day','units':'days since 2000-02-30'} " OUT(
			"days since 2000-02-30", "360_day") },
	/* reals stay reals */
	{ NULL,
		{ COMBINE(0, "float32", U("days since 2000-01-01"), ""),
			COMBINE(1, "int32", U("days since 2001-01-01"), "") },
		"float64 {'units':'days since 2000-01-01'} " OUT(
			"days since 2000-01-01", "standard") },
	/* as the recipe says, exactly if that is possible */
	{ "hours since 1970-01-01",
		{ COMBINE(0, "int32", U("days since 2000-01-01"), "") },
		"int64 {'units':'hours since 1970-01-01'} " OUT(
			"hours since 1970-01-01", "standard") },
	{ "days since 1970-01-01",
		{ COMBINE(0, "int32", U("hours since 2000-01-01"), "") },
		"float64 {'units':'days since 1970-01-01'} " OUT(
			"days since 1970-01-01", "standard") },
	{ "days since 2000-01-01",
		{ COMBINE(0, "int32", U("days since 2000-01-01"), "") },
		"int32 {'units':'days since 2000-01-01'} -" },
	/* missing times */
	{ NULL,
		{ COMBINE(0, "int32",
			  U("days since 2000-01-01") ",'_FillValue':-1",
			  "'_FillValue':'int32'"),
			COMBINE(1, "int32", U("days since 2001-01-01"), "") },
		"int64 {'_FillValue':-1,'units':'days since 2000-01-01'} "
		"{'missing':[-1],'time':{'units':'days since 2000-01-01',"
		"'calendar':'standard'}}" },
};

static void one_unit_is_chosen(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct recipe_combine policy = recipe_combine_default;
		struct err err = ERR_INIT;
		struct layout l, back;

		policy.time.units = cases[i].units;
		if (combine(&arena, cases[i].files, &policy, &l, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		if (strcmp(combined(&arena, &l, "v"), cases[i].want) != 0)
			fail_msg("case %zu: <%s>, not <%s>", i,
				combined(&arena, &l, "v"), cases[i].want);
		if (layout_from_json(&arena, layout_to_json(&arena, &l), &back,
			    &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
	}
}

static const struct {
	const char *units, *files[3], *says[3];
} refusals[] = {
	{ NULL,
		{ COMBINE(0, "int32", C("days since 2000-01-01", "noleap"), ""),
			COMBINE(1, "int32", U("days since 2000-01-01"), "") },
		{ "the calendar of variable 'v' differs", "'f0'", "'f1'" } },
	{ NULL,
		{ COMBINE(0, "int32", U("months since 2000-01-01"), ""),
			COMBINE(1, "int32", U("months since 2001-01-01"), "") },
		{ "attribute 'units' of variable 'v' differs", "'f0'",
			"'f1'" } },
	{ NULL,
		{ COMBINE(0, "int32", U("days since 2000-01-01"), ""),
			COMBINE(1, "int32", U("K"), "") },
		{ "attribute 'units' of variable 'v' differs", "'f0'",
			"'f1'" } },
	{ NULL,
		{ COMBINE(0, "int16",
			  U("days since 2000-01-01") ",'scale_factor':0.5",
			  "'scale_factor':'float32'"),
			COMBINE(1, "int16",
				U("days since 2001-01-01") ","
							   "'scale_factor':0.5",
				"'scale_factor':'float32'") },
		{ "variable 'v'", "packed", "unpack them" } },
	{ "days since 1500-02-30",
		{ COMBINE(0, "int32", U("days since 2000-01-01"), "") },
		{ "variable 'v'", "1500-02-30", "" } },
};

static void what_has_no_one_unit_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct recipe_combine policy = recipe_combine_default;
		struct err err = ERR_INIT;
		struct layout l;

		policy.time.units = refusals[i].units;
		if (combine(&arena, refusals[i].files, &policy, &l, &err) == 0)
			fail_msg("case %zu is taken: %s", i,
				combined(&arena, &l, "v"));
		assert_int_equal(err.kind, ERR_DATA);
		for (int k = 0; k < 3; k++)
			if (strstr(err.msg, refusals[i].says[k]) == NULL)
				fail_msg("case %zu: no <%s> in <%s>", i,
					refusals[i].says[k], err.msg);
	}
}

#define BOUNDED(n, units)                                                     \
	"{'key':{'concat':{'time':" #n "}},'url':'f" #n "','dims':{'time':1," \
	"'nv':2},'vars':{'time':{'dims':['time'],'dtype':'int32','attrs':{"   \
	"'units':'" units "','bounds':'time_bnds'}},'time_bnds':{'dims':["    \
	"'time','nv'],'dtype':'int32'}}}"

/* Bounds have no units of their own, and are re-encoded all the same. */
static void bounds_follow_their_time(void **state)
{
	static const char *const files[] = { BOUNDED(0,
						     "days since 2000-01-01"),
		BOUNDED(1, "days since 2001-01-01"), NULL };
	struct err err = ERR_INIT;
	struct layout l;

	(void)state;
	assert_int_equal(combine(&arena, files, &recipe_combine_default, &l,
				 &err),
		0);
	assert_string_equal(combined(&arena, &l, "time_bnds"),
		"int64 {} " OUT("days since 2000-01-01", "standard"));
}

#define AXIS(n, axis, bounds)                                                    \
	"{'key':{'concat':{'time':" #n "}},'url':'f" #n "','dims':{'time':1,"    \
	"'nv':2},'vars':{'time':{'dims':['time'],'dtype':'int32','attrs':{" axis \
	"}},'time_bnds':{'dims':['time','nv'],'dtype':'int32','attrs':{" bounds  \
	"}}}}"
#define FROM(day) "'units':'days since 2000-01-" day "'"
#define CALLED ",'bounds':'time_bnds'"
#define NOLEAP ",'calendar':'noleap'"

/* What bounds do not say themselves, of one file or of all, their axis does. */
static const struct {
	const char *files[3], *want;
} told[] = {
	{ { AXIS(0, FROM("01") CALLED, FROM("01")),
		  AXIS(1, FROM("02") CALLED, "") },
		"int64 {'units':'days since 2000-01-01'} " OUT(
			"days since 2000-01-01", "standard") },
	{ { AXIS(0, FROM("01") CALLED, ""),
		  AXIS(1, FROM("01") CALLED, FROM("01")) },
		"int32 {'units':'days since 2000-01-01'} -" },
	{ { AXIS(0, FROM("01") CALLED NOLEAP, FROM("03")),
		  AXIS(1, FROM("02") CALLED NOLEAP, FROM("04")) },
		"int64 {'units':'days since 2000-01-03'} " OUT(
			"days since 2000-01-03", "noleap") },
	{ { AXIS(0, FROM("01") CALLED, ""), AXIS(1, FROM("01"), "") },
		"int32 {} -" },
	{ { AXIS(0, FROM("01") CALLED, ""), AXIS(1, FROM("02"), "") }, NULL },
};

static void bounds_are_told_by_their_axis(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
		struct err err = ERR_INIT;
		struct layout l;
		int r = combine(&arena, told[i].files, &recipe_combine_default,
			&l, &err);

		if ((r < 0) != (told[i].want == NULL))
			fail_msg("case %zu: %d %s", i, r, err.msg);
		if (r < 0 &&
			strstr(err.msg, "holds the bounds of 'time'") == NULL)
			fail_msg("case %zu: %s", i, err.msg);
		if (r == 0)
			assert_string_equal(combined(&arena, &l, "time_bnds"),
				told[i].want);
	}
}

static int teardown(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_unit_is_chosen),
		cmocka_unit_test(what_has_no_one_unit_is_refused),
		cmocka_unit_test(bounds_follow_their_time),
		cmocka_unit_test(bounds_are_told_by_their_axis),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
