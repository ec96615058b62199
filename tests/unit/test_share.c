/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that ask one host divide what is allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/share.h"

static const char host[] = "http://127.0.0.1:80";

/* In another process: ask, tell how many of the wanted slots came, stay. */
static void live(const char *path, int wanted, int tell)
{
	struct share s = share_open(path, 4);
	struct share_host h = { .joined = false };
	char got = 0;

	share_join(&s, &h, host);
	while (got < wanted && share_take(&s, &h, 0) >= 0)
		got++;
	if (write(tell, &got, 1) == 1)
		pause();
	_exit(1);
}

static pid_t begin(const char *path, int wanted, char *got)
{
	int from[2];
	pid_t pid;

	assert_int_equal(pipe(from), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		live(path, wanted, from[1]);
	assert_int_equal(read(from[0], got, 1), 1);
	close(from[0]);
	close(from[1]);
	return pid;
}

/* However it ends. */
static void end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void make_file(char *path)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
}

static void slots_are_of_all(void **state)
{
	char path[] = "/tmp/pgf-share-XXXXXX", got;
	struct share_host h = { .joined = false };
	pid_t o, p;
	struct share s;

	(void)state;
	make_file(path);
	s = share_open(path, 4);
	share_join(&s, &h, host);
	share_join(&s, &h, host);
	assert_int_equal(share_askers(&s, &h, 1000), 1);
	assert_int_equal(share_take(&s, &h, 1000), 0);
	o = begin(path, 2, &got);
	assert_int_equal(got, 2);
	assert_int_equal(share_askers(&s, &h, 1100), 1);
	assert_int_equal(share_askers(&s, &h, 1300), 2);
	p = begin(path, 9, &got);
	assert_int_equal(got, 1);
	assert_int_equal(share_askers(&s, &h, 1600), 3);
	assert_int_equal(share_take(&s, &h, 1600), -1);
	share_give(&s, &h, 0, 1600);
	assert_int_equal(share_take(&s, &h, 1600), 0);
	end(o);
	assert_int_equal(share_take(&s, &h, 1700), 1);
	assert_int_equal(share_take(&s, &h, 1700), 2);
	assert_int_equal(share_take(&s, &h, 1700), -1);
	assert_int_equal(share_askers(&s, &h, 1900), 2);
	end(p);
	share_leave(&s, &h);
	share_leave(&s, &h);
	share_close(&s);
	unlink(path);
}

static void who_leaves_is_not_counted(void **state)
{
	char path[] = "/tmp/pgf-share-XXXXXX", got;
	struct share_host h = { .joined = false }, other = { .joined = false };
	struct share s;
	pid_t o;

	(void)state;
	make_file(path);
	s = share_open(path, 4);
	o = begin(path, 4, &got);
	share_join(&s, &h, host);
	assert_int_equal(share_askers(&s, &h, 1000), 2);
	share_join(&s, &other, "http://127.0.0.1:81");
	assert_int_equal(share_askers(&s, &other, 1000), 1);
	assert_int_equal(share_take(&s, &other, 1000), 0);
	assert_int_equal(share_take(&s, &h, 1000), -1);
	end(o);
	share_leave(&s, &h);
	share_join(&s, &h, host);
	assert_int_equal(share_askers(&s, &h, 1000), 1);
	assert_int_equal(share_take(&s, &h, 1000), 0);
	share_close(&s);
	unlink(path);
}

/* Who gave one back where there are more askers than slots lets others have it. */
static void few_slots_go_round(void **state)
{
	char path[] = "/tmp/pgf-share-XXXXXX", got;
	struct share_host h = { .joined = false };
	pid_t others[4];
	struct share s;

	(void)state;
	make_file(path);
	s = share_open(path, 4);
	share_join(&s, &h, host);
	assert_int_equal(share_take(&s, &h, 1000), 0);
	for (int i = 0; i < 4; i++)
		others[i] = begin(path, i < 3, &got);
	assert_int_equal(share_askers(&s, &h, 1000), 5);
	share_give(&s, &h, 0, 1000);
	assert_int_equal(share_take(&s, &h, 1000), -1);
	assert_int_equal(share_take(&s, &h, 1000 + 2 * SHARE_POLL), 0);
	for (int i = 0; i < 4; i++)
		end(others[i]);
	share_close(&s);
	unlink(path);
}

static void without_a_file_all_is_ours(void **state)
{
	static const char *const paths[] = { NULL, "/nonexistent/file" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct share s = share_open(paths[i], 2);
		struct share_host h = { .joined = false };

		share_join(&s, &h, host);
		assert_int_equal(share_askers(&s, &h, 1000), 1);
		assert_int_equal(share_take(&s, &h, 1000), 0);
		assert_int_equal(share_take(&s, &h, 1000), 1);
		assert_int_equal(share_take(&s, &h, 1000), -1);
		share_give(&s, &h, 1, 1000);
		assert_int_equal(share_take(&s, &h, 1000), 1);
		share_leave(&s, &h);
		share_close(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_are_of_all),
		cmocka_unit_test(who_leaves_is_not_counted),
		cmocka_unit_test(few_slots_go_round),
		cmocka_unit_test(without_a_file_all_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
