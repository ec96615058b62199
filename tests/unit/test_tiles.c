/* SPDX-License-Identifier: Apache-2.0 */
/* Several concat and merge dimensions, from records to regions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "planning.h"

/* A tile at (t, y) with variables along both, one and none of them. */
#define TILE_OF(t, y, url, dims, vars)                          \
	"{'key':{'concat':{'t':" #t ",'y':" #y "}},'url':'" url \
	"','dims':" dims ",'vars':{" vars "}}"
#define V "'v':{'dims':['t','y'],'dtype':'int16'}"
#define Y(digest) "'y':{'dims':['y'],'dtype':'int16','digest':'" digest "'}"
#define W(digest) "'w':{'dims':['y'],'dtype':'int16','digest':'" digest "'}"
#define S(digest) "'s':{'dims':[],'dtype':'int16','digest':'" digest "'}"
#define TILE(t, y, url, dims) TILE_OF(t, y, url, dims, V)

static struct arena arena = ARENA_INIT;

static const struct {
	const char *files[8], *chunks, *want, *inputs;
} plans[] = {
	/* ragged along both, in any order of files and of the key's members */
	{ { TILE(1, 1, "d", "{'t':1,'y':1}"), TILE(0, 0, "a", "{'t':2,'y':3}"),
		  TILE(1, 0, "c", "{'t':1,'y':3}"),
		  "{'key':{'concat':{'y':1,'t':0}},'url':'b','dims':{'t':2,'y':"
		  "1},'vars':{" V "}}" },
		NULL,
		"v{'t':0,'y':0}+{'t':3,'y':3}:a{'t':0,'y':0}c{'t':2,'y':0} "
		"v{'t':0,'y':3}+{'t':3,'y':1}:b{'t':0,'y':3}d{'t':2,'y':3}",
		"[2,3]" },
	/* chunks across the seams; each begins in one file */
	{ { TILE(0, 0, "a", "{'t':2,'y':3}"), TILE(0, 1, "b", "{'t':2,'y':1}"),
		  TILE(1, 0, "c", "{'t':2,'y':3}"),
		  TILE(1, 1, "d", "{'t':2,'y':1}") },
		"{'y':2}",
		"v{'t':0,'y':0}+{'t':4,'y':2}:a{'t':0,'y':0}c{'t':2,'y':0} "
		"v{'t':0,'y':2}+{'t':4,'y':2}:a{'t':0,'y':0}b{'t':0,'y':3}"
		"c{'t':2,'y':0}d{'t':2,'y':3}",
		"[2,3]" },
	/* files of no length, first, middle and last */
	{ { TILE(0, 0, "a", "{'t':0,'y':2}"), TILE(1, 0, "b", "{'t':1,'y':2}"),
		  TILE(2, 0, "c", "{'t':0,'y':2}"),
		  TILE(3, 0, "d", "{'t':1,'y':2}"),
		  TILE(4, 0, "e", "{'t':0,'y':2}") },
		NULL,
		"v{'t':0,'y':0}+{'t':2,'y':2}:b{'t':0,'y':0}d{'t':1,'y':0}",
		"[3]" },
	{ { TILE(0, 0, "a", "{'t':0,'y':2}"),
		  TILE(1, 0, "b", "{'t':0,'y':2}") },
		NULL, "", "[]" },
	/* what lacks a dimension comes from the first files along the other */
	{ { TILE_OF(0, 0, "a", "{'t':1,'y':2}", Y("p") "," S("s")),
		  TILE_OF(0, 1, "b", "{'t':1,'y':1}", Y("q") "," S("s")),
		  TILE_OF(1, 0, "c", "{'t':1,'y':2}", Y("p")),
		  TILE_OF(1, 1, "d", "{'t':1,'y':1}", Y("q")) },
		NULL, "s{}+{}:a{} y{'y':0}+{'y':3}:a{'y':0}b{'y':2}", "[0,1]" },
};

