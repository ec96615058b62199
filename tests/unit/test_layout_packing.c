/* SPDX-License-Identifier: Apache-2.0 */
/* combine.packing of one variable or another: as the page says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "combining.h"
#include "layout/decision.h"
#include "recipe/recipe.h"

static struct arena arena = ARENA_INIT;

#define HALF "'scale_factor':0.5,'add_offset':0.0"
#define TENTH "'scale_factor':0.1,'add_offset':0.0"
#define TYPES "'scale_factor':'float32','add_offset':'float32'"
#define FIXED(n, attrs)                                                       \
	"{'key':{'concat':{'time':" #n "}},'url':'f" #n "','dims':{'time':1," \
	"'x':3},'vars':{'v':{'dims':['x'],'dtype':'float32','digest':'1',"    \
	"'attrs':{" attrs "}}}}"
#define TENS "v: {dtype: int8, scale_factor: 10, _FillValue: -1}"

static int decide(const char *packing, const char *const *files,
	struct layout *out, struct err *err)
{
	const struct recipe_input in = { .path = "r.yaml" };
	struct buf text = BUF_INIT;
	struct recipe r;
	int result;

	buf_addf(&text, "name: a\ncombine: {units: convert, packing: {%s}}",
		packing);
	result = recipe_parse(&arena, &in, &text, &r, err);
	buf_release(&text);
	if (result == 0)
		result = combine(&arena, files, &r.combine, out, err);
	return result;
}

static const struct {
	const char *packing, *files[3], *want, *told;
} cases[] = {
	/* words: for one, and for the rest */
	{ "v: repack, '*': error",
		{ COMBINE(0, "int16", HALF, TYPES),
			COMBINE(1, "int16", TENTH, TYPES) },
		"int16 {'scale_factor':0.5,'add_offset':0.0} "
		"{'scale_factor':0.5,'add_offset':0.0}",
		"packing of variable 'v' differs in 2 files: repacked like the "
		"first file" },
	{ "'*': repack",
		{ COMBINE(0, "int16", HALF, TYPES),
			COMBINE(1, "int16", TENTH, TYPES) },
		"int16 {'scale_factor':0.5,'add_offset':0.0} "
		"{'scale_factor':0.5,'add_offset':0.0}",
		"packing of variable 'v' differs in 2 files: repacked like the "
		"first file" },
	/* a range of packed numbers is that of the packing it was made for */
	{ "v: repack",
		{ COMBINE(0, "int16", HALF ",'valid_min':1", TYPES),
			COMBINE(1, "int16", TENTH ",'valid_min':1", TYPES) },
		"int16 {'scale_factor':0.5,'add_offset':0.0} "
		"{'scale_factor':0.5,'add_offset':0.0}",
		"packing of variable 'v' differs in 2 files: repacked like the "
		"first file" },
	/* one that is stated, whatever the files have */
	{ TENS,
		{ COMBINE(0, "float32", "'units':'m'", ""),
			COMBINE(1, "float32", "'units':'m'", "") },
		"int8 {'_FillValue':-1,'scale_factor':10.0,'add_offset':0.0,"
		"'units':'m'} "
		"{'missing':[-1],'scale_factor':10.0,'add_offset':0.0}",
		"packing of variable 'v': packed as "
		"{'dtype':'int8','scale_factor':10,'_FillValue':-1}" },
	{ "v: {dtype: uint16}",
		{ COMBINE(0, "int16", HALF ",'_Unsigned':'true','valid_max':5",
			  TYPES),
			COMBINE(1, "int16", TENTH, TYPES) },
		"uint16 {} {}",
		"packing of variable 'v' differs in 2 files: packed as "
		"{'dtype':'uint16'}" },
	{ TENS,
		{ COMBINE(0, "float32", "'units':'m'", ""),
			COMBINE(1, "float32", "'units':'km','missing_value':7",
				"") },
		"int8 {'_FillValue':-1,'scale_factor':10.0,'add_offset':0.0,"
		"'units':'m'} "
		"{'missing':[-1],'scale_factor':10.0,'add_offset':0.0}",
		"packing of variable 'v': packed as "
		"{'dtype':'int8','scale_factor':10,'_FillValue':-1}" },
	{ TENS, { FIXED(0, "'units':'m'"), FIXED(1, "'units':'m'") },
		"int8 {'_FillValue':-1,'scale_factor':10.0,'add_offset':0.0,"
		"'units':'m'} "
		"{'missing':[-1],'scale_factor':10.0,'add_offset':0.0}",
		"packing of variable 'v': packed as "
		"{'dtype':'int8','scale_factor':10,'_FillValue':-1}" },
};

