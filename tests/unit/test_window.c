/* SPDX-License-Identifier: Apache-2.0 */
/* Stretches of a file: what is read at once, and what of it is there later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "chunk/window.h"

static FILE *file;
static struct source f = { .fd = -1, .path = "f" };

static int open_file(void **state)
{
	(void)state;
	file = tmpfile();
	if (file == NULL)
		return -1;
	f.fd = fileno(file);
	return ftruncate(f.fd, 2 * WINDOW_MOST);
}

static int close_file(void **state)
{
	(void)state;
	return fclose(file);
}

static void put(uint64_t offset, const char *text)
{
	size_t n = strlen(text);

	assert_int_equal(pwrite(f.fd, text, n, (off_t)offset), n);
}

/* The four bytes at an offset, read if need be with all before end. */
static void check(struct window *w, uint64_t offset, uint64_t end,
	const char *want)
{
	struct err err = ERR_INIT;
	struct io_range at = { offset, 4 };
	const uint8_t *got = window_get(w, &f, at, end, &err);

	assert_non_null(got);
	assert_memory_equal(got, want, 4);
}

static void reads_what_follows(void **state)
{
	struct window *w = window_open();

	(void)state;
	put(100, "abcdefghijkl");
	check(w, 100, 112, "abcd");
	put(100, "ABCDEFGHIJKL");
	assert_true(window_has(w, (struct io_range){ 100, 12 }));
	assert_false(window_has(w, (struct io_range){ 100, 13 }));
	assert_false(window_has(w, (struct io_range){ 99, 2 }));
	assert_false(window_has(w, (struct io_range){ 109, UINT64_MAX }));
	check(w, 108, 0, "ijkl"); /* as it was when it was read */
	check(w, 101, 0, "bcde");
	check(w, 110, 0, "KL\0\0");
	check(w, 108, 0, "IJKL");
	window_reset(w);
	assert_false(window_has(w, (struct io_range){ 108, 4 }));
	window_close(w);
}

static void reads_no_more_than_it_may(void **state)
{
	struct window *w = window_open();

	(void)state;
	check(w, 0, WINDOW_MOST, "\0\0\0");
	assert_true(window_has(w, (struct io_range){ 0, WINDOW_MOST }));
	window_reset(w);
	check(w, 0, WINDOW_MOST + 1, "\0\0\0");
	assert_false(window_has(w, (struct io_range){ 0, 5 }));
	window_close(w);
}

/* What lies behind the end of the file is the trouble of who asks for it. */
static void takes_no_harm_from_what_it_was_not_asked_for(void **state)
{
	struct window *w = window_open();
	struct err err = ERR_INIT;
	struct io_range beyond = { 2 * WINDOW_MOST - 2, 4 };

	(void)state;
	put(2 * WINDOW_MOST - 6, "uvwxyz");
	check(w, 2 * WINDOW_MOST - 6, 2 * WINDOW_MOST + 10, "uvwx");
	assert_null(window_get(w, &f, beyond, 0, &err));
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.msg, "'f' is truncated"));
	assert_false(window_has(w, (struct io_range){ beyond.offset, 1 }));
	window_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_what_follows, open_file,
			close_file),
		cmocka_unit_test_setup_teardown(reads_no_more_than_it_may,
			open_file, close_file),
		cmocka_unit_test_setup_teardown(
			takes_no_harm_from_what_it_was_not_asked_for, open_file,
			close_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
