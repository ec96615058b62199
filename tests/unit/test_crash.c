/* SPDX-License-Identifier: Apache-2.0 */
/* A child that dies of a signal: what it says, and how it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/log.h"

#if !defined(__SANITIZE_ADDRESS__)

/* What a child said, and how it ended (wait(2)). */
struct end {
	char said[8192];
	int status;
};

static void die(const char *path, int sig)
{
	crash_watch();
	crash_name("an earlier one");
	crash_name(path);
	raise(sig);
	_exit(0);
}

static struct end end_of(const char *path, int sig)
{
	struct end e = { .status = 0 };
	int pipe_of[2];
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(pipe_of), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(pipe_of[1], STDERR_FILENO);
		die(path, sig);
	}
	close(pipe_of[1]);
	while ((got = read(pipe_of[0], e.said + n, sizeof(e.said) - 1 - n)) > 0)
		n += (size_t)got;
	close(pipe_of[0]);
	assert_int_equal(waitpid(pid, &e.status, 0), pid);
	return e;
}

static void test_named(void **state)
{
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGFPE, SIGABRT };

	(void)state;
	for (size_t i = 0; i < sizeof(sigs) / sizeof(*sigs); i++) {
		struct end e = end_of("/data/a.nc", sigs[i]);

		assert_true(WIFEXITED(e.status));
		assert_int_equal(WEXITSTATUS(e.status), 65);
		assert_string_equal(e.said,
			"test: cannot open '/data/a.nc': damaged: the library "
			"that reads it has crashed; get the file again\n");
	}
}

static void test_long_name(void **state)
{
	char path[6000];
	struct end e;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	e = end_of(path, SIGSEGV);
	assert_int_equal(WEXITSTATUS(e.status), 65);
	assert_non_null(strstr(e.said, "xx': damaged"));
}

static void test_no_name(void **state)
{
	struct end e = end_of(NULL, SIGFPE);

	(void)state;
	assert_true(WIFSIGNALED(e.status));
	assert_int_equal(WTERMSIG(e.status), SIGFPE);
	assert_string_equal(e.said, "");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_named),
	cmocka_unit_test(test_long_name),
	cmocka_unit_test(test_no_name),
};

#else /* the sanitizer tells more */

static void test_left_alone(void **state)
{
	struct sigaction before, after;

	(void)state;
	sigaction(SIGSEGV, NULL, &before);
	crash_watch();
	crash_name("/data/a.nc");
	sigaction(SIGSEGV, NULL, &after);
	assert_true(before.sa_handler == after.sa_handler);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(test_left_alone) };

#endif

int main(void)
{
	log_init("test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
