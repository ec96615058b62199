/* SPDX-License-Identifier: Apache-2.0 */
/* Units, static variables and lists of coordinates, as the recipe says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "combining.h"
#include "layout/decision.h"

static struct arena arena = ARENA_INIT;

#define U(units, more) "'units':'" units "'" more
#define STATIC(n, digest, attrs)                                              \
	"{'key':{'concat':{'time':" #n "}},'url':'f" #n "','dims':{'time':1," \
	"'x':3},'vars':{'v':{'dims':['x'],'dtype':'int16','digest':'" digest  \
	"','attrs':{" attrs "}}}}"
#define PACKED ",'scale_factor':0.5,'_FillValue':-9"
#define PACKED_TYPES "'scale_factor':'float32','_FillValue':'int16'"

static const struct {
	const char *units, *statics, *files[4], *want, *told;
} cases[] = {
	/* two spellings of one unit */
	{ "error", "equal",
		{ COMBINE(0, "int16", U("m s-1", ""), ""),
			COMBINE(1, "int16", U("m/s", ""), "") },
		"int16 {'units':'m s-1'} -",
		"attribute 'units' of variable 'v' differs in 2 files: the "
		"first is kept, as all mean the same" },
	{ "convert", "equal",
		{ COMBINE(0, "int16", U("K", ""), ""),
			COMBINE(1, "int16", U("K", ""), "") },
		"int16 {'units':'K'} -", NULL },
	/* other units: reals */
	{ "convert", "equal",
		{ COMBINE(0, "float32", U("K", ""), ""),
			COMBINE(1, "float32", U("degC", ""), "") },
		"float32 {'units':'K'} {}",
		"attribute 'units' of variable 'v' differs in 2 files: "
		"converted to 'K'" },
	{ "convert", "equal",
		{ COMBINE(0, "int16", U("m", ",'_FillValue':-9"),
			  "'_FillValue':'int16'"),
			COMBINE(1, "int16", U("km", ""), "") },
		"float64 {'_FillValue':'NaN','units':'m'} {'missing':['NaN']}",
		"attribute 'units' of variable 'v' differs in 2 files: "
		"converted to 'm'" },
	{ "convert", "equal",
		{ COMBINE(0, "int16", U("m", PACKED), PACKED_TYPES),
			COMBINE(1, "int16", U("km", PACKED), PACKED_TYPES) },
		"float32 {'_FillValue':'NaN','units':'m'} {'missing':['NaN']}",
		"attribute 'units' of variable 'v' differs in 2 files: "
		"converted to 'm'" },
	/* static variables */
	{ "error", "first",
		{ STATIC(0, "1", "'units':'m','_FillValue':-1"),
			STATIC(1, "2", "'units':'km','_FillValue':-2") },
		"int16 {'_FillValue':-1,'units':'m'} -",
		"values of variable 'v' differs in 2 files: taken from the first file" },
	{ "error", "first", { STATIC(0, "1", ""), STATIC(1, "1", "") },
		"int16 {} -", NULL },
	/* coordinates are joined, in the order of files */
	{ "error", "equal",
		{ COMBINE(0, "int8", "'coordinates':'lat lon'", ""),
			COMBINE(1, "int8", "", ""),
			COMBINE(2, "int8", "'coordinates':' area lat'", "") },
		"int8 {'coordinates':'lat lon area'} -",
		"attribute 'coordinates' of variable 'v' differs in 2 files: "
		"joined" },
};

static void policies_are_followed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct recipe_combine policy = recipe_combine_default;
		struct err err = ERR_INIT;
		struct layout l;

		policy.units = cases[i].units;
		policy.statics.policy = cases[i].statics;
		if (combine(&arena, cases[i].files, &policy, &l, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		if (strcmp(combined(&arena, &l, "v"), cases[i].want) != 0)
			fail_msg("case %zu: <%s>, not <%s>", i,
				combined(&arena, &l, "v"), cases[i].want);
		if (cases[i].told == NULL)
			assert_int_equal(js_count(l.decisions), 0);
		else
			assert_string_equal(decision_line(&arena,
						    js_at(l.decisions, 0)),
				cases[i].told);
	}
}

