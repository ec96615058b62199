/* SPDX-License-Identifier: Apache-2.0 */
/* From datasets to regions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "plan/plan.h"
#include "plan/plan_region.h"
#include "schema/schema.h"

static struct arena arena = ARENA_INIT;

/* A whole plan of datasets; the regions as a list. */
struct planned {
	struct js *regions, *inputs;
};

static int keep_region(void *state, size_t file, const struct buf *line,
	struct err *err)
{
	struct planned *p = state;
	struct js *rec = js_parse(&arena, line->data, line->len, err);

	if (rec == NULL)
		return -1;
	js_add(p->regions, rec);
	js_add_u64(p->inputs, file);
	return 0;
}

static int plan_files(const char *const *files, const char *chunks,
	struct planned *out, struct err *err)
{
	struct recipe_target recipe = { .zarr_format = 3,
		.chunks = chunks ? archive_parse(&arena, chunks) : NULL };
	struct plan_sink sink = { keep_region, out };
	struct js *documents[8];
	struct arrays arrays;
	struct layout l;
	struct plan_target target = { &l, &arrays, documents, 0 };
	struct plan *plan;
	struct schema s;

	out->regions = js_new_list(&arena);
	out->inputs = js_new_list(&arena);
	schema_init(&s, &arena);
	for (size_t i = 0; files[i] != NULL; i++)
		if (schema_fold(&s, archive_record(&arena, files[i]), err) < 0)
			return -1;
	if (layout_decide(&arena, &s, &recipe_combine_default, &l, err) < 0 ||
		arrays_decide(&arena, &l, &recipe, &arrays, err) < 0)
		return -1;
	for (size_t i = 0; i < arrays.n; i++)
		documents[i] =
			archive_parse(&arena, "{'shape':0,'attributes':0}");
	plan = plan_open(&arena, &target);
	for (size_t i = 0; files[i] != NULL; i++)
		if (plan_add(plan, archive_record(&arena, files[i]), i, err) <
			0)
			return -1;
	return plan_cut(plan, &sink, err);
}

#define FILE(n, url, dims, vars)                                      \
	"{'key':{'concat':{'t':" #n "}},'url':'" url "','dims':" dims \
	",'vars':" vars "}"
#define V "{'v':{'dims':['t','x'],'dtype':'int16'}}"

/* Offset, size and pieces of every region, in few words. */
static const char *brief(const struct js *regions)
{
	struct buf text = BUF_INIT;
	const char *copy;

	for (size_t i = 0; i < js_count(regions); i++) {
		const struct js *r = js_at(regions, i);
		const struct js *from = js_get(r, "from");

		buf_addf(&text, "%s%s+%s:", i ? " " : "",
			archive_text(&arena, js_path(r, "key", "offset", NULL)),
			archive_text(&arena, js_get(r, "size")));
		for (size_t k = 0; k < js_count(from); k++)
			buf_addf(&text, "%s%s",
				js_get_text(js_at(from, k), "url"),
				archive_text(&arena,
					js_get(js_at(from, k), "offset")));
	}
	copy = arena_strdup(&arena, text.data ? text.data : "");
	buf_release(&text);
	return copy;
}

struct cut_case {
	const char *files[6], *chunks, *want, *inputs;
};

static void check_cut(const struct cut_case *c, size_t i)
{
	struct err err = ERR_INIT;
	struct planned p;

	if (plan_files(c->files, c->chunks, &p, &err) < 0)
		fail_msg("case %zu: %s", i, err.msg);
	assert_string_equal(brief(p.regions), c->want);
	assert_string_equal(archive_text(&arena, p.inputs), c->inputs);
}

