/* SPDX-License-Identifier: Apache-2.0 */
/* What is read without a JSON parser is what the parser would have read: a blank in
 * front, which no sidecar of ours has, leaves a text to the parser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/str.h"
#include "net/cache_file.h"

#define SUM "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define HEAD "{\"url\":\"http://h/a.nc\",\"size\":5,\"sha256\":\"" SUM "\""
#define TAIL ",\"fetched\":\"2024-01-02T03:04:05.000000000Z\"}\n"

static void same(const char *text, size_t len)
{
	struct arena a = ARENA_INIT;
	struct buf blank = BUF_INIT;
	struct cache_file one, two;
	const char *x, *y;

	buf_addc(&blank, ' ');
	buf_add(&blank, text, len);
	x = cache_file_read(&a, text, len, &one);
	y = cache_file_read(&a, blank.data, blank.len, &two);
	if ((x == NULL) != (y == NULL) ||
		(x != NULL &&
			(!str_eq(x, y) || one.size != two.size ||
				!str_eq(one.sha256, two.sha256) ||
				!str_eq(one.etag, two.etag) ||
				!str_eq(one.modified, two.modified))))
		fail_msg("%s", blank.data);
	buf_release(&blank);
	arena_release(&a);
}

static const char *const texts[] = {
	HEAD ",\"etag\":\"\\\"x\\\\y\\\"\",\"modified\":"
	     "\"2024-01-02T03:04:05.000000000Z\"" TAIL,
	HEAD TAIL,
	HEAD ",\"etag\":\"W/\\\"1\\\"\"" TAIL,
	HEAD ",\"etag\":\"\\u00e9\\/\\n\"" TAIL,
	HEAD ",\"etag\":\"\xc3\xa9\"" TAIL,
	HEAD ",\"etag\":\"\xe9\"" TAIL,
	HEAD ",\"etag\":null" TAIL,
	HEAD ",\"etag\":\"a\",\"etag\":\"b\"" TAIL,
	HEAD ",\"modified\":\"x\",\"etag\":\"b\"" TAIL,
	HEAD ",\"more\":1" TAIL,
	HEAD "}",
	HEAD TAIL "{}",
	"{\"url\":\"u\",\"size\":\"9007199254740993\",\"sha256\":\"" SUM
	"\"" TAIL,
	"{\"url\":\"u\",\"size\":9007199254740993,\"sha256\":\"" SUM "\"" TAIL,
	"{\"url\":\"u\",\"size\":999999999999999,\"sha256\":\"" SUM "\"" TAIL,
	"{\"url\":\"u\",\"size\":05,\"sha256\":\"" SUM "\"" TAIL,
	"{\"url\":\"u\",\"size\":0,\"sha256\":\"" SUM "\"" TAIL,
	"{\"url\":\"u\",\"size\":-0,\"sha256\":\"" SUM "\"" TAIL,
	"{\"url\":\"u\",\"size\":5.0,\"sha256\":\"" SUM "\"" TAIL,
	"{\"url\":\"u\",\"size\":5,\"sha256\":\"" SUM "0\"" TAIL,
	"{\"url\":7,\"size\":5,\"sha256\":\"" SUM "\"" TAIL,
	"",
};

static void test_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		same(texts[i], strlen(texts[i]));
}

/* Each byte once as each of those that matter, left out, and as the last. */
static void test_changed(void **state)
{
	static const char as[] = "\"\\{}:,. 09-az\n\x01\x7f\xc3\xff/u";
	size_t len = strlen(texts[0]);
	char text[512];

	(void)state;
	for (size_t i = 0; i < len; i++) {
		memcpy(text, texts[0], len + 1);
		for (size_t k = 0; k < sizeof(as); k++) {
			text[i] = as[k];
			same(text, len);
		}
		memcpy(text + i, texts[0] + i + 1, len - i);
		same(text, len - 1);
		same(texts[0], i);
	}
}

/* Long texts are taken by neither, or by both. */
static void test_long(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	for (size_t n = CACHE_TAG_MAX - 3; n < CACHE_TAG_MAX + 3; n++) {
		buf_reset(&text);
		buf_adds(&text, HEAD ",\"etag\":\"");
		for (size_t i = 0; i < n; i++)
			buf_addc(&text, 'e');
		buf_adds(&text, "\"" TAIL);
		same(text.data, text.len);
	}
	buf_release(&text);
}

static void test_written(void **state)
{
	static const struct cache_file files[] = {
		{ .size = 5, .sha256 = SUM },
		{ .size = UINT64_MAX, .sha256 = SUM, .etag = "\"a\"" },
		{ .size = 0, .sha256 = SUM, .etag = "W/\"\\\x01\"" },
		{ .size = 1,
			.sha256 = SUM,
			.etag = "\xc3\xa9",
			.modified = "2024-01-02T03:04:05.000000000Z" },
	};
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct cache_file back;
	const char *url;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		buf_reset(&text);
		cache_file_write(&text, "http://h/a\"b.nc", &files[i]);
		same(text.data, text.len);
		url = cache_file_read(&a, text.data, text.len, &back);
		assert_non_null(url);
		assert_string_equal(url, "http://h/a\"b.nc");
		assert_int_equal(back.size, files[i].size);
		assert_string_equal(back.sha256, SUM);
		assert_string_equal(back.etag, files[i].etag);
		assert_string_equal(back.modified, files[i].modified);
	}
	buf_release(&text);
	arena_release(&a);
}

/* A tag that is no text cannot be told of: as if there were none. */
static void test_latin(void **state)
{
	static const struct cache_file file = { .size = 5,
		.sha256 = SUM,
		.etag = "\"\xe9\"" };
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct cache_file back;

	(void)state;
	cache_file_write(&text, "http://h/a.nc", &file);
	assert_non_null(cache_file_read(&a, text.data, text.len, &back));
	assert_string_equal(back.etag, "");
	buf_release(&text);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_latin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
