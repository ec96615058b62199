/* SPDX-License-Identifier: Apache-2.0 */
/* What MAKEFLAGS says of jobs that may be shared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "build/jobserver.h"
#include "foldering.h"

static void only_open_pipes_are_shared(void **state)
{
	struct arena a = ARENA_INIT;
	int file = open("/dev/null", O_RDONLY);
	const char *closed[] = {
		"-j --jobserver-auth=998,999",
		"-j --jobserver-auth=fifo:/none",
		"-j --jobserver-auth=fifo:/dev/null",
		"-j --jobserver-auth=",
		"-j --jobserver-auth=3",
		"-j --jobserver-auth=-2,-2",
		arena_printf(&a, "-j4 --jobserver-auth=%d,%d", file, file),
	};
	const char *none[] = { NULL, "", "-j", "ks -- X=1" };

	(void)state;
	for (size_t i = 0; i < sizeof(closed) / sizeof(*closed); i++) {
		const char *flags = NULL;

		assert_int_equal(jobserver_find(&a, closed[i], &flags),
			JOBSERVER_CLOSED);
		assert_null(flags);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		const char *flags = NULL;

		assert_int_equal(jobserver_find(&a, none[i], &flags),
			JOBSERVER_NONE);
	}
	close(file);
	arena_release(&a);
}

static void the_last_jobserver_counts_and_nothing_else_is_kept(void **state)
{
	struct arena a = ARENA_INIT;
	const char *flags = NULL, *want;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	want = arena_printf(&a, " -j --jobserver-auth=%d,%d", fd[0], fd[1]);
	assert_int_equal(
		jobserver_find(&a,
			arena_printf(&a,
				"ks -j8 --jobserver-auth=98,99 "
				"--jobserver-auth=%d,%d -Otarget -- A=b",
				fd[0], fd[1]),
			&flags),
		JOBSERVER_SHARED);
	assert_string_equal(flags, want);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(jobserver_find(&a, "-j3 --jobserver-auth=fifo:pipe",
				 &flags),
		JOBSERVER_SHARED);
	assert_string_equal(flags, " -j --jobserver-auth=fifo:pipe");
	close(fd[0]);
	close(fd[1]);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_open_pipes_are_shared),
		cmocka_unit_test(
			the_last_jobserver_counts_and_nothing_else_is_kept),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
