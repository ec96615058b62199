/* SPDX-License-Identifier: Apache-2.0 */
/* Another program: what it says, how it ends, and that it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/beside.h"
#include "base/buf.h"
#include "base/child.h"

struct heard {
	struct buf text[CHILD_PIPES];
	size_t most; /* of all; 0: any */
	int ends;
};

static bool take(void *state, int from, const char *p, size_t len)
{
	struct heard *h = state;

	buf_add(&h->text[from], p, len);
	h->ends += len == 0;
	return h->most == 0 || h->text[from].len <= h->most;
}

static const char *text_of(struct heard *h, int from)
{
	return h->text[from].len > 0 ? h->text[from].data : "";
}

static void forget(struct heard *h)
{
	for (int i = 0; i < CHILD_PIPES; i++)
		buf_release(&h->text[i]);
}

/* The status of a script. */
static int run(const char *script, struct child_how how, struct heard *h)
{
	char *argv[] = { beside_argument("sh"), beside_argument("-c"),
		beside_argument(script), NULL };
	struct err err = ERR_INIT;
	struct child c;

	how.argv = argv;
	assert_int_equal(child_start(&c, &how, &err), 0);
	while (child_hear(&c, -1, take, h))
		continue;
	return child_end(&c);
}

static void both_pipes_are_heard_to_their_ends(void **state)
{
	struct heard h = { .most = 0 };
	int status = run("head -c 300000 /dev/zero | tr '\\0' x; "
			 "head -c 200000 /dev/zero | tr '\\0' y >&2; exit 7",
		(struct child_how){ .in = -1 }, &h);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_int_equal(h.text[CHILD_OUT].len, 300000);
	assert_int_equal(h.text[CHILD_SAID].len, 200000);
	assert_null(memchr(h.text[CHILD_OUT].data, 'y', 300000));
	assert_int_equal(h.ends, 2);
	forget(&h);
}

static void both_are_one_if_they_are_together(void **state)
{
	struct heard h = { .most = 0 };

	(void)state;
	assert_int_equal(run("echo a; echo b >&2; echo c",
				 (struct child_how){ .in = -1,
					 .together = true },
				 &h),
		0);
	assert_string_equal(text_of(&h, CHILD_OUT), "a\nb\nc\n");
	assert_int_equal(h.ends, 1);
	forget(&h);
}

static void it_reads_what_it_is_given_or_nothing(void **state)
{
	struct heard h = { .most = 0 };
	int fds[2];

	(void)state;
	assert_int_equal(run("cat", (struct child_how){ .in = -1 }, &h), 0);
	assert_string_equal(text_of(&h, CHILD_OUT), "");
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "abc", 3), 3);
	close(fds[1]);
	assert_int_equal(run("cat", (struct child_how){ .in = fds[0] }, &h), 0);
	close(fds[0]);
	assert_string_equal(text_of(&h, CHILD_OUT), "abc");
	forget(&h);
}

static void it_has_the_environment_it_is_given(void **state)
{
	char path[] = "PATH=/usr/bin:/bin", word[] = "WORD=known";
	char *env[] = { path, word, NULL };
	struct heard h = { .most = 0 };

	(void)state;
	assert_int_equal(run("echo $WORD$HOME",
				 (struct child_how){ .env = env, .in = -1 },
				 &h),
		0);
	assert_string_equal(text_of(&h, CHILD_OUT), "known\n");
	forget(&h);
}

static void one_that_says_too_much_dies_of_it(void **state)
{
	struct heard h = { .most = 1000 };
	int status =
		run("exec 2>&-; exec yes", (struct child_how){ .in = -1 }, &h);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGPIPE);
	forget(&h);
}

