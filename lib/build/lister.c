/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the child says on stderr is passed on, but for the last line of one that
 * fails, which becomes our error.
 */
#include "build/lister.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "build/logins.h"
#include "build/programs.h"
#include "net/link.h"
#include "net/url.h"
#include "record/json_write.h"

extern char **environ;

enum { OUT, SAID, NPIPES, STEP = 1 << 16 };

struct child {
	pid_t pid;
	int fd[NPIPES];
	struct buf text[NPIPES];
	int status;
};

/* pgf-list has no options for what only pgf-fetch does. */
static bool is_for_pages(const char *option)
{
	return str_starts(option, "--header=") ||
		str_starts(option, "--query=") || str_starts(option, "--s3-");
}

static char **arguments(struct arena *a, const struct recipe *r,
	struct err *err)
{
	const char *folder = programs_folder(a, err);
	const struct pattern_spec *spec = &r->pattern;
	bool raw = spec->from == PATTERN_LIST;
	struct words logins = WORDS_INIT;
	char **argv;
	size_t n = 0;

	if (folder == NULL)
		return NULL;
	logins_add(&logins, a, &r->fetch.access, 1);
	argv = ARENA_NEW(a, char *, 9 + logins.n);
	argv[n++] = arena_strdup(a, programs_path(a, folder, "list"));
	if (log_level() == LOG_VERBOSE)
		argv[n++] = arena_strdup(a, "-v");
	argv[n++] =
		arena_printf(a, "--depth=%lld", (long long)spec->listing.depth);
	argv[n++] = arena_printf(a, "--per-host=%lld",
		(long long)(r->fetch.per_host < 256 ? r->fetch.per_host : 256));
	argv[n++] =
		arena_printf(a, "--retries=%lld", (long long)r->fetch.retries);
	if (raw)
		argv[n++] = arena_strdup(a, "--raw");
	for (size_t i = 0; i < logins.n; i++)
		if (is_for_pages(logins.at[i]))
			argv[n++] = arena_strdup(a, logins.at[i]);
	argv[n++] = arena_strdup(a, "--");
	argv[n++] = arena_strdup(a, raw ? spec->path : spec->listing.url);
	return argv;
}

static int spawn(struct child *c, int out, int said, char **argv)
{
	posix_spawn_file_actions_t actions;
	int cause = posix_spawn_file_actions_init(&actions);

	if (cause != 0)
		return cause;
	cause = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null",
		O_RDONLY, 0);
	if (cause == 0)
		cause = posix_spawn_file_actions_adddup2(&actions, out, 1);
	if (cause == 0)
		cause = posix_spawn_file_actions_adddup2(&actions, said, 2);
	if (cause == 0)
		cause = posix_spawn(&c->pid, argv[0], &actions, NULL, argv,
			environ);
	posix_spawn_file_actions_destroy(&actions);
	return cause;
}

static int start(struct child *c, char **argv, struct err *err)
{
	int out[2], said[2], cause;

	if (pipe(out) < 0)
		return err_sys(err, "cannot make a pipe");
	if (pipe(said) < 0) {
		err_sys(err, "cannot make a pipe");
		close(out[0]);
		close(out[1]);
		return -1;
	}
	fcntl(out[0], F_SETFD, FD_CLOEXEC);
	fcntl(said[0], F_SETFD, FD_CLOEXEC);
	cause = spawn(c, out[1], said[1], argv);
	close(out[1]);
	close(said[1]);
	c->fd[OUT] = out[0];
	c->fd[SAID] = said[0];
	if (cause == 0)
		return 0;
	close(out[0]);
	close(said[0]);
	return err_set(err, ERR_FAIL, "cannot run '%s': %s", argv[0],
		strerror(cause));
}

/* What there is to read; closes the descriptor at its end. */
static void drain(struct child *c, int i)
{
	struct buf *b = &c->text[i];
	ssize_t n;

	buf_reserve(b, b->len + STEP);
	n = read(c->fd[i], b->data + b->len, STEP);
	if (n > 0) {
		buf_resize(b, b->len + (size_t)n);
	} else if (n == 0 || errno != EINTR) {
		close(c->fd[i]);
		c->fd[i] = -1;
	}
}

static void hear(struct child *c)
{
	while (c->fd[OUT] >= 0 || c->fd[SAID] >= 0) {
		struct pollfd fds[NPIPES] = {
			{ .fd = c->fd[OUT], .events = POLLIN },
			{ .fd = c->fd[SAID], .events = POLLIN },
		};

		if (poll(fds, NPIPES, -1) < 0)
			continue;
		for (int i = 0; i < NPIPES; i++)
			if (fds[i].revents != 0)
				drain(c, i);
	}
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
}

/* Pass on what was said; the last line of a failure is kept: without the name of
 * the program. */
static const char *pass_said(struct child *c, bool keep_last)
{
	char *s = c->text[SAID].data, *last = NULL, *save = NULL;

	if (c->text[SAID].len == 0)
		return "";
	for (char *line = strtok_r(s, "\n", &save); line != NULL;
		line = strtok_r(NULL, "\n", &save)) {
		if (last != NULL)
			log_pass(last);
		last = line;
	}
	if (last == NULL)
		return "";
	if (!keep_last)
		log_pass(last);
	return str_starts(last, "pgf-list: ") ? last + 10 : last;
}

static int judge(struct child *c, struct err *err)
{
	int status = c->status;
	bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	const char *why = pass_said(c, !good);
	enum err_kind kind = ERR_FAIL;

	if (good)
		return 0;
	if (!WIFEXITED(status))
		return err_set(err, ERR_FAIL,
			"pgf-list has died of signal %d: %s", WTERMSIG(status),
			why);
	if (WEXITSTATUS(status) == ERR_DATA || WEXITSTATUS(status) == ERR_USAGE)
		kind = ERR_DATA;
	if (WEXITSTATUS(status) == ERR_TEMP)
		kind = ERR_TEMP;
	return err_set(err, kind, "%s", why);
}

