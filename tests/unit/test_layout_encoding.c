/* SPDX-License-Identifier: Apache-2.0 */
/* Files whose numbers mean different things by the same bits: what the store is
 * to hold.  Types that unpacked numbers have are CF's, promoted ones NumPy's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "combining.h"
#include "layout/decision.h"

static struct arena arena = ARENA_INIT;

#define SCALE(s, o) "'scale_factor':" #s ",'add_offset':" #o
#define REAL(t) "'scale_factor':'" t "','add_offset':'" t "'"
#define FILL(v) "'_FillValue':" #v
#define FILLED(t) "'_FillValue':'" t "'"

static const struct {
	const char *packing, *files[4], *want, *told;
} cases[] = {
	/* the same everywhere: nothing changes, whatever it is */
	{ "unpack",
		{ COMBINE(0, "int16", SCALE(0.5, 1.0) "," FILL(-9),
			  REAL("float32") "," FILLED("int16")),
			COMBINE(1, "int16", SCALE(0.5, 1.0) "," FILL(-9),
				REAL("float32") "," FILLED("int16")) },
		"int16 {'_FillValue':-9,'add_offset':1.0,'scale_factor':0.5} -",
		NULL },
	{ "unpack",
		{ COMBINE(0, "int8", "'scale_factor':'x'", ""),
			COMBINE(1, "int8", "'scale_factor':'x'", "") },
		"int8 {'scale_factor':'x'} -", NULL },
	{ "unpack",
		{ COMBINE(0, "int16", FILL(-9), FILLED("int16")),
			COMBINE(1, "int16", "'missing_value':-9",
				"'missing_value':'int16'") },
		"int16 {'_FillValue':-9} -", NULL },
	/* missing values: those of the first file that has any */
	{ "unpack",
		{ COMBINE(0, "int16", FILL(-9), FILLED("int16")),
			COMBINE(1, "int16", FILL(-8), FILLED("int16")) },
		"int16 {'_FillValue':-9} {'missing':[-9]}",
		"missing value of variable 'v' differs in 2 files: -9 in all" },
	{ "error",
		{ COMBINE(0, "int16", "", ""),
			COMBINE(1, "int16", FILL(-8), FILLED("int16")) },
		"int16 {'_FillValue':-8} {'missing':[-8]}",
		"missing value of variable 'v' differs in 2 files: -8 in all" },
	{ "unpack",
		{ COMBINE(0, "float32",
			  FILL(-9.5) ",'missing_value':[-9.5,-8.5,7.0]",
			  FILLED("float32") ",'missing_value':'float32'"),
			COMBINE(1, "float32", "", "") },
		"float32 {'_FillValue':-9.5,'missing_value':[-9.5,-8.5,7.0]} "
		"{'missing':[-9.5,-8.5,7.0]}",
		"missing value of variable 'v' differs in 2 files: -9.5 in "
		"all" },
	{ "unpack",
		{ COMBINE(0, "int16", SCALE(0.5, 1.0) "," FILL(-9),
			  REAL("float32") "," FILLED("int16")),
			COMBINE(1, "int16", SCALE(0.5, 1.0), REAL("float32")) },
		"int16 {'_FillValue':-9,'scale_factor':0.5,'add_offset':1.0} "
		"{'missing':[-9],'scale_factor':0.5,'add_offset':1.0}",
		"missing value of variable 'v' differs in 2 files: -9 in all" },
	/* types: promoted, with the first missing value */
	{ "error",
		{ COMBINE(0, "int16", FILL(-9), FILLED("int16")),
			COMBINE(1, "int32", "", "") },
		"int32 {'_FillValue':-9} {'missing':[-9]}",
		"type of variable 'v' differs in 2 files: promoted to int32" },
	{ "unpack",
		{ COMBINE(0, "uint16", "", ""), COMBINE(1, "int16", "", ""),
			COMBINE(2, "int8", "", "") },
		"int32 {} {}",
		"type of variable 'v' differs in 3 files: promoted to int32" },
	{ "unpack",
		{ COMBINE(0, "int32", FILL(-9), FILLED("int32")),
			COMBINE(1, "float32", FILL(-8.0), FILLED("float32")) },
		"float64 {'_FillValue':-9.0} {'missing':[-9.0]}",
		"type of variable 'v' differs in 2 files: promoted to "
		"float64" },
	{ "unpack",
		{ COMBINE(0, "int8", "'_Unsigned':'true'", ""),
			COMBINE(1, "int8", "", "") },
		"int16 {} {}",
		"type of variable 'v' differs in 2 files: promoted to int16" },
	/* packing: type, scale and offset are one */
	{ "unpack",
		{ COMBINE(0, "int16",
			  SCALE(0.5, 1.0) "," FILL(-9) ",'valid_min':0",
			  REAL("float32") "," FILLED("int16")),
			COMBINE(1, "int16",
				SCALE(0.25, 1.0) "," FILL(-9) ",'valid_min':0",
				REAL("float32") "," FILLED("int16")) },
		"float32 {'_FillValue':'NaN'} {'missing':['NaN']}",
		"packing of variable 'v' differs in 2 files: unpacked to "
		"float32" },
	{ "unpack",
		{ COMBINE(0, "int16", SCALE(0.5, 1.0), REAL("float32")),
			COMBINE(1, "int16", "", "") },
		"float32 {} {}",
		"packing of variable 'v' differs in 2 files: unpacked to "
		"float32" },
	{ "unpack",
		{ COMBINE(0, "int16", SCALE(0.5, 1.0), REAL("float32")),
			COMBINE(1, "int32", SCALE(0.5, 1.0), REAL("float32")) },
		"float64 {} {}",
		"packing of variable 'v' differs in 2 files: unpacked to "
		"float64" },
	{ "repack",
		{ COMBINE(0, "int16", SCALE(0.5, 1.0) "," FILL(-9),
			  REAL("float32") "," FILLED("int16")),
			COMBINE(1, "uint8", SCALE(0.25, 0.0),
				REAL("float64")) },
		"int16 {'_FillValue':-9,'scale_factor':0.5,'add_offset':1.0} "
		"{'missing':[-9],'scale_factor':0.5,'add_offset':1.0}",
		"packing of variable 'v' differs in 2 files: repacked like the "
		"first file" },
	{ "repack",
		{ COMBINE(0, "float32", "", ""),
			COMBINE(1, "int16", SCALE(0.5, 1.0), REAL("float32")) },
		"float32 {} {}",
		"packing of variable 'v' differs in 2 files: repacked like the "
		"first file" },
	/* a scale of 1 is none */
	{ "error",
		{ COMBINE(0, "int16", SCALE(1.0, 0.0), REAL("float32")),
			COMBINE(1, "int16", "", "") },
		"int16 {'add_offset':0.0,'scale_factor':1.0} -", NULL },
};