static void one_that_cannot_run_says_why(void **state)
{
	char *argv[] = { beside_argument("no-such-program"), NULL };

	(void)state;
	for (int alone = 0; alone < 2; alone++) {
		const struct child_how how = { .argv = argv,
			.in = -1,
			.alone = alone };
		struct err err = ERR_INIT;
		struct child c;

		assert_int_equal(child_start(&c, &how, &err), -1);
		assert_int_equal(errno, ENOENT);
		assert_string_equal(err.msg,
			"cannot run 'no-such-program': "
			"No such file or directory");
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
}

/* Reads a number that the child says, of what runs in the background. */
static pid_t number(const struct heard *h)
{
	long n = 0;

	assert_int_equal(sscanf(h->text[CHILD_OUT].data, "%ld", &n), 1);
	return (pid_t)n;
}

/* It is gone, or nobody has asked how it ended yet. */
static bool is_over(pid_t pid)
{
	char path[64], text[64];
	FILE *f;

	for (int i = 0; i < 12000; i++, poll(NULL, 0, 10)) {
		if (kill(pid, 0) < 0)
			return true;
		snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
		f = fopen(path, "r");
		if (f == NULL)
			return true;
		text[0] = '\0';
		if (fgets(text, sizeof(text), f) == NULL)
			text[0] = '\0';
		fclose(f);
		if (strstr(text, ") Z ") != NULL)
			return true;
	}
	return false;
}

static void start_alone(struct child *c, struct heard *h, const char *script)
{
	char *argv[] = { beside_argument("sh"), beside_argument("-c"),
		beside_argument(script), NULL };
	const struct child_how how = { .argv = argv, .in = -1, .alone = true };
	struct err err = ERR_INIT;

	assert_int_equal(child_start(c, &how, &err), 0);
	while (h->text[CHILD_OUT].len == 0 && child_hear(c, -1, take, h))
		continue;
}

static void nothing_is_left_of_one_that_was_alone(void **state)
{
	struct heard h = { .most = 0 };
	struct child c;
	int status;

	(void)state;
	start_alone(&c, &h, "sleep 1000 & echo $!; exit 3");
	while (!child_has_ended(&c))
		(void)child_hear(&c, 10, take, &h);
	assert_int_equal(kill(number(&h), 0), 0);
	status = child_end(&c);
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_true(is_over(number(&h)));
	forget(&h);
}

static void a_kill_reaches_all_of_the_group(void **state)
{
	struct heard h = { .most = 0 };
	struct child c;
	int status;

	(void)state;
	start_alone(&c, &h, "trap '' TERM; sleep 1000 & echo $!; wait");
	assert_false(child_has_ended(&c));
	child_kill(&c);
	status = child_end(&c);
	assert_true(WIFSIGNALED(status));
	assert_true(is_over(number(&h)));
	forget(&h);
}

/* What a parent that is killed leaves: it cannot do anything about it. */
static void it_does_not_outlive_one_that_is_killed(void **state)
{
	int fds[2], status;
	struct heard h = { .most = 0 };
	char text[32] = "";
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		struct child c;

		start_alone(&c, &h, "sleep 1000 & echo $!; wait");
		if (write(fds[1], h.text[CHILD_OUT].data,
			    h.text[CHILD_OUT].len) < 0)
			_exit(1);
		pause();
		_exit(1);
	}
	assert_true(read(fds[0], text, sizeof(text) - 1) > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	buf_adds(&h.text[CHILD_OUT], text);
	assert_true(is_over(number(&h)));
	close(fds[0]);
	close(fds[1]);
	forget(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* First, while the one to be killed has nothing of ours. */
		cmocka_unit_test(it_does_not_outlive_one_that_is_killed),
		cmocka_unit_test(both_pipes_are_heard_to_their_ends),
		cmocka_unit_test(both_are_one_if_they_are_together),
		cmocka_unit_test(it_reads_what_it_is_given_or_nothing),
		cmocka_unit_test(it_has_the_environment_it_is_given),
		cmocka_unit_test(one_that_says_too_much_dies_of_it),
		cmocka_unit_test(one_that_cannot_run_says_why),
		cmocka_unit_test(nothing_is_left_of_one_that_was_alone),
		cmocka_unit_test(a_kill_reaches_all_of_the_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
