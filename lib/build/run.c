/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make tells what it does on stdout (it echoes each command) and what went
 * wrong on stderr, so two pipes are all that is needed for progress and for
 * the exit code of each task, which make itself flattens to 2.  Having every
 * task record its own end was refused: a killed task records nothing.
 */
#include "build/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "build/make.h"
#include "build/stop.h"

extern char **environ;

enum { OUT, ERR, NPIPES }; /* the child's descriptors 1 and 2 */
enum { TICK_MS = 200 };

struct child {
	const struct run *run;
	struct run_result *result;
	pid_t pid;
	int fd[NPIPES];
	struct buf partial[NPIPES]; /* a line not yet ended */
	bool data_error, temp_error;
};

/* Whatever an outer make, or a user's taste, would tell ours. */
static bool is_foreign(const char *entry)
{
	static const char *const names[] = {
		"MAKEFLAGS=",
		"MAKELEVEL=",
		"MFLAGS=",
		"MAKEOVERRIDES=",
		"GNUMAKEFLAGS=",
		"MAKEFILES=",
		"MAKE_RESTARTS=",
		"LC_ALL=",
		"LANGUAGE=",
		NULL,
	};

	for (size_t i = 0; names[i] != NULL; i++)
		if (str_starts(entry, names[i]))
			return true;
	return false;
}

/* The environment, with make's messages in English, which we read. */
static char **clean_environment(const struct run *r, struct arena *a)
{
	char **env;
	size_t n = 0, kept = 0;

	while (environ[n] != NULL)
		n++;
	env = ARENA_NEW(a, char *, n + 3);
	for (size_t i = 0; i < n; i++)
		if (!is_foreign(environ[i]))
			env[kept++] = environ[i];
	env[kept++] = arena_strdup(a, "LC_ALL=C");
	if (r->makeflags != NULL)
		env[kept] = arena_printf(a, "MAKEFLAGS=%s", r->makeflags);
	return env;
}

static char **make_arguments(const struct run *r, struct arena *a)
{
	char **argv = ARENA_NEW(a, char *, 13);
	size_t n = 0;

	argv[n++] = arena_strdup(a, "make");
	argv[n++] = arena_strdup(a, "-C");
	argv[n++] = arena_strdup(a, r->work);
	argv[n++] = arena_strdup(a, "-f");
	argv[n++] = arena_strdup(a, r->file);
	if (r->makeflags == NULL)
		argv[n++] = arena_printf(a, "-j%lld", (long long)r->jobs);
	argv[n++] = arena_strdup(a, "--no-print-directory");
	argv[n++] = arena_strdup(a, MAKE_HERE);
	if (r->keep_going)
		argv[n++] = arena_strdup(a, "-k");
	if (r->dry)
		argv[n++] = arena_strdup(a, "-n");
	if (r->reasons)
		argv[n++] = arena_strdup(a, "--trace");
	return argv;
}

static int open_pipes(int fds[NPIPES][2], struct err *err)
{
	for (size_t i = 0; i < NPIPES; i++) {
		if (pipe(fds[i]) < 0) {
			err_sys(err, "cannot make a pipe");
			if (i > 0) {
				close(fds[0][0]);
				close(fds[0][1]);
			}
			return -1;
		}
		fcntl(fds[i][0], F_SETFD, FD_CLOEXEC);
		fcntl(fds[i][1], F_SETFD, FD_CLOEXEC);
	}
	return 0;
}

static int spawn(struct child *c, int fds[NPIPES][2])
{
	posix_spawn_file_actions_t actions;
	struct arena a = ARENA_INIT;
	pid_t pid = -1;
	int cause = posix_spawn_file_actions_init(&actions);

	if (cause != 0)
		return cause;
	cause = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null",
		O_RDONLY, 0);
	for (int i = 0; i < NPIPES && cause == 0; i++)
		cause = posix_spawn_file_actions_adddup2(&actions, fds[i][1],
			i + 1);
	if (cause == 0)
		cause = posix_spawnp(&pid, "make", &actions, NULL,
			make_arguments(c->run, &a),
			clean_environment(c->run, &a));
	posix_spawn_file_actions_destroy(&actions);
	arena_release(&a);
	c->pid = pid;
	if (cause == 0)
		stop_child(pid);
	return cause;
}

static int start(struct child *c, struct err *err)
{
	int fds[NPIPES][2];
	int cause;

	if (open_pipes(fds, err) < 0)
		return -1;
	cause = spawn(c, fds);
	for (size_t i = 0; i < NPIPES; i++) {
		close(fds[i][1]);
		c->fd[i] = fds[i][0];
	}
	if (cause == 0)
		return 0;
	for (size_t i = 0; i < NPIPES; i++)
		close(c->fd[i]);
	return err_set(err, ERR_FAIL, "cannot run 'make': %s: install GNU make",
		strerror(cause));
}