static void one_meaning_is_chosen(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct recipe_combine policy = recipe_combine_default;
		struct err err = ERR_INIT;
		struct layout l, back;

		policy.packing.rest = cases[i].packing;
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
		if (layout_from_json(&arena, layout_to_json(&arena, &l), &back,
			    &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		assert_string_equal(combined(&arena, &back, "v"),
			cases[i].want);
	}
}

static const struct {
	const char *packing, *files[3], *says[4];
} refusals[] = {
	{ "error",
		{ COMBINE(0, "int16", SCALE(0.5, 1.0), REAL("float32")),
			COMBINE(1, "int16", SCALE(0.25, 1.0),
				REAL("float32")) },
		{ "the packing of variable 'v' differs", "1 file ('f0')",
			"1 file ('f1')", "combine.packing 'unpack'" } },
	{ "unpack", { COMBINE(0, "char", "", ""), COMBINE(1, "int16", "", "") },
		{ "the type of variable 'v' differs", "1 file ('f0')" } },
	{ "unpack", { COMBINE(0, "S4", "", ""), COMBINE(1, "string", "", "") },
		{ "the type of variable 'v' differs", "1 file ('f0')" } },
	{ "repack",
		{ COMBINE(0, "int16", "'scale_factor':0.0,'add_offset':1.0",
			  REAL("float32")),
			COMBINE(1, "int16", SCALE(0.5, 1.0), REAL("float32")) },
		{ "variable 'v'", "'scale_factor' is 0", "'f0'" } },
};

static void what_has_no_one_meaning_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct recipe_combine policy = recipe_combine_default;
		struct err err = ERR_INIT;
		struct layout l;

		policy.packing.rest = refusals[i].packing;
		if (combine(&arena, refusals[i].files, &policy, &l, &err) == 0)
			fail_msg("case %zu is taken: %s", i,
				combined(&arena, &l, "v"));
		assert_int_equal(err.kind, ERR_DATA);
		for (int k = 0; k < 4 && refusals[i].says[k] != NULL; k++)
			if (strstr(err.msg, refusals[i].says[k]) == NULL)
				fail_msg("case %zu: no <%s> in <%s>", i,
					refusals[i].says[k], err.msg);
	}
}

/* More packings than are kept: still known to differ, and to which type. */
static void many_packings_are_one_decision(void **state)
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
			"'int16','attrs':{'scale_factor':0.%d},'attr_dtypes':"
			"{'scale_factor':'%s'}}}}",
			i, i, i + 1, i == 37 ? "float64" : "float32");
	files[40] = NULL;
	assert_int_equal(combine(&arena, files, &policy, &l, &err), 0);
	assert_string_equal(combined(&arena, &l, "v"), "float64 {} {}");
	assert_string_equal(decision_line(&arena, js_at(l.decisions, 0)),
		"packing of variable 'v' differs in 40 files: unpacked to "
		"float64");
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
		cmocka_unit_test(one_meaning_is_chosen),
		cmocka_unit_test(what_has_no_one_meaning_is_refused),
		cmocka_unit_test(many_packings_are_one_decision),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
