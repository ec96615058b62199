/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions and answers are records on a socket; bytes go into a file that both
 * programs have open.  Sending them through the socket was refused: they would be
 * copied twice more, and whoever reads would have to know that they came so.
 */
#include "chunk/ferry.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/beside.h"
#include "record/json_write.h"

extern char **environ;

enum {
	RANGES_MAX = 512, /* of one question */
	ASKED_MAX = 128,  /* questions that are not answered */
	STEP = 4096,
};

struct ferry {
	const char *recipe; /* how to ask, or NULL */
	pid_t pid;          /* 0: not running */
	int fd;
	unsigned int asked;
	struct buf line; /* of answers: read, not yet looked at */
	uint64_t bytes;
	struct ferry_look *looks; /* under way: their numbers are the ids */
	size_t nlooks;
};

struct ferry *ferry_open(const char *recipe)
{
	struct ferry *f = mem_alloc(sizeof(*f));

	*f = (struct ferry){ .recipe = recipe, .fd = -1 };
	return f;
}

/* What is under way is not wanted any more.  How it ended, as waitpid has it. */
static int stop(struct ferry *f)
{
	int status = 0;

	if (f->pid == 0)
		return 0;
	if (f->asked > 0)
		kill(f->pid, SIGTERM);
	close(f->fd);
	while (waitpid(f->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	f->pid = 0;
	f->fd = -1;
	f->asked = 0;
	buf_reset(&f->line);
	return status;
}

void ferry_close(struct ferry *f)
{
	if (f == NULL)
		return;
	stop(f);
	buf_release(&f->line);
	mem_free(f);
}

uint64_t ferry_bytes(const struct ferry *f)
{
	return f->bytes;
}

static int spawn(const struct ferry *f, const char *program, int end,
	pid_t *pid)
{
	char *argv[] = { beside_argument("pgf-fetch"),
		beside_argument("--ranges"), NULL, NULL, NULL };
	posix_spawn_file_actions_t acts;
	int cause = posix_spawn_file_actions_init(&acts);

	if (f->recipe != NULL) {
		argv[2] = beside_argument("--recipe");
		argv[3] = beside_argument(f->recipe);
	}
	if (cause != 0)
		return cause;
	cause = posix_spawn_file_actions_adddup2(&acts, end, 0);
	if (cause == 0)
		cause = posix_spawn_file_actions_adddup2(&acts, end, 1);
	if (cause == 0)
		cause = posix_spawn(pid, program, &acts, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&acts);
	return cause;
}

static int start(struct ferry *f, struct err *err)
{
	struct buf program = BUF_INIT;
	int fds[2], cause;

	if (beside_path("pgf-fetch", &program, err) < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0) {
		buf_release(&program);
		return err_sys(err, "cannot make a socket");
	}
	for (int i = 0; i < 2; i++)
		(void)fcntl(fds[i], F_SETFD, FD_CLOEXEC);
	cause = spawn(f, program.data, fds[1], &f->pid);
	close(fds[1]);
	f->fd = fds[0];
	errno = cause;
	if (cause != 0) {
		f->pid = 0;
		close(fds[0]);
		err_sys(err, "cannot run '%s'", program.data);
	}
	buf_release(&program);
	return cause == 0 ? 0 : -1;
}

static int died(struct ferry *f, struct err *err)
{
	int status;

	f->asked = 0;
	status = stop(f);
	if (WIFSIGNALED(status))
		return err_set(err, ERR_TEMP,
			"pgf-fetch died of signal %d: run again",
			WTERMSIG(status));
	return err_set(err, ERR_FAIL, "pgf-fetch has died");
}

static void take_look(struct ferry *f, const struct js *v)
{
	struct ferry_look *x;
	uint64_t id;

	if (!js_u64(js_get(v, "id"), &id) || id >= f->nlooks)
		return;
	x = &f->looks[id];
	js_bool(js_get(v, "absent"), &x->absent);
	js_u64(js_get(v, "size"), &x->size);
	js_u64(js_get(v, "tag"), &x->tag);
}

/* One line of an answer. */
static int take_answer(struct ferry *f, const char *line, size_t len,
	struct err *err)
{
	struct arena a = ARENA_INIT;
	const struct js *v = js_parse(&a, line, len, err);
	const char *why = js_get_text(v, "error");
	uint64_t bytes = 0, code = ERR_FAIL;

	f->asked--;
	take_look(f, v);
	if (v != NULL && js_u64(js_get(v, "bytes"), &bytes))
		f->bytes += bytes;
	if (why != NULL) {
		js_u64(js_get(v, "code"), &code);
		err_set(err,
			code == ERR_DATA         ? ERR_DATA :
				code == ERR_TEMP ? ERR_TEMP :
						   ERR_FAIL,
			"%s", why);
	}
	arena_release(&a);
	return err->kind == ERR_NONE ? 0 : -1;
}

/* What has come of answers, or what comes next. */
static int listen_once(struct ferry *f, struct err *err)
{
	char *end = f->line.len > 0 ? memchr(f->line.data, '\n', f->line.len) :
				      NULL;
	size_t old = f->line.len, len;
	ssize_t n;
	int r;

	if (end == NULL) {
		buf_resize(&f->line, old + STEP);
		do
			n = read(f->fd, f->line.data + old, STEP);
		while (n < 0 && errno == EINTR);
		buf_resize(&f->line, old + (n > 0 ? (size_t)n : 0));
		return n > 0 ? 0 : died(f, err);
	}
	len = (size_t)(end - f->line.data);
	r = take_answer(f, f->line.data, len, err);
	memmove(f->line.data, end + 1, f->line.len - len - 1);
	buf_resize(&f->line, f->line.len - len - 1);
	return r;
}

/* What was asked together with what failed is not wanted any more. */
static int listen_until(struct ferry *f, unsigned int most, struct err *err)
{
	while (f->asked > most)
		if (listen_once(f, err) < 0) {
			stop(f);
			return -1;
		}
	return 0;
}

static int say(struct ferry *f, const struct js *rec, struct err *err)
{
	struct buf text = BUF_INIT;
	size_t done = 0;
	int r = 0;

	js_write(&text, rec, JS_RECORD);
	buf_addc(&text, '\n');
	while (r == 0 && done < text.len) {
		ssize_t n = send(f->fd, text.data + done, text.len - done,
			MSG_NOSIGNAL);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			r = died(f, err);
	}
	buf_release(&text);
	f->asked += r == 0;
	return r;
}

static void set_place(struct arena *a, struct js *rec, struct ferry_to to)
{
	js_set_text(rec, "to",
		arena_printf(a, "/proc/%ld/fd/%d", (long)getpid(), to.fd));
	js_set_u64(rec, "base", to.base);
}

static int ask_look(struct ferry *f, size_t i, struct err *err)
{
	const struct ferry_look *x = &f->looks[i];
	struct arena a = ARENA_INIT;
	struct js *rec = js_new_object(&a);
	int r;

	js_set_u64(rec, "id", i);
	js_set_text(rec, "url", x->url);
	js_set_u64(rec, x->last ? "last" : "first", x->bytes);
	if (x->to.fd >= 0)
		set_place(&a, rec, x->to);
	r = say(f, rec, err);
	arena_release(&a);
	return r;
}

int ferry_look(struct ferry *f, struct ferry_look *looks, size_t n,
	struct err *err)
{
	int r = f->pid == 0 ? start(f, err) : 0;

	f->looks = looks;
	f->nlooks = n;
	for (size_t i = 0; r == 0 && i < n; i++) {
		looks[i].absent = false;
		looks[i].size = looks[i].tag = 0;
		r = listen_until(f, ASKED_MAX, err);
		if (r == 0)
			r = ask_look(f, i, err);
	}
	if (r == 0)
		r = ferry_wait(f, err);
	f->nlooks = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (!looks[i].absent && looks[i].tag == 0)
			r = err_set(err, ERR_FAIL,
				"pgf-fetch does not say what '%.200s' is",
				looks[i].url);
	return r;
}

static int ask_some(struct ferry *f, const struct origin *from,
	const struct spans *ranges, struct ferry_to to, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct js *rec = js_new_object(&a), *list = js_new_list(&a);
	int r;

	for (size_t i = 0; i < ranges->n; i++) {
		struct js *pair = js_new_list(&a);

		js_add_u64(pair, ranges->at[i].start);
		js_add_u64(pair, ranges->at[i].end - ranges->at[i].start);
		js_add(list, pair);
	}
	origin_to_json(from, rec);
	js_set(rec, "ranges", list);
	set_place(&a, rec, to);
	r = say(f, rec, err);
	arena_release(&a);
	return r;
}

int ferry_ask(struct ferry *f, const struct origin *from,
	const struct spans *ranges, struct ferry_to to, struct err *err)
{
	if (f->pid == 0 && start(f, err) < 0)
		return -1;
	for (size_t i = 0; i < ranges->n; i += RANGES_MAX) {
		struct spans some = { .at = ranges->at + i,
			.n = ranges->n - i };

		if (some.n > RANGES_MAX)
			some.n = RANGES_MAX;
		if (listen_until(f, ASKED_MAX, err) < 0 ||
			ask_some(f, from, &some, to, err) < 0)
			return -1;
	}
	return 0;
}

int ferry_wait(struct ferry *f, struct err *err)
{
	return listen_until(f, 0, err);
}
