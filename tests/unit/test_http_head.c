/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken from the head of an answer, and what of it can be relied on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "net/http_head.h"

#define OLD "Tue, 02 Jan 2024 03:04:05 GMT"
#define NEW "Tue, 02 Jan 2024 03:04:06 GMT"

/* Lines parted by newlines. */
static struct http_head head_of(const char *lines)
{
	struct http_head head;

	http_head_reset(&head);
	while (*lines != '\0') {
		size_t n = strcspn(lines, "\n");

		http_head_line(&head, lines, n);
		lines += n + (lines[n] == '\n');
	}
	return head;
}

static void lines_are_known_by_name(void **state)
{
	struct http_head head = head_of("HTTP/1.1 200 OK\r\n"
					"ETAG:\t \"a b\" \r\n"
					"Last-Modified: " OLD "\r\n"
					"Date: " NEW "\r\n"
					"Etagere: x\r\n"
					"Content-MD5: abc\r\n"
					"Accept-Ranges: Bytes\r\n");

	(void)state;
	assert_string_equal(head.validators.etag, "\"a b\"");
	assert_string_equal(head.validators.modified, OLD);
	assert_string_equal(head.date, NEW);
	assert_string_equal(head.digests.md5, "abc");
	assert_true(head.ranges);
	assert_true(head.offset == HTTP_UNKNOWN);
	head = head_of("Accept-Ranges: none\nETag: \"a\"\nHTTP/1.1 200 OK");
	assert_string_equal(head.validators.etag, ""); /* another answer's */
	assert_false(head_of("Accept-Ranges: none").ranges);
}

static void what_does_not_fit_is_none(void **state)
{
	char line[8 + HTTP_TAG_MAX];
	struct http_head head = head_of("ETag: \"a\"");

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "ETag: ", 6);
	http_head_line(&head, line, 6 + HTTP_TAG_MAX - 1);
	assert_int_equal(strlen(head.validators.etag), HTTP_TAG_MAX - 1);
	http_head_line(&head, line, 6 + HTTP_TAG_MAX);
	assert_string_equal(head.validators.etag, "");
	http_head_line(&head, "ETag: \"\xff\"", 9);
	assert_string_equal(head.validators.etag, "");
	http_head_line(&head, "ETag: \"a\0b\"", 11);
	assert_string_equal(head.validators.etag, "");
	http_head_line(&head, "ETag", 4);
	http_head_line(&head, "", 0);
	assert_string_equal(head.validators.etag, "");
}

static void ranges_say_where_they_begin(void **state)
{
	static const struct {
		const char *line;
		uint64_t offset, length;
	} cases[] = {
		{ "Content-Range: bytes 100-199/200", 100, 200 },
		{ "content-range: BYTES 0-0/1", 0, 1 },
		{ "Content-Range: bytes 100-199/*", 100, HTTP_UNKNOWN },
		{ "Content-Range: bytes */200", HTTP_UNKNOWN, HTTP_UNKNOWN },
		{ "Content-Range: bytes -5/200", HTTP_UNKNOWN, HTTP_UNKNOWN },
		{ "Content-Range: bytes 5/200", HTTP_UNKNOWN, HTTP_UNKNOWN },
		{ "Content-Range: lines 1-2/3", HTTP_UNKNOWN, HTTP_UNKNOWN },
		{ "Content-Range: bytes 1x-2/3", HTTP_UNKNOWN, HTTP_UNKNOWN },
		{ "Content-Range: bytes 99999999999999999999-2/3", HTTP_UNKNOWN,
			HTTP_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_head head = head_of(cases[i].line);

		if (head.offset != cases[i].offset ||
			head.length != cases[i].length)
			fail_msg("%s: %llu, %llu", cases[i].line,
				(unsigned long long)head.offset,
				(unsigned long long)head.length);
	}
}

/* RFC 9110, section 8.8.2.2. */
static void a_validator_is_strong_or_none(void **state)
{
	static const struct {
		const char *lines, *is;
	} cases[] = {
		{ "ETag: \"a\"\nDate: " NEW "\nLast-Modified: " OLD, "\"a\"" },
		{ "ETag: W/\"a\"\nDate: " NEW "\nLast-Modified: " OLD, OLD },
		{ "ETag: a\nDate: " NEW "\nLast-Modified: " OLD, OLD },
		{ "ETag: W/\"a\"", NULL },
		{ "Date: " OLD "\nLast-Modified: " OLD, NULL },
		{ "Date: " OLD "\nLast-Modified: " NEW, NULL },
		{ "Last-Modified: " OLD, NULL },
		{ "Date: yesterday\nLast-Modified: " OLD, NULL },
		{ "Date: " NEW "\nLast-Modified: yesterday", NULL },
		{ "Date: " NEW "\nLast-Modified: 0", NULL },
		{ "Date: " NEW, NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_head head = head_of(cases[i].lines);
		const char *is = http_strong_validator(&head);

		if (is == NULL || cases[i].is == NULL) {
			if (is != cases[i].is)
				fail_msg("%s: %s", cases[i].lines,
					is ? is : "none");
		} else {
			assert_string_equal(is, cases[i].is);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_known_by_name),
		cmocka_unit_test(what_does_not_fit_is_none),
		cmocka_unit_test(ranges_say_where_they_begin),
		cmocka_unit_test(a_validator_is_strong_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
