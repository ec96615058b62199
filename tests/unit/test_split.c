/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for many files, in little memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>

#include "foldering.h"
#include "record/split.h"

static const char *name_of(const void *state, size_t i)
{
	static char name[32];

	snprintf(name, sizeof(name), "%s%zu", (const char *)state, i);
	return name;
}

/* Blocks of 1 MiB in turn, so that most of them are put aside. */
static void files_are_put_together_in_order(void **state)
{
	enum { NFILES = 3, NBLOCKS = 100, BLOCK = 1 << 20 };
	const struct split_names names = { name_of, "big-" };
	struct err err = ERR_INIT;
	struct split *s = split_open("out", NFILES + 1, &err);
	struct buf block = BUF_INIT, have = BUF_INIT;

	(void)state;
	assert_non_null(s);
	buf_resize(&block, BLOCK);
	for (int i = 0; i < NBLOCKS; i++) {
		memset(block.data, 'A' + i % 50, BLOCK);
		assert_int_equal(split_add(s, (size_t)i % NFILES, &block, &err),
			0);
	}
	assert_int_equal(count_files("out", false), 0);
	assert_int_equal(split_publish(s, &names, &err), 0);
	split_close(s);
	assert_int_equal(count_files("out", false), NFILES + 1);
	assert_int_equal(count_files("out", true), 0);
	assert_int_equal(io_read_file("out/big-1", 1 << 30, &have, &err), 0);
	assert_int_equal(have.len, (size_t)33 * BLOCK);
	for (size_t k = 0; k < 33; k++) {
		assert_int_equal(have.data[k * BLOCK],
			(int)('A' + (1 + 3 * k) % 50));
		assert_int_equal(have.data[k * BLOCK + BLOCK - 1],
			(int)('A' + (1 + 3 * k) % 50));
	}
	check_file("out/big-3", "");
	buf_release(&block);
	buf_release(&have);
}

static void nothing_appears_without_publish(void **state)
{
	struct err err = ERR_INIT;
	struct split *s = split_open("none", 2, &err);
	struct buf line = BUF_INIT;

	(void)state;
	buf_adds(&line, "x\n");
	assert_int_equal(split_add(s, 1, &line, &err), 0);
	split_close(s);
	buf_release(&line);
	assert_int_equal(count_files("none", false), 0);
	assert_int_equal(count_files("none", true), 0);
}

static void a_folder_that_cannot_be_is_an_error(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(io_replace("file", "x", 1, &err), 0);
	assert_null(split_open("file/out", 1, &err));
	assert_int_equal(err.kind, ERR_FAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_put_together_in_order),
		cmocka_unit_test(nothing_appears_without_publish),
		cmocka_unit_test(a_folder_that_cannot_be_is_an_error),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
