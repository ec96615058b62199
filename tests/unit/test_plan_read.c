/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of records without parsing them, and what is left to the parser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "plan/plan_read.h"
#include "plan/plan_refs.h"
#include "record/json_write.h"

static struct arena arena = ARENA_INIT;

static struct span line_of(const char *text)
{
	char *copy = arena_strdup(&arena, text);

	for (char *c = copy; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	return (struct span){ copy, strlen(copy) };
}

static void references_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t n;
		bool ok;
	} cases[] = {
		{ "{'offset':[7,null],'length':[5,0]}", 2, true },
		{ "{'offset':[7,9],'length':[5,0],'mask':[1,4294967295]}", 2,
			true },
		{ "{'offset':[],'length':[]}", 0, true },
		{ "{'offset':[7],'length':[5]}", 2, false },
		{ "{'offset':[7,8,9],'length':[5,6]}", 2, false },
		{ "{'offset':[7,8],'length':[5]}", 2, false },
		{ "{'offset':[7,8],'length':[5,null]}", 2, false },
		{ "{'offset':[7,null],'length':[5,1]}", 2, false },
		{ "{'offset':[7,8],'length':[5,6],'mask':[1]}", 2, false },
		{ "{'offset':[7,8],'length':[5,6],'mask':[1,4294967296]}", 2,
			false },
		{ "{'offset':[07,8],'length':[5,6]}", 2, false },
		{ "{'offset':[-7,8],'length':[5,6]}", 2, false },
		{ "{'offset':[7.0,8],'length':[5,6]}", 2, false },
		{ "{'offset':['7',8],'length':[5,6]}", 2, false },
		{ "{'offset':[,8],'length':[5,6]}", 2, false },
		{ "{'offset':[1234567890123456789,8],'length':[5,6]}", 2,
			false },
		{ "{'index':[0,1],'offset':[7,8],'length':[5,6]}", 2, false },
		{ "{'offset':[7,8],'length':[5,6],'x':1}", 2, false },
		{ "{'offset':[7,8],'length':[5,6]}}", 2, false },
		{ "{'offset':[7,8],'length':[5,6]", 2, false },
		{ "{'offset':[7,8", 2, false },
		{ "null", 2, false },
		{ "{'offset':[7],'length':[5]}", UINT64_MAX, false },
	};
	struct plan_refs r = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct refs refs;

		if (plan_refs_read(&r, line_of(cases[i].text), cases[i].n,
			    &refs) != cases[i].ok)
			fail_msg("case %zu", i);
		if (!cases[i].ok || cases[i].n == 0)
			continue;
		assert_int_equal(refs.n, 2);
		assert_int_equal(refs.offset[0], 7);
		assert_int_equal(refs.length[0], 5);
		assert_true(refs.offset[1] == (i ? 9 : REFS_ABSENT));
		if (i > 0)
			assert_int_equal(refs.mask[1], UINT32_MAX);
		assert_int_equal(refs.mask != NULL, i > 0);
	}
	plan_refs_release(&r);
}

#define HEAD(url, file)                                             \
	"{'key':{'concat':{'t':0}},'url':" url ",'file':" file      \
	",'format':'netcdf4','dims':{'t':1},'attrs':{'title':'" url \
	"'},'attr_"                                                 \
	"dtypes':{},'vars':"
#define PLAIN HEAD("'a'", "{'path':'/a','size':9}")
#define VAR(dtype, refs)                                               \
	"{'v':{'dims':['t'],'shape':[1],'dtype':'" dtype "','endian':" \
	"'little','attrs':{},'attr_dtypes':{},'chunk_shape':[1],"      \
	"'codecs':[],'refs':" refs "}}}"
#define REFS(n) "{'offset':[" n "],'length':[8]}"