static void tiles_go_to_their_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		struct err err = ERR_INIT;
		struct planned p;

		if (plan_files(&arena, plans[i].files, plans[i].chunks, &p,
			    &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		assert_string_equal(plan_brief(&arena, p.regions),
			plans[i].want);
		assert_string_equal(archive_text(&arena, p.inputs),
			plans[i].inputs);
	}
}

/* Of what is left behind only that of files of one place is told. */
static void other_tiles_are_not_left_behind(void **state)
{
	static const char *const rows[] = { TILE_OF(0, 0, "a", "{'t':1,'y':2}",
						    W("p")),
		TILE_OF(0, 1, "b", "{'t':1,'y':1}", W("q")), NULL };
	static const char *const same[] = { TILE_OF(0, 0, "a", "{'t':1,'y':2}",
						    W("p")),
		TILE_OF(1, 0, "b", "{'t':1,'y':2}", W("q")), NULL };
	struct recipe_combine policy = recipe_combine_default;
	struct planned p = { .arena = &arena, .policy = &policy };
	struct err err = ERR_INIT;

	(void)state;
	policy.statics.policy = "first";
	assert_int_equal(plan_with(&p, rows, NULL, &err), 0);
	assert_int_equal(js_count(p.layout.decisions), 0);
	assert_int_equal(plan_with(&p, same, NULL, &err), 0);
	assert_int_equal(js_count(p.layout.decisions), 1);
}

/* Taken from the first tiles of each row, which must be of one unit. */
static void units_of_the_first_tiles_must_agree(void **state)
{
#define UNIT(digest, units)                                   \
	"'w':{'dims':['y'],'dtype':'int16','digest':'" digest \
	"','attrs':{" units "}}"
	static const struct {
		const char *unit[4];
		bool taken;
	} cases[] = {
		{ { "'units':'K'", "'units':'m'", "'units':'K'",
			  "'units':'m'" },
			false },
		{ { "'units':'K'", "", "'units':'K'", "" }, false },
		{ { "'units':'K'", "'units':'K'", "'units':'m'", "" }, true },
		{ { "", "", "'units':'m'", "'units':'m'" }, true },
	};
	struct recipe_combine policy = recipe_combine_default;
	struct planned p = { .arena = &arena, .policy = &policy };

	(void)state;
	policy.statics.policy = "first";
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *files[5] = { NULL };
		struct err err = ERR_INIT;

		for (int k = 0; k < 4; k++)
			files[k] = arena_printf(&arena,
				TILE_OF(% d, % d, "f%d", "{'t':1,'y':1}",
					UNIT("%d", "%s")),
				k / 2, k % 2, k, k, cases[i].unit[k]);
		if ((plan_with(&p, files, NULL, &err) == 0) != cases[i].taken)
			fail_msg("case %zu: %s", i, err.msg);
		if (!cases[i].taken)
			assert_non_null(strstr(err.msg,
				"attribute 'units' of variable 'w'"));
	}
}

