/* SPDX-License-Identifier: Apache-2.0 */
/* From layout and recipe to the shape of chunks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "model/array.h"

static struct arena arena = ARENA_INIT;

static struct js *layout_of(const char *concat, const char *dims,
	const char *vars)
{
	return archive_parse(&arena,
		arena_printf(&arena,
			"{'concat':%s,'dims':%s,'attrs':{},'attr_dtypes':{},"
			"'vars':%s}",
			concat, dims, vars));
}

/* last: the position of the last file it is taken from. */
static const char *var_of(const char *name, const char *dims, const char *shape,
	const char *dtype, int last)
{
	return arena_printf(&arena,
		"{'%s':{'dims':%s,'shape':%s,'dtype':'%s','attrs':{},"
		"'attr_dtypes':{},'from':{'':[[0,%d]]}}}",
		name, dims, shape, dtype, last);
}

static const char *const dims = "{'t':10,'y':4,'x':5,'z':0,'b':9000,'c':9000}";

static void chunks_follow_the_recipe_then_the_first_file(void **state)
{
	static const struct {
		const char *name, *dims, *shape, *dtype, *chunks, *want;
	} cases[] = {
		/* nothing said: first file (3) along time, others whole */
		{ "v", "['t','y','x']", "[10,4,5]", "int16", NULL, "[3,4,5]" },
		{ "v", "['y','x']", "[4,5]", "int16", NULL, "[4,5]" },
		{ "v", "[]", "[]", "int16", NULL, "[]" },
		/* per dimension, whole, per variable, longer than the array */
		{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'t':2,'y':-1}",
			"[2,4,5]" },
		{ "v", "['t','y','x']", "[10,4,5]", "int16",
			"{'t':2,'v':{'t':5,'x':2}}", "[5,4,2]" },
		{ "v", "['t']", "[10]", "int16", "{'t':20}", "[20]" },
		{ "v", "['t']", "[10]", "int16", "{'t':-1}", "[10]" },
		/* coordinates: one chunk with room to grow along the concat
		 * dimension, unless named for themselves */
		{ "t", "['t']", "[10]", "int64", "{'t':2}", "[1024]" },
		{ "y", "['y']", "[4]", "int64", NULL, "[4]" },
		{ "t", "['t']", "[10]", "int64", "{'t':{'t':4}}", "[4]" },
		{ "v", "['t']", "[10]", "int64", NULL, "[3]" },
		/* no zero-length chunks */
		{ "v", "['t','z']", "[10,0]", "int8", NULL, "[3,1]" },
		/* 128 MiB: 3*9000*9000*8 is 1854 MiB; halve the longest */
		{ "v", "['t','b','c']", "[10,9000,9000]", "float64", NULL,
			"[3,2250,2250]" },
		{ "v", "['t','b','c']", "[10,9000,9000]", "float64", "{'b':-1}",
			"[3,9000,563]" },
		/* text counts its bytes */
		{ "v", "['t','b','c']", "[10,9000,9000]", "char", NULL,
			"[3,4500]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recipe_target target = { .zarr_format = 3 };
		struct js *list = js_new_list(&arena);
		struct err err = ERR_INIT;
		struct arrays arrays;
		struct layout l;

		if (cases[i].chunks != NULL)
			target.chunks = archive_parse(&arena, cases[i].chunks);
		assert_int_equal(
			layout_from_json(&arena,
				layout_of("{'t':[[1,3],[1,7]]}", dims,
					var_of(cases[i].name, cases[i].dims,
						cases[i].shape, cases[i].dtype,
						strstr(cases[i].dims, "'t'") ?
							1 :
							0)),
				&l, &err),
			0);
		if (arrays_decide(&arena, &l, &target, &arrays, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		for (unsigned k = 0; k < arrays.at[0].ndim; k++)
			js_add_u64(list, arrays.at[0].chunk_shape[k]);
		if (!str_eq(archive_text(&arena, list), cases[i].want))
			fail_msg("case %zu: %s, want %s", i,
				archive_text(&arena, list), cases[i].want);
	}
}

static void a_growing_coordinate_is_one_chunk_of_few_sizes(void **state)
{
	static const struct {
		unsigned len, chunk;
	} cases[] = {
		{ 1, 1024 },
		{ 1024, 1024 },
		{ 1025, 2048 },
		{ 14764, 16384 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recipe_target target = { .zarr_format = 3 };
		struct err err = ERR_INIT;
		struct arrays arrays;
		struct layout l;
		unsigned n = cases[i].len;

		assert_int_equal(layout_from_json(&arena,
					 layout_of(arena_printf(&arena,
							   "{'t':[[1,%u]]}", n),
						 arena_printf(&arena,
							 "{'t':%u}", n),
						 var_of("t", "['t']",
							 arena_printf(&arena,
								 "[%u]", n),
							 "int64", 0)),
					 &l, &err),
			0);
		assert_int_equal(arrays_decide(&arena, &l, &target, &arrays,
					 &err),
			0);
		assert_int_equal(arrays.at[0].chunk_shape[0], cases[i].chunk);
	}
}

static void impossible_targets_are_refused(void **state)
{
	static const struct {
		const char *dims, *shape, *dtype, *attrs, *chunks, *codecs;
		const char *says;
	} cases[] = {
		{ "['t']", "[10]", "int8", "{}", "{'tt':3}", NULL,
			"nearest is 't'" },
		{ "['t']", "[10]", "int8", "{}", "{'w':{'t':3}}", NULL,
			"neither a dimension nor a variable" },
		{ "['t']", "[10]", "int8", "{}", "{'v':{'x':3}}", NULL,
			"no dimension of that variable" },
		{ "['t']", "[10]", "int8", "{}", NULL, "{'w':[]}",
			"'target.codecs' of the recipe names 'w'" },
		{ "['t']", "[10]", "int8", "{'_FillValue':300}", NULL, NULL,
			"'_FillValue' is not a value of its type int8" },
		{ "['t']", "[10]", "int8", "{'_FillValue':[1,2]}", NULL, NULL,
			"'_FillValue'" },
		{ "['b','c']", "[90000,90000]", "int8", "{}", "{'b':-1,'c':-1}",
			NULL, "set smaller target.chunks" },
		{ "['b','c','h']", "[90000,90000,'9223372036854775807']",
			"int8", "{}", NULL, NULL, "larger than any store" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recipe_target target = { .zarr_format = 3 };
		struct err err = ERR_INIT;
		struct arrays arrays;
		struct layout l;

		if (cases[i].chunks != NULL)
			target.chunks = archive_parse(&arena, cases[i].chunks);
		if (cases[i].codecs != NULL)
			target.codecs = archive_parse(&arena, cases[i].codecs);
		if (layout_from_json(&arena,
			    layout_of("{}",
				    "{'t':10,'b':90000,'c':90000,'x':1,"
				    "'h':'9223372036854775807'}",
				    var_of("v", cases[i].dims, cases[i].shape,
					    cases[i].dtype, 0)),
			    &l, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		l.vars[0].attrs = archive_parse(&arena, cases[i].attrs);
		if (arrays_decide(&arena, &l, &target, &arrays, &err) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.msg, cases[i].says) == NULL)
			fail_msg("case %zu: no <%s> in <%s>", i, cases[i].says,
				err.msg);
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
		cmocka_unit_test(chunks_follow_the_recipe_then_the_first_file),
		cmocka_unit_test(
			a_growing_coordinate_is_one_chunk_of_few_sizes),
		cmocka_unit_test(impossible_targets_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