static const struct {
	const char *units, *statics, *files[3], *says[3];
} refusals[] = {
	{ "error", "equal",
		{ COMBINE(0, "int16", U("K", ""), ""),
			COMBINE(1, "int16", U("degC", ""), "") },
		{ "attribute 'units' of variable 'v' differs", "'f0'",
			"combine.units to 'convert'" } },
	{ "convert", "equal",
		{ COMBINE(0, "int16", U("K", ""), ""),
			COMBINE(1, "int16", U("m", ""), "") },
		{ "variable 'v' in 1 file ('f1') and in 1 file ('f0')", "",
			"" } },
	{ "convert", "equal",
		{ COMBINE(0, "int16", U("K", ""), ""),
			COMBINE(1, "int16", "", "") },
		{ "attribute 'units' of variable 'v' differs", "'f0'",
			"absent in 1" } },
	{ "error", "equal", { STATIC(0, "1", ""), STATIC(1, "2", "") },
		{ "variable 'v'", "its values differ",
			"combine.static to 'first'" } },
};

static void what_no_policy_allows_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct recipe_combine policy = recipe_combine_default;
		struct err err = ERR_INIT;
		struct layout l;

		policy.units = refusals[i].units;
		policy.statics.policy = refusals[i].statics;
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

#define GROUP(n, attrs)                                                        \
	"{'key':{'concat':{'time':" #n "}},'url':'f" #n "','dims':{'time':1}," \
	"'attrs':{" attrs "},'vars':{'v':{'dims':['time'],'dtype':'int8'}}}"

/* xarray reads those of the group, too. */
static void coordinates_of_the_group_are_joined(void **state)
{
	const char *files[] = { GROUP(0, "'coordinates':'a b'"), GROUP(1, ""),
		GROUP(2, "'coordinates':'b\\rc'"), NULL };
	struct recipe_combine policy = recipe_combine_default;
	struct err err = ERR_INIT;
	struct layout l;

	(void)state;
	policy.attrs = "error";
	if (combine(&arena, files, &policy, &l, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(archive_text(&arena, l.attrs),
		"{'coordinates':'a b c'}");
	assert_string_equal(decision_line(&arena, js_at(l.decisions, 0)),
		"attribute 'coordinates' differs in 2 files: joined");
}

/* What is not kept cannot be joined: it is said. */
static void many_lists_of_coordinates_are_told(void **state)
{
	struct recipe_combine policy = recipe_combine_default;
	const char *files[41];
	struct err err = ERR_INIT;
	struct layout l;

	(void)state;
	for (int i = 0; i < 40; i++)
		files[i] = arena_printf(&arena,
			"{'key':{'concat':{'time':%d}},'url':'f%d','dims':"
			"{'time':1},'vars':{'v':{'dims':['time'],'dtype':"
			"'int8','attrs':{'coordinates':'c%d'}}}}",
			i, i, i);
	files[40] = NULL;
	if (combine(&arena, files, &policy, &l, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(decision_line(&arena, js_at(l.decisions, 0)),
		"attribute 'coordinates' of variable 'v' differs in 40 files: "
		"joined, but for the files whose value is not kept");
}

#define NOTES(n, v, attrs)                                                     \
	"{'key':{'concat':{'time':" #n "}},'url':'f" #n "','dims':{'time':1}," \
	"'attrs':{" attrs "},'vars':{'v':{'dims':['time'],'dtype':'int8',"     \
	"'attrs':{" v "}}}}"

/* By the first file that another one disagrees with, not by name; whatever the
 * order of folding. */
static void decisions_stand_in_the_order_of_files(void **state)
{
	static const char *const files[] = {
		NOTES(0, "'a':1,'b':1,'c':1", "'g':1"),
		NOTES(1, "'a':1,'b':1,'c':2", "'g':1"),
		NOTES(2, "'a':1,'b':2,'c':1", "'g':2"),
		NOTES(3, "'a':2,'b':2,'c':3", "'g':2"),
	};
	static const int orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 },
		{ 2, 0, 3, 1 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct recipe_combine policy = recipe_combine_default;
		const char *some[5] = { NULL };
		struct err err = ERR_INIT;
		struct buf told = BUF_INIT;
		struct layout l;

		for (int k = 0; k < 4; k++)
			some[k] = files[orders[i][k]];
		if (combine(&arena, some, &policy, &l, &err) < 0)
			fail_msg("%s", err.msg);
		for (size_t k = 0; k < js_count(l.decisions); k++)
			buf_adds(&told,
				js_get_text(js_at(l.decisions, k), "name"));
		assert_string_equal(told.data, "cgba");
		buf_release(&told);
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
		cmocka_unit_test(policies_are_followed),
		cmocka_unit_test(what_no_policy_allows_is_refused),
		cmocka_unit_test(decisions_stand_in_the_order_of_files),
		cmocka_unit_test(coordinates_of_the_group_are_joined),
		cmocka_unit_test(many_lists_of_coordinates_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
