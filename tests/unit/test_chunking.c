/* SPDX-License-Identifier: Apache-2.0 */
/* From layout and recipe to the shape of chunks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "layout/array.h"

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

static const char *const dims =
	"{'n':3,'lat':18,'lon':36,'t':10,'y':4,'x':5,'z':0,'b':9000,'c':9000}";

static const struct {
	const char *name, *dims, *shape, *dtype, *chunks, *want;
} follow_cases[] = {
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
	/* what pangeo-forge-recipes asks for of 3 x 18 x 36 in files of
	 * one step (test_aggregation.py) */
	{ "v", "['n','lat','lon']", "[3,18,36]", "float64", NULL, "[1,18,36]" },
	{ "v", "['n','lat','lon']", "[3,18,36]", "float64", "{'n':1}",
		"[1,18,36]" },
	{ "v", "['n','lat','lon']", "[3,18,36]", "float64", "{'n':2}",
		"[2,18,36]" },
	{ "v", "['n','lat','lon']", "[3,18,36]", "float64", "{'n':2,'lon':9}",
		"[2,18,9]" },
	{ "v", "['n','lat','lon']", "[3,18,36]", "float64", "{'n':3}",
		"[3,18,36]" },
	{ "v", "['n','lat','lon']", "[3,18,36]", "float64", "{'n':3,'lon':7}",
		"[3,18,7]" },
	{ "v", "['n','lat','lon']", "[3,18,36]", "float64",
		"{'n':3,'lat':18,'lon':7}", "[3,18,7]" },
	{ "n", "['n']", "[3]", "int64", "{'n':1}", "[1024]" },
	/* no zero-length chunks */
	{ "v", "['t','z']", "[10,0]", "int8", NULL, "[3,1]" },
	/* 128 MiB: 3*9000*9000*8 is 1854 MiB; halve the longest */
	{ "v", "['t','b','c']", "[10,9000,9000]", "float64", NULL,
		"[3,2250,2250]" },
	{ "v", "['t','b','c']", "[10,9000,9000]", "float64", "{'b':-1}",
		"[3,9000,563]" },
	/* longer than a dimension that cannot grow */
	{ "v", "['y']", "[4]", "int16", "{'y':100}", "[4]" },
	/* all others; for all; for all of one variable */
	{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'t':10,'...':2}",
		"[10,2,2]" },
	{ "v", "['y','x']", "[4,5]", "int16", "{'...':-1}", "[4,5]" },
	{ "v", "['t','y','x']", "[10,4,5]", "int16",
		"{'t':10,'x':1,'v':{'y':3,'...':2}}", "[2,3,2]" },
	{ "t", "['t']", "[10]", "int64", "{'...':2}", "[1024]" },
	/* sizes: the first file's length (3), times what fits */
	{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'...':'120B'}",
		"[3,4,5]" },
	{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'...':'600B'}",
		"[15,4,5]" },
	{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'...':'1kB'}",
		"[24,4,5]" },
	{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'t':1,'...':'20B'}",
		"[1,2,3]" },
	{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'t':'80B'}", "[2,4,5]" },
	{ "v", "['t','y','x']", "[10,4,5]", "int16",
		"{'...':'1kB','v':{'...':'120B'}}", "[3,4,5]" },
	{ "v", "['t','y','x']", "[10,4,5]", "int16",
		"{'...':'1kB','v':{'t':4}}", "[4,4,5]" },
	{ "v", "['t','b','c']", "[10,9000,9000]", "float64",
		"{'t':1,'...':'500MB'}", "[1,7905,7905]" },
	{ "t", "['t']", "[10]", "int64", "{'t':{'...':'80B'}}", "[9]" },
	/* by divisors of 9000, and multiples of the first file's 3 */
	{ "v", "['t','b','c']", "[10,9000,9000]", "int16",
		"{'...':{'size':'1MB','aspect':{'t':1}}}", "[87,75,75]" },
	/* text counts its bytes */
	{ "v", "['t','b','c']", "[10,9000,9000]", "char", NULL, "[3,4500]" },
};

