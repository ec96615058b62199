/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The question is a file of items (ask.in), each with its batch and the digest
 * that the batch was made from, which pass through pgf-fetch.  It is there from
 * before the first answer can change the cache until every batch that it
 * concerns is taken back, so no death in between leaves a chunk table beside a
 * file that it does not describe.
 */
#include "build/refresh.h"

#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "base/io.h"
#include "base/str.h"
#include "build/logins.h"
#include "build/programs.h"
#include "build/stop.h"
#include "build/tasks.h"
#include "record/json_write.h"
#include "record/stream.h"

#define QUESTION "ask.in"
#define ANSWER "ask.out"
#define MISSING "missing" /* no version of a file is so */

extern char **environ;

/* The record of the list that has this URL, or NULL.  Records of both lists mostly
 * come in the same order, so the search begins where the last ended. */
static const struct js *find_url(const struct js *list, size_t *hint,
	const char *url)
{
	size_t n = js_count(list);

	for (size_t i = 0; i < n; i++) {
		size_t at = (*hint + i) % n;
		const char *other = js_get_text(js_at(list, at), "url");

		if (other != NULL && str_eq(other, url)) {
			*hint = at + 1;
			return js_at(list, at);
		}
	}
	return NULL;
}

static struct js *read_all(struct arena *a, const char *path, struct err *err)
{
	struct stream_in *in = stream_open(&path, 1);
	struct js *list = js_new_list(a), *rec;
	int got;

	while ((got = stream_next(in, a, &rec, err)) > 0)
		js_add(list, rec);
	if (got < 0)
		err_in(err, "%s:%llu", path,
			(unsigned long long)stream_line(in));
	stream_close(in);
	return got < 0 ? NULL : list;
}

/* What tells that a file is another one, of what pgf-fetch said of it; NULL of a
 * local file, MISSING of one that is not there. */
static const char *version_of(struct arena *a, const struct js *file)
{
	const char *sum = js_get_text(file, "sha256");
	const char *etag = js_get_text(file, "etag");
	const char *time = js_get_text(file, "modified");
	uint64_t size = 0;

	if (js_get(file, "missing") != NULL)
		return MISSING;
	if (sum != NULL || js_get(file, "url") == NULL)
		return sum;
	if (js_get_text(file, "listing") != NULL)
		return js_get_text(file, "listing");
	js_u64(js_get(file, "size"), &size);
	return arena_printf(a, "%" PRIu64 " %s %s", size, etag ? etag : "",
		time ? time : "");
}

/* The downloads of a batch that was fetched, and how many. */
static int ask_batch(const struct state *s, size_t b, struct stream_out *out,
	struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *files = tasks_file(&a, 'f', b, "");
	struct js *items = NULL, *known = NULL;
	size_t hint = 0;
	int n = 0;

	if (state_has(s, files)) {
		known = read_all(&a, state_path(s, files), err);
		items = known ?
			read_all(&a, state_path(s, tasks_file(&a, 'k', b, "")),
				err) :
			NULL;
		n = items ? 0 : -1;
	}
	for (size_t i = 0; n >= 0 && i < js_count(items); i++) {
		struct js *item = js_at(items, i);
		const char *url = js_get_text(item, "url");
		const struct js *old = url ? find_url(known, &hint, url) : NULL;
		const char *was = version_of(&a, js_get(old, "file"));

		if (was == NULL)
			continue;
		js_set_u64(item, "batch", b);
		js_set_text(item, "was", was);
		n = stream_put(out, item, err) < 0 ? -1 : n + 1;
	}
	arena_release(&a);
	return n;
}

/* Write the question; how many files it is about. */
static int ask(const struct compiled *c, struct err *err)
{
	struct stream_out *out =
		stream_create(state_path(&c->state, QUESTION), err);
	int n = 0, got = 0;

	if (out == NULL)
		return -1;
	for (size_t b = 0; got >= 0 && b < c->nbatches; b++) {
		got = ask_batch(&c->state, b, out, err);
		n |= got > 0;
	}
	if (got < 0 || n == 0) {
		stream_abort(out);
		return got < 0 ? -1 : 0;
	}
	return stream_commit(out, NULL, err) < 0 ? -1 : 1;
}

static char **arguments(const struct compiled *c, bool again, bool keep_going,
	struct err *err)
{
	struct arena *a = c->arena;
	const char *folder = programs_folder(a, err);
	const struct recipe_fetch *f = &c->recipe.fetch;
	struct words logins = WORDS_INIT;
	char **argv;
	size_t n = 0;