static void tell(const struct child *c, enum run_event what, const char *text)
{
	c->run->event(c->run->state, what, text);
}

static void note_failure(struct child *c, const struct make_failure *f)
{
	c->result->nfailed++;
	c->data_error |= f->code == ERR_DATA;
	c->temp_error |= f->code == ERR_TEMP;
	snprintf(c->result->last_failed, sizeof(c->result->last_failed), "%s",
		f->target);
	tell(c, RUN_FAILED, f->target);
}

static void tell_death(const struct child *c, const struct make_failure *f)
{
	char text[400];

	/* It was our doing. */
	if (stop_told())
		return;
	snprintf(text, sizeof(text), "task '%s' has died: %s", f->target,
		f->reason);
	tell(c, RUN_DIED, text);
}

static bool is_there(const struct child *c, const char *target)
{
	struct arena a = ARENA_INIT;
	bool there = access(arena_printf(&a, "%s/%s", c->run->work, target),
			     F_OK) == 0;

	arena_release(&a);
	return there;
}

/* "recipe.mk:37: update target 'o/00002.ok' due to: f/00002", made shorter; of a
 * target that is not there, that is the reason. */
static bool take_reason(const struct child *c, const char *line)
{
	static const char update[] = ": update target '", due[] = "' due to: ";
	const char *target = strstr(line, update), *end;
	char name[256], text[600];

	if (!c->run->reasons || target == NULL ||
		!str_starts(line, c->run->file))
		return false;
	target += strlen(update);
	end = strstr(target, due);
	if (end == NULL)
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)(end - target), target);
	if (is_there(c, name))
		snprintf(text, sizeof(text), "%s: newer: %.300s", name,
			end + strlen(due));
	else
		snprintf(text, sizeof(text), "%s: not there", name);
	tell(c, RUN_WHY, text);
	return true;
}

static void take_line(struct child *c, int from, const char *line)
{
	struct make_failure failure;
	char stage[16];

	if (from == OUT && take_reason(c, line))
		return;

	if (from == OUT && make_line_stage(line, stage)) {
		c->result->ntasks++;
		tell(c, RUN_TASK, stage);
		tell(c, RUN_COMMAND, line);
		return;
	}
	switch (make_line_read(line, &failure)) {
	case MAKE_FAILED:
		note_failure(c, &failure);
		tell(c, RUN_NOISE, line);
		break;
	case MAKE_DIED:
		tell_death(c, &failure);
		note_failure(c, &failure);
		break;
	case MAKE_NOISE:
		tell(c, RUN_NOISE, line);
		break;
	case MAKE_OTHER:
		tell(c, RUN_LINE, line);
		break;
	}
}

/* Hand over the whole lines among len more bytes, keep the rest. */
static void take_bytes(struct child *c, int from, const char *p, size_t len)
{
	struct buf *line = &c->partial[from];

	for (size_t i = 0; i < len; i++) {
		if (p[i] != '\n') {
			buf_addc(line, p[i]);
			continue;
		}
		take_line(c, from, line->data ? line->data : "");
		buf_reset(line);
	}
}

/* Read what is there; false at the end of the pipe. */
static bool drain(struct child *c, int from)
{
	char bytes[16384];
	ssize_t n = read(c->fd[from], bytes, sizeof(bytes));

	if (n < 0 && errno == EINTR)
		return true;
	if (n > 0) {
		take_bytes(c, from, bytes, (size_t)n);
		return true;
	}
	if (c->partial[from].len > 0)
		take_line(c, from, c->partial[from].data);
	close(c->fd[from]);
	c->fd[from] = -1;
	return false;
}

static void listen_to(struct child *c)
{
	int nopen = NPIPES;

	while (nopen > 0) {
		struct pollfd p[NPIPES];

		for (int i = 0; i < NPIPES; i++)
			p[i] = (struct pollfd){ c->fd[i], POLLIN, 0 };
		if (poll(p, NPIPES, TICK_MS) > 0)
			for (int i = 0; i < NPIPES; i++)
				if (c->fd[i] >= 0 && p[i].revents != 0 &&
					!drain(c, i))
					nopen--;
		tell(c, RUN_TICK, NULL);
	}
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

int run_make(const struct run *r, struct run_result *out, struct err *err)
{
	struct child c = { .run = r, .result = out };
	struct stop stop;
	int status;

	*out = (struct run_result){ .ntasks = 0 };
	stop_open(&stop);
	if (start(&c, err) < 0) {
		(void)stop_close(&stop);
		return -1;
	}
	listen_to(&c);
	status = wait_for(c.pid);
	out->signal = stop_close(&stop);
	for (size_t i = 0; i < NPIPES; i++)
		buf_release(&c.partial[i]);
	if (status != 0)
		out->code = c.data_error ? ERR_DATA :
			c.temp_error     ? ERR_TEMP :
					   ERR_FAIL;
	return 0;
}
