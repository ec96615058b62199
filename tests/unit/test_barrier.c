/* SPDX-License-Identifier: Apache-2.0 */
/* When a whole file system is synced, and when files are asked one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/barrier.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* f_type, as statfs(2) lists them. */
enum { EXT4 = 0xef53, XFS = 0x58465342, NFS = 0x6969, OVERLAY = 0x794c7630 };

static void chooses_local_disks_of_trusted_kernels(void **state)
{
	static const struct {
		struct barrier_place place;
		bool good;
	} cases[] = {
		{ { "6.1.0-18-amd64", EXT4, 0 }, true },
		{ { "5.8", XFS, 512 << 20 }, true },
		{ { "10.0.1", 0x9123683e, 1 << 20 }, true },
		{ { "5.7.19", EXT4, 0 }, false },
		{ { "4.18.0-553.el8", EXT4, 0 }, false },
		{ { "6.1", NFS, 0 }, false },
		{ { "6.1", OVERLAY, 0 }, false },
		{ { "6.1", EXT4, (512 << 20) + 1 }, false },
		{ { "6.1", EXT4, UINT64_MAX }, false },
		{ { "", EXT4, 0 }, false },
		{ { "six", EXT4, 0 }, false },
		{ { "6", EXT4, 0 }, false },
		{ { "6.", EXT4, 0 }, false },
		{ { "99999999999999999999999999.1", EXT4, 0 }, false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(barrier_is_good(&cases[i].place),
			cases[i].good);
}

static void says_nothing_of_what_it_has_not_seen(void **state)
{
	struct barrier b = BARRIER_INIT;
	int fd = open("/proc/self/stat", O_RDONLY);

	(void)state;
	assert_true(fd >= 0);
	assert_false(barrier_pass(&b, 1000));
	barrier_begin(&b, "/tmp/pgf-no-such-folder");
	assert_false(barrier_pass(&b, 1000));
	barrier_begin(&b, "/tmp");
	assert_true(b.fd >= 0);
	assert_false(barrier_pass(&b, 1));
	barrier_add(&b, fd);
	assert_false(barrier_pass(&b, 1000));
	barrier_end(&b);
	barrier_end(&b);
	assert_false(barrier_pass(&b, 1000));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chooses_local_disks_of_trusted_kernels),
		cmocka_unit_test(says_nothing_of_what_it_has_not_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
