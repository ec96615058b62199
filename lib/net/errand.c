/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Its end is asked for every few milliseconds: a pipe alone does not tell, as
 * something it has started may hold it open.
 */
#include "net/errand.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "net/derived.h"
#include "net/unpack.h"

extern char **environ;

enum { TALK_MAX = 600, TICK = 20 /* ms */ };

struct child {
	pid_t pid;
	int talk;        /* what it says; -1: closed */
	struct buf said; /* the end of that */
	int status;
	bool late;
};

static int64_t now_ms(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int set_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, usual;
	int cause;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE); /* which the network layer ignores */
	cause = posix_spawnattr_setpgroup(attr, 0);
	if (cause == 0)
		cause = posix_spawnattr_setsigmask(attr, &none);
	if (cause == 0)
		cause = posix_spawnattr_setsigdefault(attr, &usual);
	if (cause == 0)
		cause = posix_spawnattr_setflags(attr,
			POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
				POSIX_SPAWN_SETSIGDEF);
	return cause;
}

static int spawn(struct child *c, int talk, char **argv)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int cause = posix_spawn_file_actions_init(&actions);

	if (cause != 0)
		return cause;
	cause = posix_spawnattr_init(&attr);
	if (cause == 0) {
		cause = set_attributes(&attr);
		if (cause == 0)
			cause = posix_spawn_file_actions_addopen(&actions, 0,
				"/dev/null", O_RDONLY, 0);
		if (cause == 0)
			cause = posix_spawn_file_actions_adddup2(&actions, talk,
				1);
		if (cause == 0)
			cause = posix_spawn_file_actions_adddup2(&actions, talk,
				2);
		if (cause == 0)
			cause = posix_spawnp(&c->pid, argv[0], &actions, &attr,
				argv, environ);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&actions);
	return cause;
}

static int start(struct child *c, char **argv, struct err *err)
{
	int fds[2], cause;

	if (pipe(fds) < 0)
		return err_sys(err, "cannot make a pipe");
	for (int i = 0; i < 2; i++)
		(void)fcntl(fds[i], F_SETFD, FD_CLOEXEC);
	(void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
	cause = spawn(c, fds[1], argv);
	close(fds[1]);
	c->talk = fds[0];
	if (cause == 0)
		return 0;
	close(fds[0]);
	return err_set(err, cause == ENOENT ? ERR_DATA : ERR_FAIL,
		"cannot run '%s': %s", argv[0], strerror(cause));
}

/* Keep the end of what it says. */
static void hear(struct child *c)
{
	char piece[4096];
	ssize_t n;

	while (c->talk >= 0 && (n = read(c->talk, piece, sizeof(piece))) >= 0) {
		if (n == 0) {
			close(c->talk);
			c->talk = -1;
			break;
		}
		buf_add(&c->said, piece, (size_t)n);
		if (c->said.len > TALK_MAX) {
			memmove(c->said.data,
				c->said.data + c->said.len - TALK_MAX,
				TALK_MAX);
			buf_resize(&c->said, TALK_MAX);
		}
	}
}

static void wait_for(struct child *c, unsigned int timeout)
{
	int64_t end = now_ms() + (int64_t)timeout * 1000;
	pid_t got = 0;

	while (got == 0 || (got < 0 && errno == EINTR)) {
		struct pollfd fd = { .fd = c->talk, .events = POLLIN };

		(void)poll(&fd, 1, TICK);
		hear(c);
		if (!c->late && now_ms() >= end) {
			c->late = true;
			kill(-c->pid, SIGKILL);
		}
		got = waitpid(c->pid, &c->status, WNOHANG);
	}
	kill(-c->pid, SIGKILL); /* what it left behind */
	hear(c);
	if (c->talk >= 0)
		close(c->talk);
}

/* The end of what it said, on one line. */
static const char *said(struct arena *a, const struct child *c)
{
	char *s = arena_strndup(a, c->said.len > 0 ? c->said.data : "",
		c->said.len);
	size_t len = strlen(s);

	while (len > 0 && strchr("\r\n ", s[len - 1]) != NULL)
		s[--len] = '\0';
	for (char *p = s; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	while (*s != '\0' && !str_is_utf8(s, strlen(s)))
		s++; /* it was cut in two */
	return *s != '\0' ? s : "it said nothing";
}

static int judge(struct arena *a, const struct errand *e, const struct child *c,
	struct err *err)
{
	int code = WIFEXITED(c->status) ? WEXITSTATUS(c->status) : -1;

	if (c->late)
		return err_set(err, ERR_DATA,
			"it was ended after %u s (see --exec-timeout): %s",
			e->timeout, said(a, c));
	if (code < 0)
		return err_set(err, ERR_DATA, "it died of signal %d: %s",
			WTERMSIG(c->status), said(a, c));
	if (code != 0)
		return err_set(err, code == ERR_TEMP ? ERR_TEMP : ERR_DATA,
			"it ended with code %d: %s", code, said(a, c));
	return 0;
}

static int run(struct arena *a, const struct errand *e, char **argv,
	struct err *err)
{
	struct child c = { .pid = -1, .talk = -1 };
	int result = start(&c, argv, err);

	if (result == 0) {
		wait_for(&c, e->timeout);
		result = judge(a, e, &c, err);
	}
	buf_release(&c.said);
	return result;
}

static int make(struct arena *a, const struct errand *e, struct derived *d,
	const char *in, struct err *err)
{
	if (derived_begin(d, err) < 0)
		return -1;
	unlink(d->temp.temp); /* programs ask before they overwrite */
	if (run(a, e, command_fill(a, &e->command, in, d->temp.temp), err) <
			0 ||
		derived_take(d, err) < 0) {
		derived_abort(d);
		return -1;
	}
	return 0;
}

int errand_run(struct arena *a, const struct errand *e, struct cache_file *file,
	struct err *err)
{
	const struct derived_name name = {
		.folder = e->cache,
		.id = arena_printf(a, "exec:%s:%s", unpack_identity(a, file),
			e->command.text),
		.like = file->path,
	};
	struct cache_file made;
	struct derived d;

	if (!derived_find(a, &name, &d, &made) &&
		(make(a, e, &d, file->path, err) < 0 ||
			derived_publish(&d, &made, err) < 0))
		return err_in(err, "'%.200s'", e->command.text);
	memcpy(made.etag, file->etag, sizeof(made.etag));
	memcpy(made.modified, file->modified, sizeof(made.modified));
	*file = made;
	return 0;
}
