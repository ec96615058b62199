/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No shell stands between: the arguments are passed as they are, so a name can
 * be anything.  Both pipes are read as they fill, or a talkative library would
 * block the program, and that us.
 */
#include "chunk/slab.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/beside.h"
#include "base/io.h"
#include "record/json_write.h"

extern char **environ;

enum { STEP = 1 << 16, MAX_TALK = 1000, TELL_MAX = 1 << 15 };

static void list(struct buf *out, const uint64_t *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_addf(out, "%s%" PRIu64, i ? "," : "", v[i]);
}

struct child {
	pid_t pid;
	int in;        /* what it reads; -1: what we do */
	int out, talk; /* read ends of its stdout and stderr */
};

static int spawn(const char *program, char *const *argv, const int *out,
	const int *talk, struct child *c)
{
	posix_spawn_file_actions_t acts;
	int cause = posix_spawn_file_actions_init(&acts);

	if (cause != 0)
		return cause;
	cause = posix_spawn_file_actions_adddup2(&acts, out[1], 1);
	if (cause == 0)
		cause = posix_spawn_file_actions_adddup2(&acts, talk[1], 2);
	if (cause == 0 && c->in >= 0)
		cause = posix_spawn_file_actions_adddup2(&acts, c->in, 0);
	if (cause == 0)
		cause = posix_spawn(&c->pid, program, &acts, NULL, argv,
			environ);
	posix_spawn_file_actions_destroy(&acts);
	return cause;
}

/* A pipe of which no child inherits more than it is given. */
static int make_pipe(int fds[2], struct err *err)
{
	if (pipe(fds) < 0)
		return err_sys(err, "cannot make a pipe");
	for (int i = 0; i < 2; i++)
		(void)fcntl(fds[i], F_SETFD, FD_CLOEXEC);
	return 0;
}

static int start(const char *program, char *const *argv, struct child *c,
	struct err *err)
{
	int out[2], talk[2], cause;

	if (make_pipe(out, err) < 0)
		return -1;
	if (make_pipe(talk, err) < 0) {
		close(out[0]);
		close(out[1]);
		return -1;
	}
	cause = spawn(program, argv, out, talk, c);
	close(out[1]);
	close(talk[1]);
	c->out = out[0];
	c->talk = talk[0];
	if (cause == 0)
		return 0;
	close(out[0]);
	close(talk[0]);
	errno = cause;
	return err_sys(err, "cannot run '%s'", program);
}

/* One read of what is there: false at the end. */
static bool drain(int fd, struct buf *b)
{
	size_t old = b->len;
	ssize_t n;

	buf_resize(b, old + STEP);
	n = read(fd, b->data + old, STEP);
	buf_resize(b, old + (n > 0 ? (size_t)n : 0));
	return n > 0 || (n < 0 && errno == EINTR);
}

/* Read both ends until they close, or until there is more than max: then the
 * program is left to die of the closed pipe. */
static void listen_to(const struct child *c, size_t max, struct buf *out,
	struct buf *talk)
{
	struct pollfd p[2] = {
		{ .fd = c->out, .events = POLLIN },
		{ .fd = c->talk, .events = POLLIN },
	};
	size_t before = out->len;

	while (p[0].fd >= 0 || p[1].fd >= 0) {
		if (poll(p, 2, -1) < 0)
			continue;
		if (p[0].fd >= 0 && p[0].revents != 0 && !drain(c->out, out))
			p[0].fd = -1;
		if (p[1].fd >= 0 && p[1].revents != 0 && !drain(c->talk, talk))
			p[1].fd = -1;
		if (out->len - before > max)
			break;
	}
}

static enum err_kind kind_of(int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;

	return code == ERR_DATA  ? ERR_DATA :
		code == ERR_TEMP ? ERR_TEMP :
				   ERR_FAIL;
}

static int judge(int status, struct buf *talk, struct err *err)
{
	const char *text = talk->len ? talk->data : "it said nothing";
	size_t len = strcspn(text, "\n");
	const char *name = "pgf-slab: ";

	if (strncmp(text, name, strlen(name)) == 0) {
		text += strlen(name);
		len -= strlen(name);
	}
	if (WIFSIGNALED(status))
		return err_set(err, ERR_FAIL, "pgf-slab died of signal %d",
			WTERMSIG(status));
	return err_set(err, kind_of(status), "pgf-slab: %.*s",
		(int)(len < MAX_TALK ? len : MAX_TALK), text);
}

/* The record of a remote file, as something to read: URLs may hold secrets, so
 * they are no arguments. */
static int tell(const struct origin *o, int *in, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct js *rec;
	int fds[2], r = -1;

	*in = -1;
	if (o == NULL)
		return 0;
	rec = js_new_object(&a);
	origin_to_json(o, rec);
	js_write(&text, rec, JS_RECORD);
	if (text.len > TELL_MAX)
		err_set(err, ERR_DATA, "the URL is too long");
	else if (make_pipe(fds, err) == 0) {
		/* fits into the pipe, so nobody waits */
		r = io_write_all(fds[1], text.data, text.len, err);
		close(fds[1]);
		*in = fds[0];
	}
	buf_release(&text);
	arena_release(&a);
	return r;
}

static int run(const struct slab *what, char *const *argv, size_t max,
	struct buf *out, struct err *err)
{
	struct buf talk = BUF_INIT;
	struct child c;
	size_t before = out->len;
	int status, r = 0;

	if (tell(what->origin, &c.in, err) < 0)
		return -1;
	r = start(argv[0], argv, &c, err);
	if (c.in >= 0)
		close(c.in);
	if (r < 0)
		return -1;
	listen_to(&c, max, out, &talk);
	close(c.out);
	close(c.talk);
	while (waitpid(c.pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (out->len - before > max)
		r = err_set(err, ERR_DATA, "more than %zu bytes", max);
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		r = judge(status, &talk, err);
	buf_release(&talk);
	return r;
}

int slab_read(const struct slab *what, size_t max, struct buf *out,
	struct err *err)
{
	struct buf program = BUF_INIT, first = BUF_INIT, count = BUF_INIT;
	char *argv[12];
	int n = 0, r;

	r = beside_path("pgf-slab", &program, err);
	if (r == 0) {
		argv[n++] = program.data;
		if (what->origin != NULL)
			argv[n++] = beside_argument("--remote");
		if (what->origin != NULL && what->recipe != NULL) {
			argv[n++] = beside_argument("--recipe");
			argv[n++] = beside_argument(what->recipe);
		}
		if (what->box->ndim > 0) {
			list(&first, what->box->start, what->box->ndim);
			list(&count, what->box->count, what->box->ndim);
			argv[n++] = beside_argument("--start");
			argv[n++] = first.data;
			argv[n++] = beside_argument("--count");
			argv[n++] = count.data;
		}
		argv[n++] = beside_argument("--");
		if (what->origin == NULL)
			argv[n++] = beside_argument(what->path);
		argv[n++] = beside_argument(what->var);
		argv[n] = NULL;
		r = run(what, argv, max, out, err);
	}
	buf_release(&program);
	buf_release(&first);
	buf_release(&count);
	return r;
}
