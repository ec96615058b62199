/* SPDX-License-Identifier: Apache-2.0 */
/* What is digested behind the writer is what was written, wherever it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "net/trail.h"

enum { STEP = 300007, STEPS = 60 }; /* 18 MB */

static const bool
	want[DIGEST_KINDS] = { [DIGEST_MD5] = true, [DIGEST_SHA256] = true };

static unsigned char bytes[STEP];

static void fill(unsigned int i)
{
	for (size_t k = 0; k < STEP; k++)
		bytes[k] = (unsigned char)(k * 7 + k / 4093 + i);
}

static int open_file(void)
{
	char path[] = "/var/tmp/pgf-trail-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	return fd;
}

/* The rest of the file behind done, then compare with all that was given. */
static void check_end(struct digests *d, int fd, uint64_t done,
	struct digests *whole)
{
	const struct digests_span rest = { fd, "file", done,
		(uint64_t)STEP * STEPS };
	unsigned char is[DIGEST_MAX], must[DIGEST_MAX];
	struct err err = ERR_INIT;

	assert_int_equal(digests_add_file(d, &rest, &err), 0);
	assert_null(d->of[DIGEST_SHA512]);
	for (int i = 0; i < DIGEST_KINDS; i++) {
		if (!want[i])
			continue;
		digest_end(d->of[i], is);
		digest_end(whole->of[i], must);
		assert_memory_equal(is, must, digest_size((enum digest_kind)i));
	}
	digests_close(d);
}

/* Several files at once, told of at every step, the last steps not at all. */
static void digests_are_of_the_whole(void **state)
{
	enum { FILES = 5 };
	struct digests whole, d;
	struct trail *t[FILES];
	struct err err = ERR_INIT;
	struct trails *all = trails_open(&err);
	int fd[FILES];

	(void)state;
	assert_non_null(all);
	for (int i = 0; i < FILES; i++) {
		fd[i] = open_file();
		t[i] = trail_begin(all, fd[i], want);
	}
	for (unsigned int k = 0; k < STEPS; k++) {
		fill(k);
		for (unsigned int i = 0; i < FILES; i++) {
			assert_int_equal(io_write_all(fd[i], bytes, STEP, &err),
				0);
			if (k < STEPS - 2 * i)
				trail_tell(t[i], (uint64_t)STEP * (k + 1));
		}
	}
	for (int i = 0; i < FILES; i++) {
		uint64_t done = trail_end(t[i], &d);

		assert_true(done > 0 && done <= (uint64_t)STEP * STEPS);
		digests_open(&whole, want);
		for (unsigned int k = 0; k < STEPS; k++) {
			fill(k);
			digests_add(&whole, bytes, STEP);
		}
		check_end(&d, fd[i], done, &whole);
		digests_close(&whole);
		close(fd[i]);
	}
	trails_close(all);
}

/* A file that is shorter than was told must be read again, from its start. */
static void what_is_not_there_is_told(void **state)
{
	const struct digests_span all_of_it = { -1, "file", 0, 1 };
	struct digests d;
	struct err err = ERR_INIT;
	struct trails *all = trails_open(&err);
	int fd = open_file();
	struct trail *t = trail_begin(all, fd, want);
	struct digests_span span = all_of_it;

	(void)state;
	trail_tell(t, (uint64_t)STEP * STEPS);
	assert_int_equal(trail_end(t, &d), 0);
	span.fd = fd;
	assert_int_equal(digests_add_file(&d, &span, &err), -1);
	assert_int_equal(err.kind, ERR_TEMP);
	assert_string_equal(err.msg, "'file' changed meanwhile");
	digests_close(&d);
	close(fd);
	trails_close(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_of_the_whole),
		cmocka_unit_test(what_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
