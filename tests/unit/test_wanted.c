/* SPDX-License-Identifier: Apache-2.0 */
/* Orders of ranges, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/wanted.h"

#define FILE_OF(size) \
	"\"url\":\"http://h/a\",\"to\":\"t\",\"size\":" size ",\"etag\":\"e\""
#define NO_LOOK                                                \
	"member 'first' or 'last' is no number of bytes: see " \
	"pgf-records(5)"
#define NOT_IN_FILE                                         \
	"member 'ranges' has one that is not in the file: " \
	"see pgf-records(5)"

static int read_text(struct arena *a, const char *text, struct wanted *w,
	struct err *err)
{
	const struct js *rec = js_parse(a, text, strlen(text), err);

	assert_non_null(rec);
	return wanted_read(a, rec, w, err);
}

static void test_pieces(void **state)
{
	static const struct span_range want[] = {
		{ 3, 10 },
		{ 0, WANTED_PIECE },
		{ 1, 1 + WANTED_PIECE },
		{ 1 + WANTED_PIECE, 2 + WANTED_PIECE },
	};
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct wanted w;

	(void)state;
	assert_int_equal(
		read_text(&a,
			"{" FILE_OF(
				"9000000") ",\"base\":5,\"ranges\":"
					   "[[3,7],[0,8388608],[1,8388609]]}",
			&w, &err),
		0);
	assert_int_equal(w.base, 5);
	assert_string_equal(w.url, "http://h/a");
	assert_string_equal(w.version.etag, "e");
	assert_string_equal(w.version.modified, "");
	assert_int_equal(w.n, 4);
	for (size_t i = 0; i < w.n; i++) {
		assert_int_equal(w.pieces[i].start, want[i].start);
		assert_int_equal(w.pieces[i].end, want[i].end);
	}
	arena_release(&a);
}

static void test_looks(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
		bool last, to;
	} cases[] = {
		{ "{\"url\":\"http://h/a\",\"first\":1}", 1, false, false },
		{ "{\"url\":\"http://h/a\",\"last\":20,\"to\":\"t\"}", 20, true,
			true },
		{ "{\"url\":\"http://h/a\",\"last\":268435460}", 268435460,
			true, false },
	};
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct wanted w;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(read_text(&a, cases[i].text, &w, &err), 0);
		assert_int_equal(w.look, cases[i].bytes);
		assert_int_equal(w.last, cases[i].last);
		assert_int_equal(w.to != NULL, cases[i].to);
		assert_int_equal(w.n, 0);
		assert_true(w.version.size == HTTP_UNKNOWN);
	}
	assert_int_equal(
		read_text(&a,
			"{\"url\":\"http://h/a\",\"to\":\"t\",\"size\":9,"
			"\"tag\":\"18446744073709551615\",\"ranges\":[]}",
			&w, &err),
		0);
	assert_true(w.version.tag == UINT64_MAX);
	arena_release(&a);
}

/* However long a range is. */
static void test_most_pieces(void **state)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct wanted w;

	(void)state;
	assert_int_equal(
		read_text(&a,
			"{" FILE_OF(
				"9000000000000000000") ","
						       "\"ranges\":[[1,8999999999999999999]]}",
			&w, &err),
		0);
	assert_int_equal(w.n, WANTED_PIECES);
	assert_int_equal(w.pieces[0].start, 1);
	for (size_t i = 1; i < w.n; i++)
		assert_int_equal(w.pieces[i].start, w.pieces[i - 1].end);
	assert_int_equal(w.pieces[w.n - 1].end, 9000000000000000000u);
	arena_release(&a);
}

static const struct {
	const char *text, *message;
} bad[] = {
	{ "{\"url\":\"http://h/a\",\"first\":0}", NO_LOOK },
	{ "{\"url\":\"http://h/a\",\"last\":268435461}", NO_LOOK },
	{ "{\"url\":\"http://h/a\",\"first\":1,\"last\":1}", NO_LOOK },
	{ "{\"url\":\"http://h/a\",\"first\":1,\"tag\":0}",
		"member 'tag' is no number: see pgf-records(5)" },
	{ "{" FILE_OF("9") ",\"ranges\":[[0,10]]}", NOT_IN_FILE },
	{ "{" FILE_OF("9") ",\"ranges\":[[0,9],[9,1]]}", NOT_IN_FILE },
	{ "{" FILE_OF("9") ",\"ranges\":[[1,0]]}", NOT_IN_FILE },
	{ "{" FILE_OF("9") ",\"ranges\":[[-1,1]]}", NOT_IN_FILE },
	{ "{" FILE_OF("9") ",\"ranges\":[[1]]}", NOT_IN_FILE },
	{ "{" FILE_OF("9") ",\"ranges\":[7]}", NOT_IN_FILE },
	{ "{" FILE_OF("9") ",\"ranges\":[[0,9]],"
			   "\"base\":9223372036854775800}",
		NOT_IN_FILE },
	{ "{" FILE_OF("9") ",\"ranges\":[],\"base\":\"x\"}",
		"member 'base' is no number of bytes: see pgf-records(5)" },
	{ "{" FILE_OF("true") ",\"ranges\":[]}",
		"the record has no 'size': see pgf-records(5)" },
	{ "{" FILE_OF("9") ",\"ranges\":{}}",
		"the record has no 'url', 'ranges' and 'to': "
		"see pgf-records(5)" },
	{ "{\"ranges\":[]}",
		"the record has no 'url', 'ranges' and 'to': "
		"see pgf-records(5)" },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct arena a = ARENA_INIT;
		struct err err = ERR_INIT;
		struct wanted w;

		if (read_text(&a, bad[i].text, &w, &err) == 0)
			fail_msg("%s", bad[i].text);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, bad[i].message);
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_most_pieces),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