/* What regions repeat of a file, or that its record is to be parsed. */
static void names_of_files_are_read(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ PLAIN VAR("int16", REFS("1")),
			"'url':'a','path':'/a','size':9" },
		{ HEAD("'a'",
			  "{'modified':'m','x':{},'etag':'e','sha256':'f','size'"
			  ":9,'path':'/a'}") VAR("int16", REFS("1")),
			"'url':'a','path':'/a','size':9,'sha256':'f','etag':"
			"'e','modified':'m'" },
		{ HEAD("'a'", "{'url':'b','size':9,'etag':'e'}")
				VAR("int16", REFS("1")),
			"'url':'a','size':9,'etag':'e'" },
		{ HEAD("'a'", "{'path':'/a'}") VAR("int16", REFS("1")), NULL },
		{ HEAD("'a'", "{'size':9}") VAR("int16", REFS("1")), NULL },
		{ HEAD("'a'", "{'path':'/a','size':'9'}")
				VAR("int16", REFS("1")),
			NULL },
		{ HEAD("'a'", "{'path':'/a','size':09}")
				VAR("int16", REFS("1")),
			NULL },
		{ HEAD("'a'", "{'path':'/a','size':9,'size':9}")
				VAR("int16", REFS("1")),
			NULL },
		{ HEAD("'\\u0061'", "{'path':'/a','size':9}")
				VAR("int16", REFS("1")),
			NULL },
		{ HEAD("'\xff'", "{'path':'/a','size':9}")
				VAR("int16", REFS("1")),
			NULL },
		{ HEAD("'a'", "{'path':null,'size':9}") VAR("int16", REFS("1")),
			NULL },
		{ "{'key':{}}", NULL },
		{ "[]", NULL },
	};
	struct array v = { .name = "v" };
	struct arrays arrays = { 1, &v };
	struct plan_reader *r = plan_reader_open(&arrays);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf text = BUF_INIT;
		bool ok = plan_reader_line(r, line_of(cases[i].line)) &&
			plan_reader_file(r, &text);

		if (ok != (cases[i].want != NULL))
			fail_msg("case %zu", i);
		if (ok)
			assert_string_equal(text.data,
				line_of(cases[i].want).text);
		buf_release(&text);
	}
	plan_reader_close(r);
}

static void parts_that_read_alike_are_one(void **state)
{
	struct array at[] = { { .name = "v" }, { .name = "w" } };
	struct arrays arrays = { 2, at };
	struct plan_reader *r = plan_reader_open(&arrays);
	struct plan_part *first, *part;
	struct refs refs;

	(void)state;
	assert_true(
		plan_reader_line(r, line_of(PLAIN VAR("int16", REFS("1")))));
	assert_true(plan_reader_var(r, 0, &first, &refs));
	assert_false(plan_reader_var(r, 1, &part, &refs));
	assert_string_equal(first->var->name, "v");
	assert_true(plan_reader_line(r,
		line_of(HEAD("'b'", "{'path':'b','size':7}")
				VAR("int16", REFS("22")))));
	assert_true(plan_reader_var(r, 0, &part, &refs));
	assert_ptr_equal(part, first);
	assert_int_equal(refs.offset[0], 22);
	assert_true(
		plan_reader_line(r, line_of(PLAIN VAR("int32", REFS("1")))));
	assert_true(plan_reader_var(r, 0, &part, &refs));
	assert_ptr_not_equal(part, first);
	assert_true(
		plan_reader_line(r, line_of(PLAIN VAR("int16", REFS("x")))));
	assert_false(plan_reader_var(r, 0, &part, &refs));
	assert_false(
		plan_reader_line(r, line_of(PLAIN VAR("int99", REFS("1")))));
	plan_reader_close(r);
}

/* More than are kept. */
static void forgotten_parts_are_read_again(void **state)
{
	struct array v = { .name = "v" };
	struct arrays arrays = { 1, &v };
	struct plan_reader *r = plan_reader_open(&arrays);
	struct plan_part *part;
	struct refs refs;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const char *line = arena_printf(&arena,
			PLAIN "{'v':{'dims':['t'],'shape':[1],'dtype':'int8',"
			      "'endian':'little','attrs':{'n':%d},"
			      "'attr_dtypes':{},'chunk_shape':[1],'codecs':[],"
			      "'refs':" REFS("1") "}}}",
			i);

		if (!plan_reader_line(r, line_of(line)) ||
			!plan_reader_var(r, 0, &part, &refs))
			fail_msg("record %d", i);
		arena_reset(&arena);
	}
	plan_reader_close(r);
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
		cmocka_unit_test(references_are_read),
		cmocka_unit_test(names_of_files_are_read),
		cmocka_unit_test(parts_that_read_alike_are_one),
		cmocka_unit_test(forgotten_parts_are_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
