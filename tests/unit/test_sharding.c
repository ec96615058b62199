/* SPDX-License-Identifier: Apache-2.0 */
/* From layout and recipe to the shape of shards and of the chunks in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "layout/array.h"

static struct arena arena = ARENA_INIT;

/* t grows: files of 3, 2, 2 and 3; w is there to be named. */
static struct layout read_layout(const char *name, const char *dims,
	const char *shape, const char *dtype)
{
	int last = strstr(dims, "'t'") != NULL ? 3 : 0;
	const char *text = arena_printf(&arena,
		"{'concat':{'t':[[1,3],[2,2],[1,3]]},'dims':{'t':10,'y':4,"
		"'x':5,'b':90000},'attrs':{},'attr_dtypes':{},'vars':{"
		"'%s':{'dims':%s,'shape':%s,'dtype':'%s','attrs':{},"
		"'attr_dtypes':{},'from':{'':[[0,%d]]}},"
		"'w':{'dims':['t'],'shape':[10],'dtype':'int8','attrs':{},"
		"'attr_dtypes':{},'from':{'':[[0,3]]}}}}",
		name, dims, shape, dtype, last);
	struct err err = ERR_INIT;
	struct layout l;

	if (layout_from_json(&arena, archive_parse(&arena, text), &l, &err) < 0)
		fail_msg("%s: %s", text, err.msg);
	return l;
}

static const char *numbers(const uint64_t *v, unsigned n)
{
	struct js *list = js_new_list(&arena);

	for (unsigned i = 0; v != NULL && i < n; i++)
		js_add_u64(list, v[i]);
	return v != NULL ? archive_text(&arena, list) : "none";
}

static const struct array *find(const struct arrays *all, const char *name)
{
	size_t i = 0;

	while (!str_eq(all->at[i].name, name))
		i++;
	return &all->at[i];
}

static const struct {
	const char *name, *dims, *shape, *dtype, *chunks, *shards;
	const char *inner, *object; /* shapes of chunks in a shard, of what is
				     * stored */
} cases[] = {
	{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'t':2}", "{}", "none",
		"[2,4,5]" },
	{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'t':2}", "{'t':6}",
		"[2,4,5]", "[6,4,5]" },
	/* whole chunks only; one along what is not named */
	{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'t':2,'y':3,'x':2}",
		"{'t':7,'x':-1}", "[2,3,2]", "[8,3,6]" },
	{ "v", "['t','y']", "[10,4]", "int8", "{'t':5}", "{'t':2}", "[5,4]",
		"[5,4]" },
	/* where it grows, and beyond what there is */
	{ "v", "['t']", "[10]", "int8", "{'t':4}", "{'t':-1}", "[4]", "[12]" },
	{ "v", "['t']", "[10]", "int8", "{'t':4}", "{'t':400}", "[4]",
		"[400]" },
	/* of one variable; not of coordinates, strings and scalars */
	{ "v", "['t']", "[10]", "int8", "{'t':4}", "{'w':{'t':8}}", "none",
		"[4]" },
	{ "v", "['t']", "[10]", "int8", "{'t':4}", "{'v':{'t':8},'t':12}",
		"[4]", "[8]" },
	{ "t", "['t']", "[10]", "int64", "{}", "{'...':-1}", "none", "[1024]" },
	{ "t", "['t']", "[10]", "int64", "{'t':{'t':4}}", "{'t':{'t':8}}",
		"[4]", "[8]" },
	{ "v", "['t']", "[10]", "string", "{'t':4}", "{'t':8}", "none", "[4]" },
	{ "v", "[]", "[]", "int16", "{}", "{'...':-1}", "none", "[]" },
	/* chunks of 20 bytes: 6 of them */
	{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'t':1,'y':2}",
		"{'t':'120B'}", "[1,2,5]", "[6,2,5]" },
	{ "v", "['t','y','x']", "[10,4,5]", "int16", "{'t':1,'y':2}",
		"{'y':-1,'t':'120B'}", "[1,2,5]", "[3,4,5]" },
};

static void shards_are_boxes_of_whole_chunks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct layout l = read_layout(cases[i].name, cases[i].dims,
			cases[i].shape, cases[i].dtype);
		struct recipe_target target = {
			.zarr_format = 3,
			.chunks = archive_parse(&arena, cases[i].chunks),
			.shards = archive_parse(&arena, cases[i].shards),
		};
		struct err err = ERR_INIT;
		const struct array *t;
		struct arrays all;

		if (arrays_decide(&arena, &l, &target, &all, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		t = find(&all, cases[i].name);
		if (!str_eq(numbers(t->inner_shape, t->ndim), cases[i].inner) ||
			!str_eq(numbers(t->chunk_shape, t->ndim),
				cases[i].object))
			fail_msg("case %zu: %s in %s", i,
				numbers(t->inner_shape, t->ndim),
				numbers(t->chunk_shape, t->ndim));
	}
}

static const struct {
	const char *dims, *shape, *shards, *says;
} bad_cases[] = {
	{ "['t']", "[10]", "{'tt':3}",
		"'target.shards' of the recipe names 'tt'" },
	{ "['t']", "[10]", "{'v':{'x':3}}",
		"'target.shards.v' of the recipe names 'x', which is no "
		"dimension of that variable" },
	{ "['y','b']", "[4,90000]", "{'y':1,'...':'2B'}",
		"a shard of variable 'v' is more than the 2 bytes that "
		"target.shards asks for" },
	{ "['t','b']", "[10,90000]", "{'t':90000}",
		"a shard of variable 'v' would be more than 2 GiB in memory: "
		"set smaller target.shards" },
	{ "['t']", "[10]", "{'t':2147483631,'v':{'t':2147483631}}", NULL },
};

static void impossible_shards_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_cases) / sizeof(*bad_cases); i++) {
		struct layout l = read_layout("v", bad_cases[i].dims,
			bad_cases[i].shape, "int8");
		struct recipe_target target = {
			.zarr_format = 3,
			.shards = archive_parse(&arena, bad_cases[i].shards),
		};
		struct err err = ERR_INIT;
		struct arrays all;
		int r = arrays_decide(&arena, &l, &target, &all, &err);

		assert_int_equal(r, bad_cases[i].says ? -1 : 0);
		if (bad_cases[i].says == NULL)
			continue;
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.msg, bad_cases[i].says) == NULL)
			fail_msg("case %zu: %s", i, err.msg);
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
		cmocka_unit_test(shards_are_boxes_of_whole_chunks),
		cmocka_unit_test(impossible_shards_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