static void one_packing_a_variable(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err err = ERR_INIT;
		struct layout l;
		char *told;

		if (decide(cases[i].packing, cases[i].files, &l, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		if (strcmp(combined(&arena, &l, "v"), cases[i].want) != 0)
			fail_msg("case %zu: <%s>, not <%s>", i,
				combined(&arena, &l, "v"), cases[i].want);
		told = arena_strdup(&arena,
			decision_line(&arena, js_at(l.decisions, 0)));
		for (char *c = told; *c != '\0'; c++)
			if (*c == '"')
				*c = '\'';
		assert_string_equal(told, cases[i].told);
	}
}

#define TIME "'units':'days since 2000-01-01'"

static const struct {
	const char *packing, *files[3], *says;
} refusals[] = {
	{ "v: unpack, '*': error, w: repack",
		{ COMBINE(0, "int8", "", ""), COMBINE(1, "int8", "", "") },
		"'combine.packing' of the recipe names 'w', which is no "
		"variable of the files" },
	{ "v: error, '*': unpack",
		{ COMBINE(0, "int16", HALF, TYPES),
			COMBINE(1, "int16", TENTH, TYPES) },
		"the packing of variable 'v' differs" },
	{ TENS, { COMBINE(0, "char", "", ""), COMBINE(1, "char", "", "") },
		"it is text" },
	{ TENS, { COMBINE(0, "int8", TIME, ""), COMBINE(1, "int8", TIME, "") },
		"it is a time" },
	{ "v: {dtype: int8}",
		{ COMBINE(0, "int8", "", ""),
			COMBINE(1, "int8", "'_FillValue':1", "") },
		"add '_FillValue'" },
	{ TENS, { FIXED(0, "'scale_factor':2"), FIXED(1, "") },
		"the packing of variable 'v' differs between files" },
};

static void what_cannot_be_packed_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct err err = ERR_INIT;
		struct layout l;

		if (decide(refusals[i].packing, refusals[i].files, &l, &err) ==
			0)
			fail_msg("case %zu is taken: %s", i,
				combined(&arena, &l, "v"));
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.msg, refusals[i].says) == NULL)
			fail_msg("case %zu: no <%s> in <%s>", i,
				refusals[i].says, err.msg);
	}
}

/* As handed on to the next program, it means the same. */
static void it_is_written_with_its_default(void **state)
{
	const struct recipe_input in = { .path = "r.yaml" };
	static const char *const members[] = { "combine.packing", NULL };
	static const struct {
		const char *text, *want;
	} texts[] = {
		{ "{}", "{'packing':'unpack'}" },
		{ "{packing: {'*': error}}", "{'packing':'error'}" },
		{ "{packing: {v: error, w: {dtype: int8, add_offset: 1}}}",
			"{'packing':{'v':'error','w':{'dtype':'int8',"
			"'add_offset':1},'*':'unpack'}}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct buf text = BUF_INIT;
		struct err err = ERR_INIT;
		struct recipe r;

		buf_addf(&text, "name: a\ncombine: %s", texts[i].text);
		if (recipe_parse(&arena, &in, &text, &r, &err) < 0)
			fail_msg("%s: %s", texts[i].text, err.msg);
		buf_release(&text);
		assert_string_equal(archive_text(&arena,
					    js_get(recipe_to_json(&arena, &r,
							   members),
						    "combine")),
			texts[i].want);
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
		cmocka_unit_test(one_packing_a_variable),
		cmocka_unit_test(what_cannot_be_packed_is_refused),
		cmocka_unit_test(it_is_written_with_its_default),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