static const struct {
	const char *files[5], *says[4];
} refusals[] = {
	/* lengths that form no product */
	{ { TILE(0, 0, "a", "{'t':2,'y':3}"),
		  TILE(0, 1, "b", "{'t':3,'y':1}") },
		{ "dimension 't' differs between the files of one position",
			"2 in 1 file ('a')", "3 in 1 file ('b')", "product" } },
	{ { TILE(0, 0, "a", "{'t':2,'y':3}"),
		  TILE(1, 0, "b", "{'t':2,'y':1}") },
		{ "dimension 'y' differs", "3 in 1 file ('a')",
			"1 in 1 file ('b')" } },
	/* a tile is not there */
	{ { TILE(0, 0, "a", "{'t':1,'y':1}"), TILE(0, 1, "b", "{'t':1,'y':1}"),
		  TILE(1, 0, "c", "{'t':1,'y':1}") },
		{ "no file for t=1 y=1 (1 of 4 are missing)" } },
	/* latitudes that move with time */
	{ { TILE_OF(0, 0, "a", "{'t':1,'y':2}", Y("p")),
		  TILE_OF(1, 0, "b", "{'t':1,'y':2}", Y("q")) },
		{ "variable 'y' does not have all concat dimensions, but its "
		  "values differ",
			"'a'", "'b'" } },
	{ { TILE_OF(0, 0, "a", "{'t':1,'y':2}",
		    "'y':{'dims':['y'],'dtype':'int16'}"),
		  TILE_OF(1, 0, "b", "{'t':1,'y':2}",
			  "'y':{'dims':['y'],'dtype':'int16'}") },
		{ "variable 'y' is in 2 files", "no digest" } },
	{ { TILE(0, 0, "a", "{'t':1,'y':1}"),
		  TILE(0, 0, "b", "{'t':2,'y':1}") },
		{ "two files for t=0 y=0: 'a' and 'b'" } },
	{ { TILE(0, 0, "a", "{'t':1,'y':1}"),
		  "{'key':{'concat':{'t':1}},'url':'b','dims':{'t':1,'y':1},"
		  "'vars':{}}" },
		{ "the concat dimension in 'key' differs" } },
	{ { TILE(1073741823, 0, "a", "{'t':1,'y':1}") },
		{ "position 't' in 'key' is above 1073741822" } },
	{ { "{'key':{'concat':{'a':0,'b':0,'c':0,'d':0,'e':0}},'url':'a',"
	    "'dims':{},'vars':{}}" },
		{ "5 concat dimensions in 'key'" } },
	/* several merge dimensions */
	{ { "{'key':{'merge':{'m':'a/b','n':'%'}},'url':'a','dims':{},'vars':{"
	    "'s':{'dims':[],'dtype':'int8','digest':'1'}}}",
		  "{'key':{'merge':{'n':'%','m':'a/b'}},'url':'b','dims':{},"
		  "'vars':{}}" },
		{ "two files for m=a/b n=%: 'a' and 'b'" } },
};

static void tiles_that_do_not_fit_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct err err = ERR_INIT;
		struct planned p;

		if (plan_files(&arena, refusals[i].files, NULL, &p, &err) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_DATA);
		for (int k = 0; k < 4 && refusals[i].says[k] != NULL; k++)
			if (strstr(err.msg, refusals[i].says[k]) == NULL)
				fail_msg("case %zu: no <%s> in <%s>", i,
					refusals[i].says[k], err.msg);
	}
}

/* A row or a column of tiles more changes only what reaches into it. */
static void appends_stay_local_along_every_dimension(void **state)
{
#define BIG(t, y, url) TILE(t, y, url, "{'t':1000,'y':1500}")
	static const char *const files[] = {
		BIG(0, 0, "a"),
		BIG(0, 1, "b"),
		BIG(1, 0, "c"),
		BIG(1, 1, "d"),
		BIG(0, 2, "e"),
		BIG(1, 2, "f"),
		NULL,
	};
	const char *old_files[] = { files[0], files[1], files[2], files[3],
		NULL };
	const char *chunks = "{'t':1000,'y':1000}";
	struct err err = ERR_INIT;
	struct planned old, new;
	size_t same = 0;

	(void)state;
	assert_int_equal(plan_files(&arena, old_files, chunks, &old, &err), 0);
	assert_int_equal(plan_files(&arena, files, chunks, &new, &err), 0);
	assert_int_equal(js_count(old.regions), 3);
	assert_int_equal(js_count(new.regions), 5);
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 5; k++)
			same += js_equal(js_at(old.regions, i),
				js_at(new.regions, k));
	assert_int_equal(same, 3);
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
		cmocka_unit_test(tiles_go_to_their_places),
		cmocka_unit_test(other_tiles_are_not_left_behind),
		cmocka_unit_test(units_of_the_first_tiles_must_agree),
		cmocka_unit_test(tiles_that_do_not_fit_are_refused),
		cmocka_unit_test(appends_stay_local_along_every_dimension),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
