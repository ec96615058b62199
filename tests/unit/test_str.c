/* SPDX-License-Identifier: Apache-2.0 */
/* Strict numbers, nearest words, UTF-8, shortest reals, base64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/str.h"

static void reads_whole_numbers_only(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "42", true, 42 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 },
		{ "", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "+1", false, 0 },
		{ "0x10", false, 0 },
		{ "1.0", false, 0 },
		{ "--1", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t v = -7;

		assert_int_equal(str_to_i64(cases[i].text, &v), cases[i].ok);
		assert_true(v == (cases[i].ok ? cases[i].value : -7));
	}
}

static void reads_unsigned_numbers(void **state)
{
	uint64_t v = 7;

	(void)state;
	assert_true(str_to_u64("18446744073709551615", &v));
	assert_true(v == UINT64_MAX);
	assert_false(str_to_u64("18446744073709551616", &v));
	assert_false(str_to_u64("-1", &v));
	assert_true(v == UINT64_MAX);
}

static void reads_reals(void **state)
{
	static const char *const bad[] = {
		"nan",
		"inf",
		"1e999",
		"0x1p3",
		"1.5x",
		"",
		".5",
		" 1",
	};
	double v = 0;

	(void)state;
	assert_true(str_to_real("-1.5e3", &v));
	assert_true(v == -1500.0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(str_to_real(bad[i], &v));
	assert_true(v == -1500.0);
}

/* No other character, be it one that has bits of a digit, such as 0x11 of '1'. */
static void reads_hexadecimal_digits(void **state)
{
	static const char lower[] = "0123456789abcdef",
			  upper[] = "0123456789ABCDEF";

	(void)state;
	for (int c = CHAR_MIN; c <= CHAR_MAX; c++) {
		const char *l = c ? strchr(lower, c) : NULL;
		const char *u = c ? strchr(upper, c) : NULL;
		int64_t want = l ? l - lower : u ? u - upper : -1;

		assert_int_equal(str_hex_value((char)c), want);
	}
}

static void names_the_nearest_word(void **state)
{
	static const char *const list[] = {
		"pattern",
		"target",
		"fetch",
		"run",
		"url",
		NULL,
	};

	(void)state;
	assert_string_equal(str_nearest("patern", list), "pattern");
	assert_string_equal(str_nearest("tagret", list), "target");
	assert_string_equal(str_nearest("ulr", list), "url");
	assert_null(str_nearest("zebra", list));
	assert_null(str_nearest("", list));
}

static void knows_utf8(void **state)
{
	static const struct {
		const char *bytes;
		bool ok;
	} cases[] = {
		{ "plain", true }, { "\xc2\xb0\x43", true },
		{ "\xe2\x82\xac", true }, { "\xf0\x9f\x8c\x8a", true },
		{ "\xb0\x43", false }, /* ISO-8859-1 */
		{ "\xc0\xaf", false }, /* overlong */
		{ "\xe0\x80\xaf", false },
		{ "\xed\xa0\x80", false },     /* surrogate */
		{ "\xf4\x90\x80\x80", false }, /* beyond U+10FFFF */
		{ "\xe2\x82", false },         /* cut short */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(str_is_utf8(cases[i].bytes,
					 strlen(cases[i].bytes)),
			cases[i].ok);
}

static void writes_the_shortest_real(void **state)
{
	static const struct {
		double v;
		const char *text;
	} cases[] = {
		{ 0.1, "0.1" },
		{ 1.0, "1.0" },
		{ -0.0, "-0.0" },
		{ 1e22, "1e+22" },
		{ 0.009999999776482582, "0.009999999776482582" },
		{ 1.0 / 3.0, "0.3333333333333333" },
		{ DBL_MAX, "1.7976931348623157e+308" },
		{ DBL_TRUE_MIN, "4.94065645841247e-324" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[32];

		str_from_real(cases[i].v, text);
		assert_string_equal(text, cases[i].text);
		assert_true(strtod(text, NULL) == cases[i].v);
	}
}

static void follows_the_vectors_of_rfc_4648(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = BUF_INIT, raw = BUF_INIT;

		base64_encode(cases[i][0], strlen(cases[i][0]), &text);
		assert_string_equal(text.data, cases[i][1]);
		buf_reset(&raw);
		assert_true(base64_decode(cases[i][1], &raw));
		assert_string_equal(raw.data, cases[i][0]);
		buf_release(&text);
		buf_release(&raw);
	}
}

static void refuses_what_is_not_base64(void **state)
{
	static const char *const bad[] = {
		"Zg=",
		"Zg",
		"Z===",
		"Zh==",
		"Zm9=",
		"Zg==Zg==",
		"Zg =",
		"Zm9v\n",
		"Z\xc3\xa9==",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf raw = BUF_INIT;

		assert_false(base64_decode(bad[i], &raw));
		buf_release(&raw);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_whole_numbers_only),
		cmocka_unit_test(reads_unsigned_numbers),
		cmocka_unit_test(reads_reals),
		cmocka_unit_test(reads_hexadecimal_digits),
		cmocka_unit_test(names_the_nearest_word),
		cmocka_unit_test(knows_utf8),
		cmocka_unit_test(writes_the_shortest_real),
		cmocka_unit_test(follows_the_vectors_of_rfc_4648),
		cmocka_unit_test(refuses_what_is_not_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
