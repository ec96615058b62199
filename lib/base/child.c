/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that is killed cannot take anybody along, so one that is alone has a
 * guard: the first of its group, which reads from a pipe that nobody writes to and
 * that ends with us.  Asking the kernel for a signal at the death of the parent was
 * refused: it reaches the child, but not what that has started, and is of Linux.
 */
#define _GNU_SOURCE /* pipe2, environ */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEP = 1 << 16 };

/* The end of the pipe that guards read. */
static struct {
	pthread_mutex_t lock;
	int read, write;
} life = { PTHREAD_MUTEX_INITIALIZER, -1, -1 };

static int open_life(void)
{
	int fds[2], cause = 0;

	pthread_mutex_lock(&life.lock);
	if (life.read < 0 && pipe2(fds, O_CLOEXEC) < 0) {
		cause = errno;
	} else if (life.read < 0) {
		life.read = fds[0];
		life.write = fds[1];
	}
	pthread_mutex_unlock(&life.lock);
	return cause;
}

/* Descriptors 0, 1 and 2; -1: the null device. */
static int give(posix_spawn_file_actions_t *acts, const int fds[3])
{
	int cause = 0;

	for (int i = 0; cause == 0 && i < 3; i++)
		cause = fds[i] >= 0 ?
			posix_spawn_file_actions_adddup2(acts, fds[i], i) :
			posix_spawn_file_actions_addopen(acts, i, "/dev/null",
				i == 0 ? O_RDONLY : O_WRONLY, 0);
	return cause;
}

/* group: to be in; 0: a new one; -1: ours. */
static int set_attributes(posix_spawnattr_t *attr, pid_t group)
{
	int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	sigset_t none, usual;
	int cause;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE); /* which the network layer ignores */
	cause = posix_spawnattr_setsigmask(attr, &none);
	if (cause == 0)
		cause = posix_spawnattr_setsigdefault(attr, &usual);
	if (cause == 0 && group >= 0) {
		flags |= POSIX_SPAWN_SETPGROUP;
		cause = posix_spawnattr_setpgroup(attr, group);
	}
	if (cause == 0)
		cause = posix_spawnattr_setflags(attr, (short)flags);
	return cause;
}

static int spawn(pid_t *pid, const struct child_how *how, const int fds[3],
	pid_t group)
{
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	int cause = posix_spawn_file_actions_init(&acts);

	if (cause != 0)
		return cause;
	cause = posix_spawnattr_init(&attr);
	if (cause == 0) {
		cause = set_attributes(&attr, group);
		if (cause == 0)
			cause = give(&acts, fds);
		if (cause == 0)
			cause = posix_spawnp(pid, how->argv[0], &acts, &attr,
				how->argv, how->env ? how->env : environ);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&acts);
	return cause;
}

static int spawn_guard(struct child *c)
{
	static char sh[] = "/bin/sh", option[] = "-c",
		    script[] = "read -r x; kill -9 0";
	char *argv[] = { sh, option, script, NULL };
	const struct child_how how = { .argv = argv };
	int cause = open_life();

	if (cause == 0)
		cause = spawn(&c->guard, &how,
			(const int[3]){ life.read, -1, -1 }, 0);
	if (cause != 0)
		c->guard = 0;
	return cause;
}

static void wait_for(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		continue;
}

static void end_guard(struct child *c)
{
	int status;

	if (c->guard == 0)
		return;
	kill(-c->guard, SIGKILL);
	wait_for(c->guard, &status);
	c->guard = 0;
}

static void close_pipes(struct child *c)
{
	for (int i = 0; i < CHILD_PIPES; i++) {
		if (c->fd[i] >= 0)
			close(c->fd[i]);
		c->fd[i] = -1;
	}
}

/* The ends that are the child's. */
static int open_pipes(struct child *c, bool together, int ends[CHILD_PIPES])
{
	int n = together ? 1 : CHILD_PIPES, fds[2];

	for (int i = 0; i < n; i++) {
		if (pipe2(fds, O_CLOEXEC) < 0)
			return errno;
		c->fd[i] = fds[0];
		ends[i] = fds[1];
	}
	if (together)
		ends[CHILD_SAID] = ends[CHILD_OUT];
	return 0;
}

int child_start(struct child *c, const struct child_how *how, struct err *err)
{
	int ends[CHILD_PIPES] = { -1, -1 }, cause;

	*c = (struct child){ .fd = { -1, -1 } };
	cause = open_pipes(c, how->together, ends);
	if (cause == 0 && how->alone)
		cause = spawn_guard(c);
	if (cause == 0)
		cause = spawn(&c->pid, how,
			(const int[3]){ how->in, ends[CHILD_OUT],
				ends[CHILD_SAID] },
			how->alone ? c->guard : -1);
	if (ends[CHILD_SAID] >= 0 && !how->together)
		close(ends[CHILD_SAID]);
	if (ends[CHILD_OUT] >= 0)
		close(ends[CHILD_OUT]);
	if (cause == 0)
		return 0;
	c->pid = 0;
	end_guard(c);
	close_pipes(c);
	errno = cause;
	(void)err_sys(err, "cannot run '%s'", how->argv[0]);
	errno = cause;
	return -1;
}

/* One read; what ends, or is to be heard no more, is closed. */
static void hear_one(struct child *c, int from, child_take_fn *take,
	void *state)
{
	char piece[STEP];
	ssize_t n = read(c->fd[from], piece, sizeof(piece));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (take(state, from, piece, n > 0 ? (size_t)n : 0) && n > 0)
		return;
	close(c->fd[from]);
	c->fd[from] = -1;
}

bool child_hear(struct child *c, int ms, child_take_fn *take, void *state)
{
	struct pollfd p[CHILD_PIPES];

	for (int i = 0; i < CHILD_PIPES; i++)
		p[i] = (struct pollfd){ .fd = c->fd[i], .events = POLLIN };
	if (poll(p, CHILD_PIPES, ms) > 0)
		for (int i = 0; i < CHILD_PIPES; i++)
			if (p[i].fd >= 0 && p[i].revents != 0)
				hear_one(c, i, take, state);
	return c->fd[CHILD_OUT] >= 0 || c->fd[CHILD_SAID] >= 0;
}

bool child_has_ended(struct child *c)
{
	pid_t got;

	if (c->ended)
		return true;
	do
		got = waitpid(c->pid, &c->status, WNOHANG);
	while (got < 0 && errno == EINTR);
	c->ended = got != 0;
	return c->ended;
}

void child_kill(const struct child *c)
{
	if (c->guard != 0)
		kill(-c->guard, SIGKILL);
	else if (!c->ended)
		kill(c->pid, SIGKILL);
}

int child_end(struct child *c)
{
	close_pipes(c);
	if (!c->ended)
		wait_for(c->pid, &c->status);
	c->ended = true;
	end_guard(c);
	return c->status;
}