	if (folder == NULL)
		return NULL;
	logins_add(&logins, a, &f->access, 1);
	argv = ARENA_NEW(a, char *, 18 + logins.n);
	argv[n++] = arena_strdup(a, programs_path(a, folder, "fetch"));
	if (!f->cache)
		argv[n++] = arena_strdup(a, "--head");
	else if (again)
		argv[n++] = arena_strdup(a, "--revalidate");
	if (keep_going)
		argv[n++] = arena_strdup(a, "-k");
	if (f->cache) {
		argv[n++] = arena_strdup(a, "--cache");
		argv[n++] = arena_strdup(a, c->downloads.path);
	}
	argv[n++] = arena_strdup(a, "--per-host");
	argv[n++] = arena_printf(a, "%lld", (long long)f->per_host);
	argv[n++] = arena_strdup(a, "--retries");
	argv[n++] = arena_printf(a, "%lld", (long long)f->retries);
	if (str_eq(f->unpack, "none"))
		argv[n++] = arena_strdup(a, "--no-unpack");
	if (str_eq(f->on_missing, "skip"))
		argv[n++] = arena_strdup(a, "--skip-missing");
	for (size_t i = 0; i < logins.n; i++)
		argv[n++] = arena_strdup(a, logins.at[i]);
	if (f->exec != NULL) {
		argv[n++] = arena_printf(a, "--exec=%s", f->exec);
		argv[n++] = arena_printf(a, "--exec-timeout=%lld",
			(long long)f->exec_timeout);
	}
	argv[n++] = arena_strdup(a, "-o");
	argv[n++] = arena_strdup(a, state_path(&c->state, ANSWER));
	argv[n++] = arena_strdup(a, state_path(&c->state, QUESTION));
	return argv;
}

/* Its exit code.  A signal that told us to stop ends it, and then us. */
static int run_fetch(char **argv, struct err *err)
{
	int status = 0, cause;
	struct stop stop;
	pid_t pid;

	stop_open(&stop);
	cause = posix_spawn(&pid, argv[0], NULL, NULL, argv, environ);
	if (cause != 0) {
		(void)stop_close(&stop);
		return err_set(err, ERR_FAIL, "cannot run '%s': %s", argv[0],
			strerror(cause));
	}
	stop_child(pid);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	stop_end(stop_close(&stop));
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return err_set(err, ERR_FAIL, "'%s' has died of signal %d", argv[0],
		WTERMSIG(status));
}

/* Take back the batch of a file that has other bytes. */
static int apply(const struct state *s, const struct js *answer,
	struct err *err)
{
	const char *was = js_get_text(answer, "was");
	const char *is = version_of(s->arena, js_get(answer, "file"));
	uint64_t b;

	if (was == NULL || !js_u64(js_get(answer, "batch"), &b) ||
		(is == NULL && !str_eq(was, MISSING)))
		return err_set(err, ERR_FAIL, "'" ANSWER "' is no answer");
	/* one that we have and the server has no more stays as it is */
	if (is != NULL && (str_eq(was, is) || str_eq(is, MISSING)))
		return 0;
	return state_remove(s, tasks_file(s->arena, 'f', b, ".ok"), err);
}

static int apply_all(const struct compiled *c, struct err *err)
{
	const char *path = state_path(&c->state, ANSWER);
	struct stream_in *in = stream_open(&path, 1);
	struct arena one = ARENA_INIT;
	struct js *rec;
	int got;

	while ((got = stream_next(in, &one, &rec, err)) > 0) {
		if (apply(&c->state, rec, err) < 0) {
			got = -1;
			break;
		}
		arena_reset(&one);
	}
	arena_release(&one);
	stream_close(in);
	return got;
}

static int answer(const struct compiled *c, bool again, bool keep_going,
	struct err *err)
{
	char **argv = arguments(c, again, keep_going, err);
	int code;

	if (argv == NULL || state_remove(&c->state, ANSWER, err) < 0)
		return -1;
	code = run_fetch(argv, err);
	if (code < 0 || (code != 0 && !keep_going))
		return code;
	if (!state_has(&c->state, ANSWER))
		return code;
	if (apply_all(c, err) < 0 || state_remove(&c->state, ANSWER, err) < 0 ||
		state_remove(&c->state, QUESTION, err) < 0)
		return -1;
	return code;
}

int refresh_run(const struct compiled *c, bool keep_going, struct err *err)
{
	int got = refresh_finish(c, err);

	if (got != 0)
		return got;
	got = ask(c, err);
	return got > 0 ? answer(c, true, keep_going, err) : got;
}

int refresh_finish(const struct compiled *c, struct err *err)
{
	if (!state_has(&c->state, QUESTION))
		return 0;
	return answer(c, false, false, err);
}
