/* SPDX-License-Identifier: Apache-2.0 */
/* What a schema says of its files, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "schema/schema.h"
#include "record/json_write.h"

enum { NFILES = 24 };

static struct arena arena = ARENA_INIT;

static struct js *parse(const char *text)
{
	struct err err = ERR_INIT;
	struct js *v = js_parse(&arena, text, strlen(text), &err);

	assert_non_null(v);
	return v;
}

static const char *text_of(const struct js *v, enum js_style style)
{
	struct buf text = BUF_INIT;
	const char *copy;

	js_write(&text, v, style);
	copy = arena_strdup(&arena, text.data);
	buf_release(&text);
	return copy;
}

/* File i of two members, whose facts differ in many ways. */
static struct js *make_record(unsigned i)
{
	unsigned position = i / 2;
	const char *member = i % 2 ? "ice" : "sst";
	static const char *const times[] = { "[7]", "[7,9]", "[7,8,12]" };

	return parse(arena_printf(&arena,
		"{\"key\":{\"concat\":{\"time\":%u},\"merge\":{\"v\":\"%s\"}},"
		"\"url\":\"http://h/%s-%u.nc\",\"format\":\"netcdf4\","
		"\"dims\":{\"time\":%u,\"x\":3},"
		"\"attrs\":{\"history\":\"run %u\",\"title\":\"t\"%s},"
		"\"attr_dtypes\":{\"level\":\"int16\"},"
		"\"vars\":{\"%s\":{\"dims\":[\"time\",\"x\"],\"shape\":[%u,3],"
		"\"dtype\":\"%s\",\"endian\":\"little\",\"attrs\":{\"units\":"
		"\"%s\",\"scale_factor\":%s},\"attr_dtypes\":"
		"{\"scale_factor\":\"float32\"},\"chunk_shape\":[1,3],"
		"\"codecs\":[]},"
		"\"time\":{\"dims\":[\"time\"],\"shape\":[%u],"
		"\"dtype\":\"int64\",\"endian\":\"little\",\"attrs\":{\"units\":"
		"\"hours since 2000-01-01 00:%02u\"},"
		"\"attr_dtypes\":{},\"chunk_shape\":[1],\"codecs\":[],"
		"\"data\":%s,\"digest\":\"%032u\"}}}",
		position, member, member, position, 1 + position % 3, i,
		position % 5 == 0 ? ",\"level\":7" : "", member,
		1 + position % 3, position % 7 == 6 ? "int32" : "int16",
		position % 4 ? "K" : "degC", position > 8 ? "0.5" : "0.25",
		1 + position % 3, 4 * position, times[position % 3], position));
}

static struct js *records[NFILES];

static struct js *schema_record(const struct schema *s)
{
	struct js *rec = js_new_object(&arena);

	js_set(rec, "facts", schema_to_json(&arena, s));
	return rec;
}

static struct js *fold(struct js *const *recs, size_t n)
{
	struct err err = ERR_INIT;
	struct schema s;

	schema_init(&s, &arena);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(schema_fold(&s, recs[i], &err), 0);
	return schema_record(&s);
}

/* The coarsest grid that holds all: 4 minutes, of hours that begin at such. */
static void times_are_on_one_grid(void **state)
{
	struct js *all = fold(records, NFILES);

	(void)state;
	assert_string_equal(text_of(js_path(all, "facts", "vars", "time",
					    "time", NULL),
				    JS_RECORD),
		"[{\"value\":\"standard\",\"grid\":[240000000,0]}]");
}

static void nothing_is_the_identity(void **state)
{
	struct js *both[2];
	const char *want = text_of(fold(records, 5), JS_RECORD);

	(void)state;
	assert_string_equal(text_of(fold(NULL, 0), JS_RECORD),
		"{\"facts\":{\"files\":{},\"vars\":{}}}");
	both[0] = fold(NULL, 0);
	both[1] = fold(records, 5);
	assert_string_equal(text_of(fold(both, 2), JS_RECORD), want);
	both[0] = both[1];
	both[1] = fold(NULL, 0);
	assert_string_equal(text_of(fold(both, 2), JS_RECORD), want);
}

static void what_all_agree_on_is_said_once(void **state)
{
	struct js *all = fold(records, NFILES);

	(void)state;
	assert_string_equal(text_of(js_path(all, "facts", "attrs", "title",
					    NULL),
				    JS_RECORD),
		"[{\"value\":\"t\"}]");
	assert_string_equal(text_of(js_path(all, "facts", "attrs", "level",
					    NULL),
				    JS_RECORD),
		"[{\"value\":7,\"dtype\":\"int16\",\"files\":{\"ice\":[[0,0],"
		"[5,5],[10,10]],\"sst\":[[0,0],[5,5],[10,10]]},"
		"\"first\":\"http://h/ice-0.nc\","
		"\"last\":\"http://h/sst-10.nc\"}]");
}