static void chunks_follow_the_recipe_then_the_first_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(follow_cases) / sizeof(follow_cases[0]);
		i++) {
		const char *of = follow_cases[i].dims;
		bool n = strstr(of, "'n'"), t = strstr(of, "'t'");
		struct recipe_target target = { .zarr_format = 3 };
		struct js *list = js_new_list(&arena);
		struct err err = ERR_INIT;
		struct arrays arrays;
		struct layout l;

		if (follow_cases[i].chunks != NULL)
			target.chunks =
				archive_parse(&arena, follow_cases[i].chunks);
		assert_int_equal(layout_from_json(&arena,
					 layout_of(n ? "{'n':[[3,1]]}" :
						       "{'t':[[1,3],[1,7]]}",
						 dims,
						 var_of(follow_cases[i].name,
							 of,
							 follow_cases[i].shape,
							 follow_cases[i].dtype,
							 n         ? 2 :
								 t ? 1 :
								     0)),
					 &l, &err),
			0);
		if (arrays_decide(&arena, &l, &target, &arrays, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		for (unsigned k = 0; k < arrays.at[0].ndim; k++)
			js_add_u64(list, arrays.at[0].chunk_shape[k]);
		if (!str_eq(archive_text(&arena, list), follow_cases[i].want))
			fail_msg("case %zu: %s, want %s", i,
				archive_text(&arena, list),
				follow_cases[i].want);
	}
}

/* Shapes of all arrays, as JSON. */
static const char *shapes_of(const char *concat, const char *lengths,
	const char *vars, const char *chunks)
{
	struct recipe_target target = { .zarr_format = 3,
		.chunks = archive_parse(&arena, chunks) };
	struct js *out = js_new_object(&arena);
	struct err err = ERR_INIT;
	struct arrays arrays;
	struct layout l;

	if (layout_from_json(&arena, layout_of(concat, lengths, vars), &l,
		    &err) < 0 ||
		arrays_decide(&arena, &l, &target, &arrays, &err) < 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < arrays.n; i++) {
		struct js *list = js_new_list(&arena);

		for (unsigned k = 0; k < arrays.at[i].ndim; k++)
			js_add_u64(list, arrays.at[i].chunk_shape[k]);
		js_set(out, arrays.at[i].name, list);
	}
	return archive_text(&arena, out);
}

#define VAR(name, dims, shape, dtype)                                   \
	"'" name "':{'dims':" dims ",'shape':" shape ",'dtype':'" dtype \
	"','attrs':{},'attr_dtypes':{},'from':{'':[[0,%u]]}}"

/* However long the archive, and however few the files that end it. */
static void chunks_do_not_depend_on_the_length_of_the_archive(void **state)
{
	static const char *const cases[][2] = {
		{ "{'...':'1MB'}", "{'b':[50,2],'v':[50,100,100]}" },
		{ "{'...':'30kB'}", "{'b':[1,2],'v':[1,100,100]}" },
		{ "{'t':7,'...':'30kB'}", "{'b':[7,2],'v':[7,46,46]}" },
		{ "{'y':'30kB'}", "{'b':[1,2],'v':[1,100,100]}" },
		{ "{'...':{'size':'1MB'}}", "{'b':[100,2],'v':[100,50,100]}" },
		{ "{'...':-1,'t':5}", "{'b':[5,2],'v':[5,100,100]}" },
	};
	static const unsigned lengths[] = { 1, 2, 49, 50, 51, 365, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]);
			k++) {
			unsigned n = lengths[k];
			const char *vars = arena_printf(&arena,
				"{" VAR("b", "['t','z']", "[%u,2]",
					"float64") "," VAR("v", "['t','y','x']",
					"[%u,100,100]", "int16") "}",
				n, n - 1, n, n - 1);
			const char *got = shapes_of(arena_printf(&arena,
							    "{'t':[[%u,1]]}",
							    n),
				arena_printf(&arena,
					"{'t':%u,'x':100,'y':100,'z':2}", n),
				vars, cases[i][0]);

			if (!str_eq(got,
				    archive_text(&arena,
					    archive_parse(&arena,
						    cases[i][1]))))
				fail_msg("%s of %u: %s", cases[i][0], n, got);
		}
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

