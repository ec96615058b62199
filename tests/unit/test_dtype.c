/* SPDX-License-Identifier: Apache-2.0 */
/* Element types: names, and values between JSON and bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/dtype.h"
#include "record/json_write.h"

static struct arena arena = ARENA_INIT;

static void names_read_back(void **state)
{
	static const char *const names[] = {
		"int8",
		"uint64",
		"float32",
		"float64",
		"char",
		"string",
		"S1",
		"S12",
		"S2147483647",
	};
	static const char *const bad[] = {
		"",
		"S",
		"S0",
		"S-1",
		"S99999999999",
		"int",
		"float16",
		"s1",
		"S1x",
	};
	struct dtype t;
	char text[16];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(dtype_parse(names[i], &t));
		assert_string_equal(dtype_name(t, text), names[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(dtype_parse(bad[i], &t));
}

static void values_become_little_endian_bytes_and_return(void **state)
{
	static const struct {
		const char *dtype, *json, *bytes, *back;
	} cases[] = {
		{ "int16", "-999", "\x19\xfc", "-999" },
		{ "int16", "-32768.0", "\x00\x80", "-32768" },
		{ "int8", "-128", "\x80", "-128" },
		{ "uint8", "255", "\xff", "255" },
		{ "int64", "\"-9223372036854775808\"", "\0\0\0\0\0\0\0\x80",
			"\"-9223372036854775808\"" },
		{ "uint64", "\"18446744073709551615\"",
			"\xff\xff\xff\xff\xff\xff\xff\xff",
			"\"18446744073709551615\"" },
		{ "float32", "-999.9", "\x9a\xf9\x79\xc4",
			"-999.9000244140625" },
		{ "float32", "\"NaN\"", "\0\0\xc0\x7f", "\"NaN\"" },
		{ "float64", "0.1", "\x9a\x99\x99\x99\x99\x99\xb9\x3f", "0.1" },
		{ "float64", "\"-Infinity\"", "\0\0\0\0\0\0\xf0\xff",
			"\"-Infinity\"" },
		{ "char", "\"eA==\"", "x", "\"eA==\"" },
		{ "S3", "\"YWIA\"", "ab\0", "\"YWIA\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		struct buf text = BUF_INIT;
		unsigned char bytes[8];
		struct dtype t;
		struct js *v = js_parse(&arena, cases[i].json,
			strlen(cases[i].json), &err);

		assert_true(dtype_parse(cases[i].dtype, &t));
		assert_true(dtype_value_bytes(t, v, bytes));
		assert_memory_equal(bytes, cases[i].bytes, t.size);
		js_write(&text, dtype_bytes_value(&arena, t, bytes), JS_RECORD);
		assert_string_equal(text.data, cases[i].back);
		buf_release(&text);
	}
}

static void values_that_do_not_fit_are_refused(void **state)
{
	static const char *const cases[][2] = {
		{ "int8", "128" },
		{ "int8", "-129" },
		{ "uint8", "256" },
		{ "uint8", "-1" },
		{ "int16", "0.5" },
		{ "int16", "\"NaN\"" },
		{ "int32", "1e20" },
		{ "uint32", "-1.0" },
		{ "int64", "\"9223372036854775808\"" },
		{ "float32", "1e39" },
		{ "float32", "\"x\"" },
		{ "float64", "true" },
		{ "int16", "null" },
		{ "S3", "\"YWI=\"" },
		{ "char", "\"?\"" },
		{ "string", "\"x\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		unsigned char bytes[8];
		struct dtype t;

		assert_true(dtype_parse(cases[i][0], &t));
		assert_false(dtype_value_bytes(t,
			js_parse(&arena, cases[i][1], strlen(cases[i][1]),
				&err),
			bytes));
	}
}

/* numpy.result_type of each pair, in this order. */
static const char *const numeric[] = { "int8", "int16", "int32", "int64",
	"uint8", "uint16", "uint32", "uint64", "float32", "float64" };
static const char *const promoted[10][10] = {
#define I "int"
#define U "uint"
#define F "float"
	{ I "8", I "16", I "32", I "64", I "16", I "32", I "64", F "64", F "32",
		F "64" },
	{ I "16", I "16", I "32", I "64", I "16", I "32", I "64", F "64",
		F "32", F "64" },
	{ I "32", I "32", I "32", I "64", I "32", I "32", I "64", F "64",
		F "64", F "64" },
	{ I "64", I "64", I "64", I "64", I "64", I "64", I "64", F "64",
		F "64", F "64" },
	{ I "16", I "16", I "32", I "64", U "8", U "16", U "32", U "64", F "32",
		F "64" },
	{ I "32", I "32", I "32", I "64", U "16", U "16", U "32", U "64",
		F "32", F "64" },
	{ I "64", I "64", I "64", I "64", U "32", U "32", U "32", U "64",
		F "64", F "64" },
	{ F "64", F "64", F "64", F "64", U "64", U "64", U "64", U "64",
		F "64", F "64" },
	{ F "32", F "32", F "64", F "64", F "32", F "32", F "64", F "64",
		F "32", F "64" },
	{ F "64", F "64", F "64", F "64", F "64", F "64", F "64", F "64",
		F "64", F "64" },
};

static void pairs_are_promoted_as_in_numpy(void **state)
{
	struct dtype a, b, c;
	char name[16];

	(void)state;
	for (size_t i = 0; i < 10; i++)
		for (size_t j = 0; j < 10; j++) {
			assert_true(dtype_parse(numeric[i], &a));
			assert_true(dtype_parse(numeric[j], &b));
			assert_true(dtype_promote(a, b, &c));
			assert_string_equal(dtype_name(c, name),
				promoted[i][j]);
		}
	assert_true(dtype_parse("S3", &b));
	assert_false(dtype_promote(a, b, &c));
	assert_true(dtype_promote(b, b, &c));
	assert_true(dtype_equal(b, c));
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
		cmocka_unit_test(names_read_back),
		cmocka_unit_test(values_become_little_endian_bytes_and_return),
		cmocka_unit_test(values_that_do_not_fit_are_refused),
		cmocka_unit_test(pairs_are_promoted_as_in_numpy),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
