/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of a test's own, in which it runs; included after cmocka. */
#ifndef PGF_TEST_FOLDERING_H
#define PGF_TEST_FOLDERING_H

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

static char folder[] = "/tmp/pgf-test-XXXXXX";

static inline int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static inline int remove_one(const char *path, const struct stat *st, int flag,
	struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

static inline int remove_folder(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void check_file(const char *path, const char *text)
{
	struct buf b = BUF_INIT;
	struct err err = ERR_INIT;

	buf_reset(&b);
	assert_int_equal(io_read_file(path, 1 << 20, &b, &err), 0);
	assert_int_equal(b.len, strlen(text));
	assert_memory_equal(b.data, text, b.len);
	buf_release(&b);
}

/* Files in a folder, or temporaries only. */
static inline size_t count_files(const char *path, bool temps)
{
	DIR *d = opendir(path);
	size_t n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += temps ? io_is_temp_name(e->d_name) : e->d_name[0] != '.';
	closedir(d);
	return n;
}

#endif