/* The same key again, with one thing changed. */
static void two_files_for_one_position_are_refused(void **state)
{
	static const struct {
		const char *path[4], *value, *says;
	} cases[] = {
		{ { "vars", "sst", "dtype" }, "\"int8\"",
			"the type of variable 'sst'" },
		{ { "vars", "sst", "attrs", "units" }, "\"m\"",
			"attribute 'units' of variable 'sst'" },
		{ { "vars", "sst", "attrs", "new" }, "1",
			"attribute 'new' of variable 'sst'" },
		{ { "dims", "x" }, "4", "the length of dimension 'x'" },
		{ { "attrs", "title" }, "\"u\"", "attribute 'title'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct js *other = make_record(0), *at = other;
		struct err err = ERR_INIT;
		struct schema s;
		int k = 0;

		for (; k < 3 && cases[i].path[k + 1] != NULL; k++)
			at = js_get(at, cases[i].path[k]);
		js_set(at, cases[i].path[k],
			parse(arena_printf(&arena, "[%s]", cases[i].value)));
		js_set(at, cases[i].path[k],
			js_at(js_get(at, cases[i].path[k]), 0));
		if (k == 1 && cases[i].path[0][0] == 'd')
			js_set(js_path(other, "vars", "sst", NULL), "shape",
				parse("[1,4]"));
		js_set_text(other, "url", "http://h/other.nc");
		for (int order = 0; order < 2; order++) {
			err_clear(&err);
			schema_init(&s, &arena);
			assert_int_equal(schema_fold(&s,
						 order ? other : records[0],
						 &err),
				0);
			assert_int_equal(schema_fold(&s, records[3], &err), 0);
			assert_int_equal(schema_fold(&s,
						 order ? records[0] : other,
						 &err),
				-1);
			assert_int_equal(err.kind, ERR_DATA);
			assert_non_null(strstr(err.msg, cases[i].says));
			assert_non_null(strstr(err.msg, "time=0 v=sst"));
			assert_non_null(strstr(err.msg, "http://h/other.nc"));
			assert_non_null(strstr(err.msg, "http://h/sst-0.nc"));
		}
	}
}

static void hostile_records_are_refused(void **state)
{
	static const char *const bad[] = {
		"{}",
		"{\"facts\":1}",
		"{\"facts\":{}}",
		"{\"facts\":{\"files\":{\"\":[[1,0]]}}}",
		"{\"facts\":{\"files\":{\"\":[[0]]}}}",
		"{\"facts\":{\"files\":{\"\":[[0,-1]]}}}",
		"{\"facts\":{\"files\":{\"\":[[0,0]]}}}",
		"{\"facts\":{\"files\":{\"\":[[0,\"18446744073709551615\"]]},"
		"\"first\":\"a\",\"last\":\"a\"}}",
		"{\"facts\":{\"files\":{\"\":[[0,0]]},\"first\":\"a\","
		"\"last\":\"a\",\"dims\":{\"x\":[{\"value\":-1}]}}}",
		"{\"facts\":{\"files\":{\"\":[[0,0]]},\"first\":\"a\","
		"\"last\":\"a\",\"dims\":{\"x\":[{\"value\":1,\"files\":"
		"{\"\":[[1,1]]}}]}}}",
		"{\"facts\":{\"files\":{},\"attrs\":{\"x\":[{\"value\":1}]}}}",
		"{\"facts\":{\"files\":{\"\":[[0,0]]},\"first\":\"a\","
		"\"last\":\"a\",\"vars\":{\"v\":{\"time\":[{\"value\":"
		"\"standard\"}]}}}}",
		"{\"facts\":{\"files\":{\"\":[[0,0]]},\"first\":\"a\","
		"\"last\":\"a\",\"vars\":{\"v\":{\"time\":[{\"value\":"
		"\"standard\",\"grid\":[0,0]}]}}}}",
		"{\"facts\":{\"files\":{\"\":[[0,0]]},\"first\":\"a\","
		"\"last\":\"a\",\"vars\":{\"\":{}}}}",
		"{\"facts\":{\"files\":{\"\":[[0,0]]},\"first\":\"a\","
		"\"last\":\"a\",\"vars\":{\"v\":{\"dtype\":[{\"value\":"
		"\"int5\"}]}}}}",
		"{\"vars\":{}}",
		"{\"vars\":{},\"key\":{\"concat\":{\"time\":-1}}}",
		"{\"vars\":{},\"key\":{\"concat\":{\"a\":0,\"b\":0}}}",
		"{\"vars\":{},\"key\":{\"merge\":{\"v\":3}}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = ERR_INIT;
		struct schema s;

		schema_init(&s, &arena);
		if (schema_fold(&s, parse(bad[i]), &err) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(err.kind, ERR_DATA);
	}
}

static int setup(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NFILES; i++)
		records[i] = make_record(i);
	return 0;
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
		cmocka_unit_test(times_are_on_one_grid),
		cmocka_unit_test(nothing_is_the_identity),
		cmocka_unit_test(what_all_agree_on_is_said_once),
		cmocka_unit_test(two_files_for_one_position_are_refused),
		cmocka_unit_test(hostile_records_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
