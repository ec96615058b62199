/* SPDX-License-Identifier: Apache-2.0 */
/* JSON values: what is read, what is refused, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "record/json_write.h"

static struct arena arena = ARENA_INIT;

static struct js *parse(const char *text)
{
	struct err err = ERR_INIT;

	return js_parse(&arena, text, strlen(text), &err);
}

static void check_text(const struct js *v, enum js_style style,
	const char *text)
{
	struct buf out = BUF_INIT;

	js_write(&out, v, style);
	assert_string_equal(out.data, text);
	buf_release(&out);
}

static void writes_what_it_read(void **state)
{
	static const char *const same[] = {
		"{}",
		"[]",
		"null",
		"true",
		"-1",
		"0.1",
		"\"\"",
		"{\"b\":1,\"a\":[1,2.5,\"x\",null,{\"y\":false}]}",
		"\"\\b\\f\\n\\r\\t\\\"\\\\\\u0001\xc3\xa9\"",
		"9007199254740992",
		"-9007199254740992",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		check_text(parse(same[i]), JS_RECORD, same[i]);
}

static void large_integers_travel_as_text(void **state)
{
	int64_t i = 0;
	uint64_t u = 0;
	struct js *v;

	(void)state;
	v = js_new_int(&arena, INT64_MIN);
	check_text(v, JS_RECORD, "\"-9223372036854775808\"");
	check_text(v, JS_DOCUMENT, "-9223372036854775808");
	assert_true(js_i64(parse("\"-9223372036854775808\""), &i));
	assert_true(i == INT64_MIN);
	v = js_new_u64(&arena, UINT64_MAX);
	check_text(v, JS_RECORD, "\"18446744073709551615\"");
	assert_true(js_u64(v, &u));
	assert_true(u == UINT64_MAX);
	assert_false(js_u64(parse("-1"), &u));
	assert_false(js_i64(parse("1.0"), &i));
	assert_false(js_i64(parse("\"x\""), &i));
}

static void non_finite_reals_are_words(void **state)
{
	double d = 0;

	(void)state;
	check_text(js_new_real(&arena, (double)NAN), JS_RECORD, "\"NaN\"");
	check_text(js_new_real(&arena, -(double)INFINITY), JS_RECORD,
		"\"-Infinity\"");
	assert_true(js_real(parse("\"Infinity\""), &d));
	assert_true(isinf(d) && d > 0);
	assert_true(js_real(parse("\"NaN\""), &d));
	assert_true(isnan(d));
	assert_true(js_real(parse("3"), &d));
	assert_true(d == 3.0);
}

static void refuses_what_is_not_json(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"{\"a\":1,\"a\":2}",
		"[1,]",
		"NaN",
		"1 2",
		"'x'",
		"\"\\u0000\"",
		"\"\xb0\"",
		"{\"a\" 1}",
		"01",
		"1e999",
		"123456789012345678901234567890",
	};
	char deep[2000];
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(parse(bad[i]));
	memset(deep, '[', sizeof(deep));
	assert_null(js_parse(&arena, deep, sizeof(deep), &err));
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.msg, "not JSON: nested too deeply");
}

static void members_keep_their_order_or_are_sorted(void **state)
{
	struct js *v = parse("{\"b\":1,\"a\":{\"d\":2,\"c\":3}}");

	(void)state;
	js_set_int(v, "b", 5);
	js_set_int(v, "0", 6);
	check_text(v, JS_RECORD, "{\"b\":5,\"a\":{\"d\":2,\"c\":3},\"0\":6}");
	check_text(v, JS_SORTED, "{\"0\":6,\"a\":{\"c\":3,\"d\":2},\"b\":5}");
	check_text(v, JS_DOCUMENT,
		"{\n  \"b\": 5,\n  \"a\": {\n    \"d\": 2,"
		"\n    \"c\": 3\n  },\n  \"0\": 6\n}");
	js_remove(v, "a");
	check_text(v, JS_RECORD, "{\"b\":5,\"0\":6}");
}

static void paths_and_missing_members_give_null(void **state)
{
	struct js *v = parse("{\"file\":{\"path\":\"/x\"}}");

	(void)state;
	assert_string_equal(js_text(js_path(v, "file", "path", NULL)), "/x");
	assert_null(js_path(v, "file", "size", "x", NULL));
	assert_null(js_get(NULL, "x"));
	assert_null(js_text(NULL));
	assert_int_equal(js_type(NULL), JS_NULL);
	assert_int_equal(js_count(js_get(v, "file")), 1);
}

static void values_may_be_shared_and_copied(void **state)
{
	struct js *a = parse("{\"n\":[1]}"), *b = js_copy(&arena, a);
	struct js *both = js_new_list(&arena);

	(void)state;
	assert_true(js_equal(a, b));
	js_add(both, a);
	js_add(both, a);
	js_set_int(a, "m", 1);
	assert_false(js_equal(a, b));
	check_text(both, JS_RECORD,
		"[{\"n\":[1],\"m\":1},{\"n\":[1],\"m\":1}]");
}

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_what_it_read),
		cmocka_unit_test(large_integers_travel_as_text),
		cmocka_unit_test(non_finite_reals_are_words),
		cmocka_unit_test(refuses_what_is_not_json),
		cmocka_unit_test(members_keep_their_order_or_are_sorted),
		cmocka_unit_test(paths_and_missing_members_give_null),
		cmocka_unit_test(values_may_be_shared_and_copied),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
