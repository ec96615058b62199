/* SPDX-License-Identifier: Apache-2.0 */
/* Files of regions that lose some, and their receipts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "build/shrink.h"
#include "foldering.h"

static struct span span_of(const char *s)
{
	return (struct span){ s, strlen(s) };
}

static void a_text_shrinks_if_lines_go_and_none_comes(void **state)
{
	static const struct {
		const char *old, *text;
		bool want;
	} cases[] = {
		{ "a\nb\nc\n", "a\nc\n", true },
		{ "a\nb\nc\n", "b\n", true },
		{ "a\nb\nc\n", "", true },
		{ "a\na\n", "a\n", true },
		{ "a\nb\n", "a\nb\n", false },
		{ "a\nb\nc\n", "c\na\n", false },
		{ "aa\nb\n", "a\n", false },
		{ "a\nb\nc\n", "a\nd\n", false },
		{ "a\n", "a\nb\n", false },
		{ "ab\ncd", "cd\n", false },
		{ "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(shrink_is(span_of(cases[i].old),
					 span_of(cases[i].text)),
			cases[i].want);
}

#define OF(v) "{\"key\":{\"offset\":{\"t\":" #v "},\"vars\":[\"x\"]},"
#define REGION(v) OF(v) "\"from\":[]}\n"
#define RECEIPT(v) OF(v) "\"objects\":[{\"name\":\"x\"}]}\n"

static void receipts_go_with_their_regions(void **state)
{
	static const struct {
		const char *receipts, *regions, *want;
	} cases[] = {
		{ RECEIPT(0) RECEIPT(1) RECEIPT(2), REGION(0) REGION(2),
			RECEIPT(0) RECEIPT(2) },
		{ RECEIPT(0) RECEIPT(1), REGION(1), RECEIPT(1) },
		{ RECEIPT(0) RECEIPT(1), REGION(0), RECEIPT(0) },
		{ RECEIPT(0), "", "" },
		{ RECEIPT(0), REGION(0), RECEIPT(0) },
		/* older than the regions, damaged, or no receipts */
		{ RECEIPT(0) RECEIPT(1), REGION(0) REGION(3),
			RECEIPT(0) RECEIPT(1) },
		{ RECEIPT(1) RECEIPT(0), REGION(0) REGION(1),
			RECEIPT(1) RECEIPT(0) },
		{ RECEIPT(0) "x", REGION(2), RECEIPT(0) "x" },
		{ RECEIPT(0), "{\"from\":0}\n", RECEIPT(0) },
		{ "", REGION(0), "" },
	};
	const struct timespec old[2] = { { .tv_sec = 1000 },
		{ .tv_sec = 1000 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sheaf *s = sheaf_open();
		struct err err = ERR_INIT;
		struct stat st;

		assert_int_equal(io_replace("w", cases[i].receipts,
					 strlen(cases[i].receipts), &err),
			0);
		assert_int_equal(utimensat(AT_FDCWD, "w", old, 0), 0);
		assert_int_equal(shrink_receipts(s, "w",
					 span_of(cases[i].regions), &err),
			0);
		assert_int_equal(sheaf_flush(s, &err), 0);
		check_file("w", cases[i].want);
		assert_int_equal(stat("w", &st), 0);
		assert_int_equal(st.st_mtim.tv_sec, 1000);
		sheaf_close(s);
	}
}

static void there_need_be_no_receipts(void **state)
{
	struct sheaf *s = sheaf_open();
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(shrink_receipts(s, "none", span_of(REGION(0)), &err),
		0);
	assert_int_equal(sheaf_flush(s, &err), 0);
	assert_int_equal(access("none", F_OK), -1);
	sheaf_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_shrinks_if_lines_go_and_none_comes),
		cmocka_unit_test(receipts_go_with_their_regions),
		cmocka_unit_test(there_need_be_no_receipts),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
