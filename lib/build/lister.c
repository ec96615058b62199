/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the child says on stderr is passed on, but for the last line of one that
 * fails, which becomes our error.
 */
#include "build/lister.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "build/logins.h"
#include "build/programs.h"
#include "net/link.h"
#include "net/url.h"
#include "record/json_write.h"

/* What it says. */
struct answer {
	struct buf text[CHILD_PIPES];
	int status;
};

/* pgf-list has no options for what only pgf-fetch does. */
static bool is_for_pages(const char *option)
{
	return !str_starts(option, "--rate=");
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
		(long long)r->fetch.per_host);
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

static bool take(void *state, int from, const char *p, size_t len)
{
	struct answer *said = state;

	buf_add(&said->text[from], p, len);
	return true;
}

static int ask(struct answer *said, char **argv, struct err *err)
{
	const struct child_how how = { .argv = argv, .in = -1 };
	struct child c;

	if (child_start(&c, &how, err) < 0)
		return -1;
	while (child_hear(&c, -1, take, said))
		continue;
	said->status = child_end(&c);
	return 0;
}

/* Pass on what was said; the last line of a failure is kept: without the name of
 * the program. */
static const char *pass_said(struct answer *said, bool keep_last)
{
	char *s = said->text[CHILD_SAID].data, *last = NULL, *save = NULL;

	if (said->text[CHILD_SAID].len == 0)
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

static int judge(struct answer *said, struct err *err)
{
	int status = said->status;
	bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	const char *why = pass_said(said, !good);
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
	struct answer said = { .status = 0 };
	char **argv;
	int result = -1;

	if (!is_remote(&r->pattern))
		return 0;
	argv = arguments(a, r, err);
	if (argv != NULL && ask(&said, argv, err) == 0)
		result = judge(&said, err);
	if (result == 0 && r->pattern.from == PATTERN_LIST)
		result = take_list(a, &said.text[CHILD_OUT], &r->pattern, err);
	else if (result == 0)
		result = take_all(a, &said.text[CHILD_OUT], &r->pattern, err);
	buf_release(&said.text[CHILD_OUT]);
	buf_release(&said.text[CHILD_SAID]);
	return result < 0 ? err_in(err, "%s", r->pattern.where) : 0;
}
