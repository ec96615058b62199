/* SPDX-License-Identifier: Apache-2.0 */
/* What MAKEFLAGS says of jobs that may be shared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/jobserver.h"
#include "foldering.h"

static void only_the_ends_of_one_pipe_are_shared(void **state)
{
	struct arena a = ARENA_INIT;
	int file = open("/dev/null", O_RDONLY);
	int one[2], two[2], made = pipe(one) + pipe(two);
	const char *closed[] = {
		"-j --jobserver-auth=998,999",
		"-j --jobserver-auth=fifo:/none",
		"-j --jobserver-auth=fifo:/dev/null",
		"-j --jobserver-auth=",
		"-j --jobserver-auth=3",
		"-j --jobserver-auth=-2,-2",
		arena_printf(&a, "-j4 --jobserver-auth=%d,%d", file, file),
		arena_printf(&a, "-j4 --jobserver-auth=%d,%d", one[0], two[1]),
		arena_printf(&a, "-j4 --jobserver-auth=%d,%d", one[1], one[0]),
		arena_printf(&a, "-j4 --jobserver-auth=%d,%d", one[0], one[0]),
	};
	const char *none[] = { NULL, "", "-j", "ks -- X=1" };

	(void)state;
	assert_int_equal(made, 0);
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
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(two[i]);
	}
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

static char *auth(struct arena *a, const int *fd)
{
	return arena_printf(a, "-j4 --jobserver-auth=%d,%d", fd[0], fd[1]);
}

/* The bytes that are in a pipe, which are taken out of it. */
static void check_bytes(int fd, const char *want)
{
	char have[10] = "";

	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	if (*want == '\0')
		assert_int_equal(read(fd, have, sizeof(have) - 1), -1);
	else
		assert_int_equal(read(fd, have, sizeof(have) - 1),
			strlen(want));
	assert_string_equal(have, want);
}

static void jobs_are_taken_while_there_are_any_and_given_back(void **state)
{
	struct arena a = ARENA_INIT;
	struct jobserver_share *s;
	int fd[2];

	(void)state;
	assert_null(jobserver_join(NULL));
	assert_null(jobserver_join("-j8 --jobserver-auth=98,99"));
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], "ab", 2), 2);
	s = jobserver_join(auth(&a, fd));
	assert_non_null(s);
	assert_null(jobserver_join(auth(&a, fd)));
	assert_true(jobserver_take(s));
	assert_true(jobserver_take(s));
	assert_false(jobserver_take(s));
	/* To read what make has left waiting is for make to say. */
	assert_int_equal(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	jobserver_give(s);
	assert_true(jobserver_take(s));
	jobserver_give(s);
	jobserver_leave(s);
	check_bytes(fd[0], "ba");
	close(fd[0]);
	close(fd[1]);
	assert_int_equal(mkfifo("jobs", 0600), 0);
	fd[0] = open("jobs", O_RDWR);
	assert_int_equal(write(fd[0], "x", 1), 1);
	s = jobserver_join(" -j2 --jobserver-auth=fifo:jobs");
	assert_non_null(s);
	assert_true(jobserver_take(s));
	assert_false(jobserver_take(s));
	jobserver_leave(s);
	check_bytes(fd[0], "x");
	close(fd[0]);
	jobserver_leave(NULL);
	arena_release(&a);
}

/* A child that takes all of three jobs, and then ends like that. */
static void end_child(const int *fd, int how)
{
	struct arena a = ARENA_INIT;
	struct jobserver_share *s;

	if (how != 0)
		signal(how,
			SIG_DFL); /* nohup, or a shell, may have it ignored */
	s = jobserver_join(auth(&a, fd));
	for (int i = 0; i < 3; i++)
		if (!jobserver_take(s))
			_exit(99);
	if (how == 0)
		exit(7);
	raise(how);
	_exit(98);
}

static void who_ends_gives_back_first(void **state)
{
	static const int ways[] = { 0, SIGINT, SIGTERM, SIGHUP };
	int fd[2], status;

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		pid_t pid;

		assert_int_equal(pipe(fd), 0);
		assert_int_equal(write(fd[1], "abc", 3), 3);
		pid = fork();
		if (pid == 0)
			end_child(fd, ways[i]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (ways[i] == 0)
			assert_true(
				WIFEXITED(status) && WEXITSTATUS(status) == 7);
		else
			assert_true(WIFSIGNALED(status) &&
				WTERMSIG(status) == ways[i]);
		check_bytes(fd[0], "abc");
		close(fd[0]);
		close(fd[1]);
	}
}

static void who_must_not_hear_a_signal_does_not(void **state)
{
	struct arena a = ARENA_INIT;
	struct jobserver_share *s;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	signal(SIGHUP, SIG_IGN);
	s = jobserver_join(auth(&a, fd));
	assert_non_null(s);
	raise(SIGHUP);
	jobserver_leave(s);
	raise(SIGHUP);
	signal(SIGHUP, SIG_DFL);
	close(fd[0]);
	close(fd[1]);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_ends_of_one_pipe_are_shared),
		cmocka_unit_test(
			the_last_jobserver_counts_and_nothing_else_is_kept),
		cmocka_unit_test(
			jobs_are_taken_while_there_are_any_and_given_back),
		cmocka_unit_test(who_ends_gives_back_first),
		cmocka_unit_test(who_must_not_hear_a_signal_does_not),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
