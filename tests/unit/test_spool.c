/* SPDX-License-Identifier: Apache-2.0 */
/* Files written past the page cache hold what was given, of any length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/spool.h"

static char folder[] = "/var/tmp/pgf-spool-XXXXXX";

/* Bytes of file number i, which do not repeat with the blocks of a disk. */
static unsigned char *make_bytes(unsigned i, size_t len)
{
	unsigned char *p = mem_alloc(len);

	for (size_t k = 0; k < len; k++)
		p[k] = (unsigned char)(k * 7 + k / 4093 + i);
	return p;
}

static void check_file(const char *path, unsigned i, size_t len)
{
	unsigned char *want = make_bytes(i, len);
	struct buf have = BUF_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(io_read_file(path, SIZE_MAX, &have, &err), 0);
	assert_int_equal(have.len, len);
	if (len > 0)
		assert_memory_equal(have.data, want, len);
	buf_release(&have);
	mem_free(want);
}

static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 1 << 20, (1 << 20) + 1,
	4 << 20, (4 << 20) + 4096, (4 << 20) + 4097, (17 << 20) + 5,
	(4 << 20) - 1 };

enum { NSIZES = sizeof(sizes) / sizeof(*sizes) };

/* In any folder: tmpfs has no way past the page cache. */
static void write_files(const char *where)
{
	struct spool *s = spool_open();
	struct err err = ERR_INIT;
	char path[NSIZES][300];
	int fd[NSIZES];

	for (unsigned i = 0; i < NSIZES; i++) {
		unsigned char *p = make_bytes(i, sizes[i]);

		snprintf(path[i], sizeof(path[i]), "%s/%u", where, i);
		fd[i] = open(path[i], O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_true(fd[i] >= 0);
		spool_write(s, (struct spool_file){ fd[i], path[i] }, p,
			sizes[i]);
		memset(p, 0, sizes[i]); /* it is ours again */
		mem_free(p);
	}
	assert_int_equal(spool_wait(s, &err), 0);
	for (unsigned i = 0; i < NSIZES; i++) {
		assert_int_equal(close(fd[i]), 0);
		check_file(path[i], i, sizes[i]);
		unlink(path[i]);
	}
	spool_close(s);
}

static void writes_files_of_any_length(void **state)
{
	char memory[] = "/dev/shm/pgf-spool-XXXXXX";

	(void)state;
	write_files(folder);
	if (mkdtemp(memory) == NULL) {
		print_message("no /dev/shm: only the disk was tried\n");
		return;
	}
	write_files(memory);
	rmdir(memory);
}

static void tells_an_error_once(void **state)
{
	static unsigned char bytes[5 << 20];
	int fd = open("/dev/full", O_WRONLY);
	struct spool *s = spool_open();
	struct err err = ERR_INIT;

	(void)state;
	assert_true(fd >= 0);
	spool_write(s, (struct spool_file){ fd, "the/file" }, bytes,
		sizeof(bytes));
	assert_int_equal(spool_wait(s, &err), -1);
	assert_non_null(strstr(err.msg, "'the/file'"));
	assert_non_null(strstr(err.msg, "No space left"));
	err_clear(&err);
	assert_int_equal(spool_wait(s, &err), 0);
	close(fd);
	spool_close(s);
}

static void costs_nothing_until_it_is_used(void **state)
{
	struct spool *s = spool_open();
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(spool_wait(s, &err), 0);
	spool_close(s);
	spool_close(NULL);
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_files_of_any_length),
		cmocka_unit_test(tells_an_error_once),
		cmocka_unit_test(costs_nothing_until_it_is_used),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
