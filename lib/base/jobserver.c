/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make names descriptors in MAKEFLAGS also where it has closed them (for lines
 * without '+'), and they may be anything by now; so they count only if they are
 * the two ends of one pipe.
 *
 * A job is a byte, and who dies with it leaves make with one job less, so a handler
 * puts back what is there.  The pipe is opened anew: so it can be asked without
 * waiting, which must not be set for all who have it.
 */
#include "base/jobserver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

/* The descriptor that text names is the end of a pipe: to read, or to write. */
static bool is_end(const char *text, int how, struct stat *st)
{
	int64_t fd;

	return str_to_i64(text, &fd) && fd >= 0 && fd <= INT32_MAX &&
		fstat((int)fd, st) == 0 && S_ISFIFO(st->st_mode) &&
		(fcntl((int)fd, F_GETFL) & O_ACCMODE) == how;
}

static bool is_open(struct arena *a, const char *auth)
{
	char *first = arena_strdup(a, auth), *comma;
	struct stat st, other;

	if (str_starts(auth, "fifo:"))
		return stat(auth + strlen("fifo:"), &st) == 0 &&
			S_ISFIFO(st.st_mode);
	comma = strchr(first, ',');
	if (comma == NULL)
		return false;
	*comma = '\0';
	return is_end(first, O_RDONLY, &st) &&
		is_end(comma + 1, O_WRONLY, &other) &&
		st.st_dev == other.st_dev && st.st_ino == other.st_ino;
}

static const char option[] = "--jobserver-auth=";

/* The value of the option; the last one counts. */
static const char *find_auth(struct arena *a, const char *makeflags)
{
	const char *auth = NULL, *at = makeflags ? makeflags : "";

	for (at = strstr(at, option); at != NULL; at = strstr(at, option)) {
		at += strlen(option);
		auth = arena_strndup(a, at, strcspn(at, " "));
	}
	return auth;
}

enum jobserver jobserver_find(struct arena *a, const char *makeflags,
	const char **flags)
{
	const char *auth = find_auth(a, makeflags);

	if (auth == NULL)
		return JOBSERVER_NONE;
	if (!is_open(a, auth))
		return JOBSERVER_CLOSED;
	*flags = arena_printf(a, " -j %s%s", option, auth);
	return JOBSERVER_SHARED;
}

enum { MOST = 64 };

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };

enum { NCAUGHT = sizeof(caught) / sizeof(*caught) };

struct jobserver_share {
	int in, out;
	unsigned n; /* taken */
	bool is_caught[NCAUGHT];
	struct sigaction old[NCAUGHT];
};

/* What the handler looks at.  busy: a byte is between here and the pipe; a handler
 * that another thread runs waits for that, and the thread itself lets none in. */
static struct {
	atomic_bool busy;
	int out;                           /* -1: nobody takes part */
	volatile unsigned char byte[MOST]; /* '\0': none */
} held = { .out = -1 };

static void put_back(unsigned i)
{
	unsigned char byte = held.byte[i];

	held.byte[i] = '\0';
	while (byte != '\0' && write(held.out, &byte, 1) < 0 && errno == EINTR)
		continue;
}

static void give_all(void)
{
	for (unsigned i = 0; held.out >= 0 && i < MOST; i++)
		put_back(i);
}

static void on_signal(int sig)
{
	while (atomic_load(&held.busy))
		continue;
	give_all();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void begin_move(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, old);
	atomic_store(&held.busy, true);
}

static void end_move(const sigset_t *old)
{
	atomic_store(&held.busy, false);
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

/* Those that would end us; who is told to ignore one goes on doing so. */
static void catch_signals(struct jobserver_share *s)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < NCAUGHT; i++) {
		sigaction(caught[i], NULL, &s->old[i]);
		s->is_caught[i] = s->old[i].sa_handler == SIG_DFL;
		if (s->is_caught[i])
			sigaction(caught[i], &sa, NULL);
	}
}

/* A descriptor of our own to what auth names, the side to read or the one to write;
 * -1: none. */
static int open_side(struct arena *a, const char *auth, int how)
{
	const char *comma = strchr(auth, ',');
	const char *path;

	if (str_starts(auth, "fifo:"))
		path = auth + strlen("fifo:");
	else if (how == O_WRONLY)
		path = arena_printf(a, "/proc/self/fd/%s", comma + 1);
	else
		path = arena_printf(a, "/proc/self/fd/%.*s",
			(int)(comma - auth), auth);
	return open(path, how | O_CLOEXEC | (how == O_RDONLY ? O_NONBLOCK : 0));
}

static struct jobserver_share *open_share(struct arena *a, const char *auth)
{
	static bool is_at_exit;
	struct jobserver_share *s = mem_alloc(sizeof(*s));

	memset(s, 0, sizeof(*s));
	s->in = open_side(a, auth, O_RDONLY);
	s->out = s->in < 0 ? -1 : open_side(a, auth, O_WRONLY);
	if (s->out < 0) {
		if (s->in >= 0)
			close(s->in);
		mem_free(s);
		return NULL;
	}
	held.out = s->out;
	if (!is_at_exit)
		atexit(give_all);
	is_at_exit = true;
	catch_signals(s);
	return s;
}

struct jobserver_share *jobserver_join(const char *makeflags)
{
	struct jobserver_share *s = NULL;
	struct arena a = ARENA_INIT;
	const char *flags;

	if (held.out < 0 &&
		jobserver_find(&a, makeflags, &flags) == JOBSERVER_SHARED)
		s = open_share(&a, find_auth(&a, makeflags));
	arena_release(&a);
	return s;
}

bool jobserver_take(struct jobserver_share *s)
{
	unsigned char byte = '\0';
	sigset_t old;

	if (s->n == MOST)
		return false;
	begin_move(&old);
	if (read(s->in, &byte, 1) == 1 && byte != '\0')
		held.byte[s->n++] = byte;
	end_move(&old);
	return byte != '\0';
}

void jobserver_give(struct jobserver_share *s)
{
	sigset_t old;

	begin_move(&old);
	put_back(--s->n);
	end_move(&old);
}

void jobserver_leave(struct jobserver_share *s)
{
	if (s == NULL)
		return;
	while (s->n > 0)
		jobserver_give(s);
	for (size_t i = 0; i < NCAUGHT; i++)
		if (s->is_caught[i])
			sigaction(caught[i], &s->old[i], NULL);
	held.out = -1;
	close(s->in);
	close(s->out);
	mem_free(s);
}