static const struct {
	const char *dims, *shape, *dtype, *attrs, *chunks, *codecs;
	const char *says;
} refuse_cases[] = {
	{ "['t']", "[10]", "int8", "{}", "{'tt':3}", NULL, "nearest is 't'" },
	{ "['t']", "[10]", "int8", "{}", "{'w':{'t':3}}", NULL,
		"neither a dimension nor a variable" },
	{ "['t']", "[10]", "int8", "{}", "{'v':{'x':3}}", NULL,
		"no dimension of that variable" },
	{ "['t']", "[10]", "int8", "{}",
		"{'...':{'size':'1MB','aspect':{'tt':3}}}", NULL,
		"nearest is 't'" },
	{ "['t']", "[10]", "int8", "{}",
		"{'v':{'...':{'size':'1MB','aspect':{'x':3}}}}", NULL,
		"no dimension of that variable" },
	{ "['b','c']", "[90000,90000]", "int8", "{}", "{'b':-1,'c':'80kB'}",
		NULL, "more than the 80000 bytes that target.chunks asks" },
	{ "['b','c']", "[90000,90000]", "int8", "{}",
		"{'b':-1,'...':{'size':'50kB'}}", NULL,
		"a chunk of variable 'v'" },
	{ "['t']", "[10]", "int8", "{}", NULL, "{'w':[]}",
		"'target.codecs' of the recipe names 'w'" },
	{ "['t']", "[10]", "int8", "{'_FillValue':300}", NULL, NULL,
		"'_FillValue' is not a value of its type int8" },
	{ "['t']", "[10]", "int8", "{'scale_factor':'NaN'}", NULL, NULL,
		"'scale_factor' is not a finite number" },
	{ "['t']", "[10]", "int8", "{'add_offset':'1'}", NULL, NULL,
		"'add_offset' is not a finite number" },
	{ "['t']", "[10]", "int8", "{'_FillValue':[1,2]}", NULL, NULL,
		"'_FillValue'" },
	{ "['b','c']", "[90000,90000]", "int8", "{}", "{'b':-1,'c':-1}", NULL,
		"set smaller target.chunks" },
	{ "['b','c','h']", "[90000,90000,'9223372036854775807']", "int8", "{}",
		NULL, NULL, "larger than any store" },
};

static void impossible_targets_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refuse_cases) / sizeof(refuse_cases[0]);
		i++) {
		struct recipe_target target = { .zarr_format = 3 };
		struct err err = ERR_INIT;
		struct arrays arrays;
		struct layout l;

		if (refuse_cases[i].chunks != NULL)
			target.chunks =
				archive_parse(&arena, refuse_cases[i].chunks);
		if (refuse_cases[i].codecs != NULL)
			target.codecs =
				archive_parse(&arena, refuse_cases[i].codecs);
		if (layout_from_json(&arena,
			    layout_of("{}",
				    "{'t':10,'b':90000,'c':90000,'x':1,"
				    "'h':'9223372036854775807'}",
				    var_of("v", refuse_cases[i].dims,
					    refuse_cases[i].shape,
					    refuse_cases[i].dtype, 0)),
			    &l, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		l.vars[0].attrs = archive_parse(&arena, refuse_cases[i].attrs);
		if (arrays_decide(&arena, &l, &target, &arrays, &err) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.msg, refuse_cases[i].says) == NULL)
			fail_msg("case %zu: no <%s> in <%s>", i,
				refuse_cases[i].says, err.msg);
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
			chunks_do_not_depend_on_the_length_of_the_archive),
		cmocka_unit_test(
			a_growing_coordinate_is_one_chunk_of_few_sizes),
		cmocka_unit_test(impossible_targets_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
