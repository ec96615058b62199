/* SPDX-License-Identifier: Apache-2.0 */
/* Variables and files that are not everywhere: refused, or filled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "layout/decision.h"
#include "planning.h"

/* File n along t of member m, with variables of t and x. */
#define MEMBER(n, m, url, len, vars)                                       \
	"{'key':{'concat':{'t':" #n "},'merge':{'v':'" m "'}},'url':'" url \
	"','dims':{'t':" #len ",'x':2},'vars':{" vars "}}"
#define FILE(n, url, vars)                                              \
	"{'key':{'concat':{'t':" #n "}},'url':'" url "','dims':{'t':1," \
	"'x':2},'vars':{" vars "}}"
#define A(dtype, attrs) \
	"'a':{'dims':['t','x'],'dtype':'" dtype "','attrs':{" attrs "}}"
#define B "'b':{'dims':['t','x'],'dtype':'float32'}"
#define S "'s':{'dims':['x'],'dtype':'int8','digest':'1'}"

/* File n of member m without t. */
#define STILL(n, m, url, vars)                                             \
	"{'key':{'concat':{'t':" #n "},'merge':{'v':'" m "'}},'url':'" url \
	"','dims':{'x':2},'vars':{" vars "}}"

static struct arena arena = ARENA_INIT;

static const struct {
	const char *files[8], *chunks, *want, *inputs;
} plans[] = {
	/* a member has no file for a position */
	{ { MEMBER(0, "a", "a0", 2, A("int16", "")),
		  MEMBER(1, "a", "a1", 3, A("int16", "")),
		  MEMBER(2, "a", "a2", 1, A("int16", "")),
		  MEMBER(0, "b", "b0", 2, B), MEMBER(2, "b", "b2", 1, B) },
		NULL,
		"a{'t':0,'x':0}+{'t':6,'x':2}:a0{'t':0}a1{'t':2}a2{'t':5} "
		"b{'t':0,'x':0}+{'t':6,'x':2}:b0{'t':0}fill{'t':2}b2{'t':5}",
		"[2,4]" },
	/* a variable is not in a file: first, last */
	{ { FILE(0, "f0", B), FILE(1, "f1", A("int8", "")),
		  FILE(2, "f2", A("int8", "") "," B) },
		NULL,
		"a{'t':0,'x':0}+{'t':3,'x':2}:fill{'t':0}f1{'t':1}f2{'t':2} "
		"b{'t':0,'x':0}+{'t':3,'x':2}:f0{'t':0}fill{'t':1}f2{'t':2}",
		"[2,2]" },
	/* a region without any file goes with the one before it */
	{ { MEMBER(0, "a", "a0", 1000000, A("int64", "")),
		  MEMBER(1, "a", "a1", 1000000, A("int64", "")),
		  MEMBER(2, "a", "a2", 1000000, A("int64", "")),
		  MEMBER(0, "b", "b0", 1000000, B) },
		"{'t':1000000}",
		"a{'t':0,'x':0}+{'t':1000000,'x':2}:a0{'t':0} "
		"a{'t':1000000,'x':0}+{'t':1000000,'x':2}:a1{'t':1000000} "
		"a{'t':2000000,'x':0}+{'t':1000000,'x':2}:a2{'t':2000000} "
		"b{'t':0,'x':0}+{'t':1000000,'x':2}:b0{'t':0} "
		"b{'t':1000000,'x':0}+{'t':1000000,'x':2}:fill{'t':1000000} "
		"b{'t':2000000,'x':0}+{'t':1000000,'x':2}:fill{'t':2000000}",
		"[0,1,2,3,3,3]" },
	/* a static variable needs one file only */
	{ { FILE(0, "f0", B), FILE(1, "f1", B "," S) }, NULL,
		"b{'t':0,'x':0}+{'t':2,'x':2}:f0{'t':0}f1{'t':1} "
		"s{'x':0}+{'x':2}:f1{}",
		"[1,1]" },
	/* members share a variable that neither has everywhere */
	{ { MEMBER(0, "a", "a0", 1, B), MEMBER(1, "b", "b1", 1, B) }, NULL,
		"b{'t':0,'x':0}+{'t':2,'x':2}:a0{'t':0}b1{'t':1}", "[1]" },
	/* a tile that is not there */
	{ { "{'key':{'concat':{'t':0,'y':0}},'url':'p','dims':{'t':1,'y':1},"
	    "'vars':{'v':{'dims':['t','y'],'dtype':'float32'}}}",
		  "{'key':{'concat':{'t':0,'y':1}},'url':'q','dims':{'t':1,"
		  "'y':2},'vars':{'v':{'dims':['t','y'],'dtype':'float32'}}}",
		  "{'key':{'concat':{'t':1,'y':1}},'url':'r','dims':{'t':1,"
		  "'y':2},'vars':{'v':{'dims':['t','y'],'dtype':'float32'}}}" },
		"{'y':3}",
		"v{'t':0,'y':0}+{'t':2,'y':3}:p{'t':0,'y':0}q{'t':0,'y':1}"
		"fill{'t':1,'y':0}r{'t':1,'y':1}",
		"[2]" },
};

