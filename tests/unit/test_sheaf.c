/* SPDX-License-Identifier: Apache-2.0 */
/* Many files that are made to last together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/sheaf.h"
#include "foldering.h"

/* More than wait at a time, in two folders. */
static void files_appear_when_flushed_and_all_of_them(void **state)
{
	struct sheaf *s = sheaf_open();
	struct err err = ERR_INIT;
	char path[64], text[64];

	(void)state;
	assert_int_equal(mkdir("a", 0777), 0);
	assert_int_equal(mkdir("b", 0777), 0);
	for (int i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "%c/%d", "ab"[i % 2], i);
		snprintf(text, sizeof(text), "text %d", i);
		assert_int_equal(sheaf_put(s, path, text, strlen(text), &err),
			0);
	}
	assert_true(count_files("a", false) < 150);
	assert_true(count_files("a", true) > 0);
	assert_int_equal(sheaf_flush(s, &err), 0);
	assert_int_equal(count_files("a", false), 150);
	assert_int_equal(count_files("b", false), 150);
	assert_int_equal(count_files("a", true) + count_files("b", true), 0);
	check_file("a/0", "text 0");
	check_file("b/299", "text 299");
	sheaf_close(s);
}

static void what_is_the_same_keeps_its_time(void **state)
{
	const struct timespec old[2] = { { .tv_sec = 1000 },
		{ .tv_sec = 1000 } };
	struct sheaf *s = sheaf_open();
	struct err err = ERR_INIT;
	struct stat same, new;

	(void)state;
	assert_int_equal(io_replace("same", "x", 1, &err), 0);
	assert_int_equal(io_replace("new", "x", 1, &err), 0);
	assert_int_equal(utimensat(AT_FDCWD, "same", old, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, "new", old, 0), 0);
	assert_int_equal(sheaf_put(s, "same", "x", 1, &err), 0);
	assert_int_equal(sheaf_put(s, "new", "", 0, &err), 0);
	assert_int_equal(sheaf_flush(s, &err), 0);
	assert_int_equal(stat("same", &same), 0);
	assert_int_equal(stat("new", &new), 0);
	assert_int_equal(same.st_mtim.tv_sec, 1000);
	assert_true(new.st_mtim.tv_sec > 1000);
	assert_int_equal(new.st_size, 0);
	sheaf_close(s);
}

static void what_is_aged_takes_the_time_of_what_was_there(void **state)
{
	const struct timespec old[2] = { { .tv_sec = 1000 },
		{ .tv_sec = 1000, .tv_nsec = 7 } };
	struct sheaf *s = sheaf_open();
	struct err err = ERR_INIT;
	struct stat st;

	(void)state;
	assert_int_equal(io_replace("less", "xy", 2, &err), 0);
	assert_int_equal(utimensat(AT_FDCWD, "less", old, 0), 0);
	assert_int_equal(sheaf_put_aged(s, "less", "x", 1, &err), 0);
	assert_int_equal(sheaf_put_aged(s, "none", "x", 1, &err), 0);
	assert_int_equal(sheaf_flush(s, &err), 0);
	check_file("less", "x");
	check_file("none", "x");
	assert_int_equal(stat("less", &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, 1000);
	assert_int_equal(st.st_mtim.tv_nsec, 7);
	assert_int_equal(stat("none", &st), 0);
	assert_true(st.st_mtim.tv_sec > 1000);
	sheaf_close(s);
}

static void what_is_not_flushed_leaves_nothing(void **state)
{
	struct sheaf *s = sheaf_open();
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(sheaf_put(s, "never", "x", 1, &err), 0);
	sheaf_close(s);
	assert_int_equal(access("never", F_OK), -1);
	assert_int_equal(count_files(".", true), 0);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
	struct sheaf *s = sheaf_open();
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(sheaf_put(s, "none/x", "x", 1, &err), -1);
	assert_int_equal(err.kind, ERR_FAIL);
	assert_non_null(strstr(err.msg, "'none/x'"));
	sheaf_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_appear_when_flushed_and_all_of_them),
		cmocka_unit_test(what_is_the_same_keeps_its_time),
		cmocka_unit_test(what_is_aged_takes_the_time_of_what_was_there),
		cmocka_unit_test(what_is_not_flushed_leaves_nothing),
		cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