static void regions_draw_on_the_files_they_touch(void **state)
{
	static const struct cut_case cases[] = {
		{ { FILE(1, "b", "{'t':2,'x':3}", V),
			  FILE(0, "a", "{'t':3,'x':3}", V) },
			NULL, "{'t':0,'x':0}+{'t':5,'x':3}:a{'t':0}b{'t':3}",
			"[1]" },
		/* large cells, so that each chunk is a region */
		{ { FILE(0, "a", "{'t':3,'x':2000000}", V),
			  FILE(1, "b", "{'t':0,'x':2000000}", V),
			  FILE(2, "c", "{'t':2,'x':2000000}", V) },
			"{'t':2}",
			"{'t':0,'x':0}+{'t':2,'x':2000000}:a{'t':0} "
			"{'t':2,'x':0}+{'t':2,'x':2000000}:a{'t':0}c{'t':3} "
			"{'t':4,'x':0}+{'t':1,'x':2000000}:c{'t':3}",
			"[0,2,2]" },
		/* nothing to write */
		{ { FILE(0, "a", "{'t':0,'x':3}", V) }, NULL, "", "[]" },
		{ { FILE(0, "a", "{'t':2,'x':0}", V) }, NULL, "", "[]" },
		/* static: once, from the first file that has it */
		{ { FILE(1, "b", "{'t':1,'x':3}",
			    "{'s':{'dims':['x'],'dtype':'int8','digest':'1'}}"),
			  FILE(0, "a", "{'t':1,'x':3}",
				  "{'s':{'dims':['x'],'dtype':'int8',"
				  "'digest':'1'}}") },
			NULL, "{'x':0}+{'x':3}:a{}", "[1]" },
		{ { FILE(0, "a", "{'t':1}",
			  "{'s':{'dims':[],'dtype':'int8','digest':'1'}}") },
			NULL, "{}+{}:a{}", "[0]" },
		/* by variable, then offset */
		{ { FILE(0, "a", "{'t':1,'x':3}",
			  "{'z':{'dims':['t'],'dtype':'int8'},"
			  "'b':{'dims':['t','x'],'dtype':'int8'}}") },
			NULL,
			"{'t':0,'x':0}+{'t':1,'x':3}:a{'t':0} "
			"{'t':0}+{'t':1}:a{'t':0}",
			"[0,0]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_cut(&cases[i], i);
}

static void large_regions_go_with_files_in_turn(void **state)
{
	static const struct cut_case cases[] = {
		/* large ones go with the last of two files, but for the first */
		{ { FILE(0, "a", "{'t':3,'x':16000000}", V),
			  FILE(1, "b", "{'t':4,'x':16000000}", V),
			  FILE(2, "c", "{'t':1,'x':16000000}", V) },
			"{'t':2}",
			"{'t':0,'x':0}+{'t':2,'x':16000000}:a{'t':0} "
			"{'t':2,'x':0}+{'t':2,'x':16000000}:a{'t':0}b{'t':3} "
			"{'t':4,'x':0}+{'t':2,'x':16000000}:b{'t':3} "
			"{'t':6,'x':0}+{'t':2,'x':16000000}:b{'t':3}c{'t':7}",
			"[0,1,1,2]" },
		/* and those of more take turns */
		{ { FILE(0, "a", "{'t':3,'x':16000000}", V),
			  FILE(1, "b", "{'t':1,'x':16000000}", V),
			  FILE(2, "c", "{'t':1,'x':16000000}", V),
			  FILE(3, "d", "{'t':1,'x':16000000}", V) },
			"{'t':3}",
			"{'t':0,'x':0}+{'t':3,'x':16000000}:a{'t':0} "
			"{'t':3,'x':0}+{'t':3,'x':16000000}:"
			"b{'t':3}c{'t':4}d{'t':5}",
			"[0,1]" },
		/* regions of one stretch go with one file each */
		{ { FILE(0, "a", "{'t':1,'x':64000000}", V),
			  FILE(1, "b", "{'t':1,'x':64000000}", V) },
			"{'t':2,'x':32000000}",
			"{'t':0,'x':0}+{'t':2,'x':32000000}:a{'t':0}b{'t':1} "
			"{'t':0,'x':32000000}+{'t':2,'x':32000000}:"
			"a{'t':0}b{'t':1}",
			"[0,1]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_cut(&cases[i], i);
}

static void only_chunks_that_a_region_needs_are_listed(void **state)
{
	static const char *const files[] = {
		FILE(0, "a", "{'t':4,'x':2000000}",
			"{'v':{'dims':['t','x'],'dtype':'int16',"
			"'chunk_shape':[1,1000000],'refs':{"
			"'offset':[0,1,2,3,null,5,6,7],"
			"'length':[8,8,8,8,0,8,8,8],"
			"'mask':[0,0,1,0,0,0,0,0]}}}"),
		NULL,
	};
	struct err err = ERR_INIT;
	struct planned p;

	(void)state;
	assert_int_equal(plan_files(files, "{'t':2}", &p, &err), 0);
	assert_int_equal(js_count(p.regions), 2);
	assert_string_equal(archive_text(&arena,
				    js_get(js_at(js_get(js_at(p.regions, 1),
							 "from"),
						   0),
					    "refs")),
		"{'index':[4,5,6,7],'offset':[null,5,6,7],"
		"'length':[0,8,8,8]}");
	assert_int_equal(plan_files(files, "{'t':4}", &p, &err), 0);
	assert_null(js_get(js_get(js_at(js_get(js_at(p.regions, 0), "from"), 0),
				   "refs"),
		"index"));
}

/* Files at the end change only the regions that they reach into. */
static void an_append_leaves_old_regions_alone(void **state)
{
	static const char *const files[] = {
		FILE(0, "a", "{'t':3,'x':2000000}", V),
		FILE(1, "b", "{'t':2,'x':2000000}", V),
		FILE(2, "c", "{'t':3,'x':2000000}", V),
		NULL,
	};
	const char *fewer[] = { files[0], files[1], NULL };
	struct err err = ERR_INIT;
	struct planned old, new;

	(void)state;
	assert_int_equal(plan_files(fewer, "{'t':2}", &old, &err), 0);
	assert_int_equal(plan_files(files, "{'t':2}", &new, &err), 0);
	assert_int_equal(js_count(old.regions), 3);
	assert_int_equal(js_count(new.regions), 4);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(archive_text(&arena, js_at(old.regions, i)),
			archive_text(&arena, js_at(new.regions, i)));
	assert_false(js_equal(js_at(old.regions, 2), js_at(new.regions, 2)));
}

static void datasets_must_be_those_of_the_schema(void **state)
{
	static const struct {
		const char *changed, *says;
	} cases[] = {
		{ NULL, "no dataset for t=1" },
		{ FILE(1, "b", "{'t':2,'x':3}", V), "is not what the schema" },
		{ FILE(1, "b", "{'t':1,'x':4}", V), "is not what the schema" },
		{ FILE(1, "b", "{'t':1,'x':3}", "{}"), "is not what the" },
		{ FILE(2, "b", "{'t':1,'x':3}", V), "beyond the 2 files" },
		{ FILE(0, "b", "{'t':1,'x':3}", V),
			"two files for t=0: 'a' and 'b'" },
		{ "{'key':{'concat':{'u':1}},'url':'b','dims':{},'vars':{}}",
			"'key' does not name the dimensions" },
	};
	static const char *const files[] = {
		FILE(0, "a", "{'t':1,'x':3}", V),
		FILE(1, "b", "{'t':1,'x':3}", V),
		NULL,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recipe_target recipe = { .zarr_format = 3 };
		struct js *documents[1] = { js_new_object(&arena) };
		struct planned out = { js_new_list(&arena),
			js_new_list(&arena) };
		struct plan_sink sink = { keep_region, &out };
		struct err err = ERR_INIT;
		struct arrays arrays;
		struct layout l;
		struct plan_target target = { &l, &arrays, documents, 0 };
		struct plan *plan;
		struct schema s;
		int r;

		schema_init(&s, &arena);
		for (int k = 0; k < 2; k++)
			assert_int_equal(schema_fold(&s,
						 archive_record(&arena,
							 files[k]),
						 &err),
				0);
		assert_int_equal(layout_decide(&arena, &s,
					 &recipe_combine_default, &l, &err),
			0);
		assert_int_equal(arrays_decide(&arena, &l, &recipe, &arrays,
					 &err),
			0);
		plan = plan_open(&arena, &target);
		r = plan_add(plan, archive_record(&arena, files[0]), 0, &err);
		if (r == 0 && cases[i].changed != NULL)
			r = plan_add(plan,
				archive_record(&arena, cases[i].changed), 0,
				&err);
		if (r == 0)
			r = plan_cut(plan, &sink, &err);
		assert_int_equal(r, -1);
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.msg, cases[i].says) == NULL)
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
		cmocka_unit_test(regions_draw_on_the_files_they_touch),
		cmocka_unit_test(large_regions_go_with_files_in_turn),
		cmocka_unit_test(only_chunks_that_a_region_needs_are_listed),
		cmocka_unit_test(an_append_leaves_old_regions_alone),
		cmocka_unit_test(datasets_must_be_those_of_the_schema),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
