/* SPDX-License-Identifier: Apache-2.0 */
/* Members of objects in texts: found where they stand, refused if not whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "record/scan.h"

/* "name=value;" of each member, and "." if the text was whole. */
static const char *members(const char *text, struct buf *out)
{
	/* A copy of its own, so that reading past the end is found. */
	size_t len = strlen(text);
	char *copy = mem_alloc(len);
	struct scan_member m;
	struct scan s;

	memcpy(copy, text, len);
	buf_reset(out);
	buf_adds(out, "");
	for (scan_begin(&s, (struct span){ copy, len }); scan_next(&s, &m);)
		buf_addf(out, "%.*s=%.*s;", (int)m.name.len, m.name.text,
			(int)m.value.len, m.value.text);
	if (scan_is_whole(&s))
		buf_addc(out, '.');
	mem_free(copy);
	return out->data;
}

static void finds_members(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "{}", "." },
		{ " { } \r\n", "." },
		{ "{\"a\":1}", "a=1;." },
		{ "{\"a\":1,\"b\":[1,2]}", "a=1;b=[1,2];." },
		{ " {\t\"a\" : 1 , \"b\" : { } } ", "a=1;b={ };." },
		{ "{\"a\":\"}\",\"b\":null}", "a=\"}\";b=null;." },
		{ "{\"a\":\"\\\"}\"}", "a=\"\\\"}\";." },
		{ "{\"a\":\"\\\\\",\"b\":-1.5e3}", "a=\"\\\\\";b=-1.5e3;." },
		{ "{\"a\":{\"x\":[\"]}\",{}]}}", "a={\"x\":[\"]}\",{}]};." },
		/* what is wrong within a value is not looked for */
		{ "{\"a\":[1,,},\"b\":x}", "a=[1,,};b=x;." },
		{ "{\"\":\"\"}", "=\"\";." },
		{ "{\"a\\\"b\":true}", "a\\\"b=true;." },
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(members(cases[i].text, &out),
			cases[i].want);
	buf_release(&out);
}

static void refuses_what_is_not_whole(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "1", "" },
		{ "[]", "" },
		{ "{", "" },
		{ "{,\"a\":1}", "" },
		{ "{\"a\"}", "" },
		{ "{\"a\":}", "" },
		{ "{\"a", "" },
		{ "{a:1}", "" },
		{ "{\"a\":1", "a=1;" },
		{ "{\"a\":1,", "a=1;" },
		{ "{\"a\":1,}", "a=1;" },
		{ "{\"a\":1 \"b\":2}", "a=1;" },
		{ "{\"a\":1}x", "a=1;" },
		{ "{\"a\":1}{}", "a=1;" },
		{ "{\"a\":[1", "" },
		{ "{\"a\":\"x}", "" },
		{ "{\"a\":\"x\\\"}", "" },
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(members(cases[i].text, &out),
			cases[i].want);
	buf_release(&out);
}

static void compares_pieces(void **state)
{
	const struct span a = { "abc", 2 };

	(void)state;
	assert_true(span_is(a, "ab"));
	assert_false(span_is(a, "abc"));
	assert_false(span_is(a, "a"));
	assert_true(span_equal(a, (struct span){ "abx", 2 }));
	assert_false(span_escaped(a));
	assert_true(span_escaped((struct span){ "a\\n", 3 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_members),
		cmocka_unit_test(refuses_what_is_not_whole),
		cmocka_unit_test(compares_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