static struct recipe_combine filling(void)
{
	struct recipe_combine policy = recipe_combine_default;

	policy.missing_variable = "fill";
	return policy;
}

static void what_no_file_gives_is_filled(void **state)
{
	const struct recipe_combine policy = filling();

	(void)state;
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		struct err err = ERR_INIT;
		struct planned p = { .arena = &arena, .policy = &policy };

		if (plan_with(&p, plans[i].files, plans[i].chunks, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		assert_string_equal(plan_brief(&arena, p.regions),
			plans[i].want);
		assert_string_equal(archive_text(&arena, p.inputs),
			plans[i].inputs);
	}
}

static void a_hole_has_a_box(void **state)
{
	const struct recipe_combine policy = filling();
	struct planned p = { .arena = &arena, .policy = &policy };
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(plan_with(&p, plans[0].files, NULL, &err), 0);
	assert_string_equal(archive_text(&arena,
				    js_at(js_get(js_at(p.regions, 1), "from"),
					    1)),
		"{'fill':true,'offset':{'t':2},'shape':[3,2]}");
}

/* A member that lacks a dimension in all its files is the same along it. */
static const struct {
	const char *files[8], *want, *told;
} members[] = {
	{ { MEMBER(0, "a", "a0", 2, B), MEMBER(1, "a", "a1", 1, B),
		  STILL(0, "s", "s0", S), STILL(1, "s", "s1", S) },
		"b{'t':0,'x':0}+{'t':3,'x':2}:a0{'t':0}a1{'t':2} "
		"s{'x':0}+{'x':2}:s0{}",
		"member 's': without dimension 't', so it adds what is the "
		"same along it" },
	{ { MEMBER(0, "a", "a0", 2, B), MEMBER(1, "a", "a1", 1, B),
		  STILL(1, "s", "s1", S) },
		"b{'t':0,'x':0}+{'t':3,'x':2}:a0{'t':0}a1{'t':2} "
		"s{'x':0}+{'x':2}:s1{}",
		"member 's': without dimension 't', so it adds what is the "
		"same along it" },
	/* of two dimensions it has one, and a file for each position there */
	{ { "{'key':{'concat':{'t':0,'y':0},'merge':{'v':'a'}},'url':'p',"
	    "'dims':{'t':1,'y':1},'vars':{'v':{'dims':['t','y'],"
	    "'dtype':'float32'}}}",
		  "{'key':{'concat':{'t':1,'y':0},'merge':{'v':'a'}},"
		  "'url':'q','dims':{'t':2,'y':1},'vars':{'v':{'dims':["
		  "'t','y'],'dtype':'float32'}}}",
		  "{'key':{'concat':{'t':0,'y':0},'merge':{'v':'b'}},"
		  "'url':'r','dims':{'t':1},'vars':{'w':{'dims':['t'],"
		  "'dtype':'int8','digest':'1'}}}",
		  "{'key':{'concat':{'t':1,'y':0},'merge':{'v':'b'}},"
		  "'url':'s','dims':{'t':2},'vars':{'w':{'dims':['t'],"
		  "'dtype':'int8','digest':'2'}}}" },
		"v{'t':0,'y':0}+{'t':3,'y':1}:p{'t':0,'y':0}q{'t':1,'y':0} "
		"w{'t':0}+{'t':3}:r{'t':0}s{'t':1}",
		"member 'b': without dimension 'y', so it adds what is the "
		"same along it" },
};

static void a_member_may_lack_a_dimension(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct err err = ERR_INIT;
		struct planned p = { .arena = &arena };

		if (plan_with(&p, members[i].files, NULL, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		assert_string_equal(plan_brief(&arena, p.regions),
			members[i].want);
		assert_int_equal(js_count(p.layout.decisions), 1);
		assert_string_equal(decision_line(&arena,
					    js_at(p.layout.decisions, 0)),
			members[i].told);
	}
}

/* The missing value of variable a, which the second of two files lacks. */
static const struct {
	const char *file, *attrs, *encoding;
} fills[] = {
	{ FILE(0, "f", A("int8", "")), "{'_FillValue':-127}",
		"{'missing':[-127]}" },
	{ FILE(0, "f", A("int16", "")), "{'_FillValue':-32767}",
		"{'missing':[-32767]}" },
	{ FILE(0, "f", A("int32", "")), "{'_FillValue':-2147483647}",
		"{'missing':[-2147483647]}" },
	{ FILE(0, "f", A("int64", "")), "{'_FillValue':'-9223372036854775806'}",
		"{'missing':['-9223372036854775806']}" },
	{ FILE(0, "f", A("uint8", "")), "{'_FillValue':255}",
		"{'missing':[255]}" },
	{ FILE(0, "f", A("uint16", "")), "{'_FillValue':65535}",
		"{'missing':[65535]}" },
	{ FILE(0, "f", A("uint32", "")), "{'_FillValue':4294967295}",
		"{'missing':[4294967295]}" },
	{ FILE(0, "f", A("uint64", "")),
		"{'_FillValue':'18446744073709551614'}",
		"{'missing':['18446744073709551614']}" },
	{ FILE(0, "f", A("float32", "")), "{}", NULL },
	{ FILE(0, "f", A("float64", "")), "{}", NULL },
	{ FILE(0, "f", A("char", "")), "{}", NULL },
	/* declared: that is it */
	{ FILE(0, "f", A("int16", "'_FillValue':-1")), "{'_FillValue':-1}",
		NULL },
	{ FILE(0, "f", A("int16", "'missing_value':-1")),
		"{'missing_value':-1,'_FillValue':-1}", NULL },
	/* what else the numbers mean stays */
	{ FILE(0, "f", A("int16", "'scale_factor':0.5")),
		"{'scale_factor':0.5,'_FillValue':-32767}",
		"{'missing':[-32767],'scale_factor':0.5,'add_offset':0.0}" },
};

static void integers_get_a_missing_value(void **state)
{
	const struct recipe_combine policy = filling();

	(void)state;
	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		const char *files[] = { fills[i].file, FILE(1, "g", B), NULL };
		struct planned p = { .arena = &arena, .policy = &policy };
		const struct layout_var *v;
		struct err err = ERR_INIT;

		if (plan_with(&p, files, NULL, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		v = layout_var(&p.layout, "a");
		assert_int_equal(v->nmissing, 1);
		assert_string_equal(archive_text(&arena, v->attrs),
			fills[i].attrs);
		if (fills[i].encoding == NULL)
			assert_null(v->encoding);
		else
			assert_string_equal(archive_text(&arena, v->encoding),
				fills[i].encoding);
	}
}

static const struct {
	const char *files[5];
	bool fill;
	const char *says[3];
} refusals[] = {
	{ { MEMBER(0, "a", "a0", 1, B), MEMBER(1, "a", "a1", 1, B),
		  MEMBER(0, "b", "b0", 1, "") },
		false,
		{ "no file for t=1 v=b (1 of 4 are missing)",
			"combine.missing_variable to 'fill'" } },
	{ { FILE(0, "f", B), FILE(1, "g", "") }, false,
		{ "variable 'b' is in 1 file ('f'), and not in 1 others "
		  "(first t=1, 'g')",
			"combine.missing_variable to 'fill'" } },
	/* a dimension is in all files of a member or in none */
	{ { MEMBER(0, "a", "a0", 1, B), MEMBER(1, "a", "a1", 1, B),
		  MEMBER(0, "b", "b0", 1, ""), STILL(1, "b", "b1", S) },
		true,
		{ "'t' is not a dimension of 1 of 2 files of member 'b' "
		  "(first t=1 v=b, 'b1')",
			"a member of their own" } },
	{ { FILE(0, "f", B),
		  "{'key':{'concat':{'t':1}},'url':'g','dims':{'x':2},"
		  "'vars':{" S "}}" },
		true,
		{ "'t' is not a dimension of 1 of 2 files "
		  "(first t=1, 'g')",
			"name a dimension that all files have",
			"say items_per_file of it" } },
	{ { STILL(0, "a", "a0", S), STILL(0, "b", "b0", S) }, true,
		{ "'t' is not a dimension of any of 2 files" } },
	{ { MEMBER(0, "a", "a0", 1, B), STILL(1, "s", "s1", S) }, false,
		{ "no file for t=1 v=a (1 of 3 are missing)" } },
	{ { MEMBER(0, "a", "a0", 1, B), STILL(1, "s", "s1", S) }, true,
		{ "no file with dimension 't' for t=1" } },
	/* nobody knows how long it would be */
	{ { FILE(0, "f", B), FILE(2, "g", B) }, true,
		{ "no file at all for t=1" } },
	{ { MEMBER(0, "a", "a0", 1, B), MEMBER(0, "b", "b0", 2, "") }, true,
		{ "dimension 't' differs between the merged files" } },
	/* nothing at all */
	{ { FILE(0, "f", ""), FILE(1, "g", "") }, true,
		{ "nothing to store: none of 2 files ('f' to 'g')" } },
	{ { FILE(0, "f", "") }, false, { "none of 1 files ('f' to 'f')" } },
};

static void what_cannot_be_filled_is_refused(void **state)
{
	const struct recipe_combine policy = filling();

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct err err = ERR_INIT;
		struct planned p = { .arena = &arena };

		p.policy = refusals[i].fill ? &policy : NULL;
		if (plan_with(&p, refusals[i].files, NULL, &err) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_DATA);
		for (int k = 0; k < 3 && refusals[i].says[k] != NULL; k++)
			if (strstr(err.msg, refusals[i].says[k]) == NULL)
				fail_msg("case %zu: no <%s> in <%s>", i,
					refusals[i].says[k], err.msg);
	}
}

/* Which files have no variable, the first three by name. */
static const struct {
	const char *files[8], *told;
} absences[] = {
	{ { FILE(0, "f", B), FILE(1, "g", "") },
		"absence: no variable in 1 of 2 files: t=1, 'g'" },
	{ { FILE(0, "f", ""), FILE(1, "g", ""), FILE(2, "h", ""),
		  FILE(3, "i", B), FILE(4, "j", "") },
		"absence: no variable in 4 of 5 files: t=0, 'f'; t=1; t=2; .." },
	{ { MEMBER(0, "a", "a0", 1, B), MEMBER(1, "a", "a1", 1, B),
		  MEMBER(0, "b", "b0", 1,
			  "'c':{'dims':['t','x'],"
			  "'dtype':'float32'}"),
		  MEMBER(1, "b", "b1", 1, "") },
		"absence: no variable in 1 of 4 files: t=1 v=b, 'b1'" },
};

static void files_without_variables_are_told(void **state)
{
	const struct recipe_combine policy = filling();

	(void)state;
	for (size_t i = 0; i < sizeof(absences) / sizeof(absences[0]); i++) {
		struct planned p = { .arena = &arena, .policy = &policy };
		struct err err = ERR_INIT;
		const char *told = "";

		if (plan_with(&p, absences[i].files, NULL, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		for (size_t k = 0; k < js_count(p.layout.decisions); k++) {
			const struct js *one = js_at(p.layout.decisions, k);

			if (js_get(one, "var") == NULL)
				told = decision_line(&arena, one);
		}
		assert_string_equal(told, absences[i].told);
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
		cmocka_unit_test(what_no_file_gives_is_filled),
		cmocka_unit_test(a_hole_has_a_box),
		cmocka_unit_test(a_member_may_lack_a_dimension),
		cmocka_unit_test(integers_get_a_missing_value),
		cmocka_unit_test(what_cannot_be_filled_is_refused),
		cmocka_unit_test(files_without_variables_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