static int take_line(struct arena *a, const char *text, size_t len,
	struct pattern_found *out, struct err *err)
{
	struct arena one = ARENA_INIT;
	const struct js *rec = js_parse(&one, text, len, err);
	const char *url = js_get_text(rec, "url");
	const char *name = js_get_text(rec, "name");
	int result = 0;

	if (url != NULL && name != NULL)
		*out = (struct pattern_found){ arena_strdup(a, url),
			arena_strdup(a, name) };
	else
		result = err_set(err, ERR_FAIL, "pgf-list wrote no record");
	arena_release(&one);
	return result;
}

static int take_all(struct arena *a, const struct buf *text,
	struct pattern_spec *spec, struct err *err)
{
	struct pattern_found *found;
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++)
		n += text->data[i] == '\n';
	found = ARENA_NEW(a, struct pattern_found, n);
	spec->found = found;
	spec->nfound = n;
	for (size_t i = 0, at = 0; i < n; i++) {
		size_t len = strcspn(text->data + at, "\n");

		if (take_line(a, text->data + at, len, &found[i], err) < 0)
			return -1;
		at += len + 1;
	}
	return 0;
}

/* An address in a list that came from url: relative to that, and never a file of
 * this machine, which is not for a server to choose. */
static const char *resolve(struct arena *a, const char *url, const char *text,
	struct err *err)
{
	const char *full = link_resolve(a, url, text);
	struct url parts;

	if (url_parse(a, full, &parts, err) < 0)
		return NULL;
	if (parts.kind != URL_LOCAL)
		return full;
	err_set(err, ERR_DATA,
		"'%s' is a file of this machine, which a list from elsewhere "
		"cannot name",
		url_show(a, text));
	return NULL;
}

static int add_record(struct arena *a, const char *url, const char *line,
	struct buf *out, struct err *err)
{
	struct js *rec = js_parse(a, line, strlen(line), err);
	const char *text = js_get_text(rec, "url");
	const char *full = text ? resolve(a, url, text, err) : NULL;

	if (rec == NULL || (text != NULL && full == NULL))
		return -1;
	if (full != NULL)
		js_set_text(rec, "url", full);
	js_write(out, rec, JS_RECORD);
	return 0;
}

/* A line of a list with its address made absolute. */
static int add_line(struct arena *a, const char *url, char *line,
	struct buf *out, struct err *err)
{
	size_t len = strlen(line);
	const char *full;

	while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
		line[--len] = '\0';
	line += strspn(line, " \t");
	if (*line == '\0' || *line == '#')
		return 0;
	if (str_ends(url, ".ndjson"))
		return add_record(a, url, line, out, err);
	full = resolve(a, url, line, err);
	buf_adds(out, full ? full : "");
	return full ? 0 : -1;
}

static int make_absolute(const char *url, struct buf *text, struct buf *out,
	struct err *err)
{
	struct arena one = ARENA_INIT;
	char *s = text->len > 0 ? text->data : (char[]){ "" };
	int result = 0;

	for (size_t line = 1; result == 0 && *s != '\0'; line++) {
		size_t len = strcspn(s, "\n");
		bool last = s[len] == '\0';

		s[len] = '\0';
		result = add_line(&one, url, s, out, err);
		if (result < 0)
			err_in(err, "%s:%zu", url_show(&one, url), line);
		buf_addc(out, '\n');
		s += len + !last;
		arena_reset(&one);
	}
	arena_release(&one);
	return result;
}

/* A file without a name, which lives as long as the process. */
static int put_aside(struct arena *a, const struct buf *text, const char **path,
	struct err *err)
{
	const char *folder = getenv("TMPDIR");
	char *name = arena_printf(a, "%s/pgf-list-XXXXXX",
		folder != NULL && *folder != '\0' ? folder : "/tmp");
	int fd = mkstemp(name);

	if (fd < 0)
		return err_sys(err, "cannot create '%s'", name);
	unlink(name);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	*path = arena_printf(a, "/dev/fd/%d", fd);
	return io_write_all(fd, text->data ? text->data : "", text->len, err);
}

static int take_list(struct arena *a, struct buf *text,
	struct pattern_spec *spec, struct err *err)
{
	struct buf out = BUF_INIT;
	int result = make_absolute(spec->path, text, &out, err);

	if (result == 0)
		result = put_aside(a, &out, &spec->local, err);
	buf_release(&out);
	return result;
}

static bool is_remote(const struct pattern_spec *spec)
{
	return spec->from == PATTERN_LISTING ||
		(spec->from == PATTERN_LIST &&
			strstr(spec->path, "://") != NULL);
}

int lister_fill(struct arena *a, struct recipe *r, struct err *err)
{
	struct child c = { .pid = -1 };
	char **argv;
	int result = -1;

	if (!is_remote(&r->pattern))
		return 0;
	argv = arguments(a, r, err);
	if (argv != NULL && start(&c, argv, err) == 0) {
		hear(&c);
		result = judge(&c, err);
	}
	if (result == 0 && r->pattern.from == PATTERN_LIST)
		result = take_list(a, &c.text[OUT], &r->pattern, err);
	else if (result == 0)
		result = take_all(a, &c.text[OUT], &r->pattern, err);
	buf_release(&c.text[OUT]);
	buf_release(&c.text[SAID]);
	return result < 0 ? err_in(err, "%s", r->pattern.where) : 0;
}
