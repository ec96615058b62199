/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger tells what was done, make only what failed: a task that was killed
 * says nothing.
 */
#include "build/bake.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/size.h"
#include "base/str.h"
#include "build/failures.h"
#include "build/former.h"
#include "base/jobserver.h"
#include "build/programs.h"
#include "build/progress.h"
#include "build/run.h"
#include "build/stop.h"
#include "record/ledger.h"

enum { LEDGER_MAX = 64 << 20 }; /* bytes; then a new one is begun */

struct running {
	struct arena *arena;
	struct progress progress;
	struct words failed; /* targets */
	bool is_live, is_sealed;
	int64_t jobs;
	const char *makeflags; /* to share the jobs of an outer make, or NULL */
};

static void show(struct running *r)
{
	struct buf line = BUF_INIT;

	progress_follow(&r->progress);
	progress_show(&r->progress, &line);
	log_live("%s", line.data);
	buf_release(&line);
}

static void on_event(void *state, enum run_event what, const char *text)
{
	struct running *r = state;

	switch (what) {
	case RUN_TASK:
		r->is_sealed |= str_eq(text, "seal");
		break;
	case RUN_COMMAND:
	case RUN_NOISE:
	case RUN_WHY:
		if (log_level() == LOG_VERBOSE)
			log_pass(text);
		break;
	case RUN_LINE:
		log_pass(text);
		break;
	case RUN_DIED:
		log_error("%s", text);
		break;
	case RUN_FAILED:
		words_add(&r->failed, r->arena, arena_strdup(r->arena, text));
		break;
	case RUN_TICK:
		if (r->is_live)
			show(r);
		break;
	}
}

/* What make would do; more than it will, since it cannot know which outputs will
 * not change. */
static void on_dry_event(void *state, enum run_event what, const char *text)
{
	struct running *r = state;

	if (what == RUN_TASK)
		stages_count(r->progress.wanted, text);
}

static void choose_jobs(const struct bake *b, struct running *r)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	enum jobserver outer = JOBSERVER_NONE;

	r->jobs = b->jobs;
	if (r->jobs == 0)
		outer = jobserver_find(r->arena, getenv("MAKEFLAGS"),
			&r->makeflags);
	/* Who has no share of its jobs may take one, that of the command. */
	if (outer == JOBSERVER_CLOSED)
		r->jobs = 1;
	if (r->jobs == 0)
		r->jobs = b->compiled->recipe.run.jobs;
	if (r->jobs == 0)
		r->jobs = n > 0 ? n : 1;
}

static int run_graph(const struct bake *b, struct running *r,
	struct run_result *res, struct err *err)
{
	struct run run = {
		.work = b->compiled->state.path,
		.file = COMPILE_MAKEFILE,
		.jobs = r->jobs,
		.makeflags = r->makeflags,
		.keep_going = b->keep_going,
		.event = on_dry_event,
		.state = r,
	};
	int got;

	if (r->is_live) {
		run.dry = true;
		if (run_make(&run, res, err) < 0)
			return -1;
		run.dry = false;
	}
	run.event = on_event;
	got = run_make(&run, res, err);
	/* The seal found objects missing and has withdrawn their receipts:
	 * make, started again, writes them. */
	if (got == 0 && res->code == ERR_TEMP && res->nfailed == 1 &&
		res->signal == 0 && str_eq(res->last_failed, "seal.json")) {
		r->failed.n = 0;
		got = run_make(&run, res, err);
	}
	log_live(NULL);
	return got;
}

/* See to it that there is a ledger that is not too long; its length. */
static int prepare_ledger(const struct compiled *c, const char *path,
	uint64_t *length, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(err, "cannot write '%s'", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	*length = (uint64_t)st.st_size;
	if (st.st_size < LEDGER_MAX)
		return 0;
	if (rename(path, state_path(&c->state, HISTORY_FILE ".old")) < 0)
		return err_sys(err, "cannot rename '%s'", path);
	return prepare_ledger(c, path, length, err);
}

/* A line of the run itself. */
static void note_run(const struct bake *b, const struct running *r,
	const char *path, const char *start, const int *code)
{
	struct arena a = ARENA_INIT;
	struct js *rec = js_new_object(&a);
	char now[CLOCK_TEXT];

	js_set_text(rec, "run", b->name);
	js_set_int(rec, "pid", getpid());
	js_set_text(rec, "start", start);
	if (code == NULL) {
		js_set_int(rec, "jobs", r->jobs);
	} else {
		clock_now(now);
		js_set_text(rec, "end", now);
		js_set_int(rec, "exit", *code);
	}
	/* As with the lines of tasks, the bake does not fail for it. */
	(void)ledger_append(path, rec);
	arena_release(&a);
}

/* Several, or what is in the middle of many lines of others, is said again. */
static void tell_failures(const struct bake *b, const struct running *r,
	const char *ledger, uint64_t from)
{
	const struct failures f = { ledger, from, &r->failed,
		programs_command(r->arena) };
	struct words lines = WORDS_INIT;

	if (r->failed.n < 2 && !b->keep_going)
		return;
	failures_tell(&f, r->arena, &lines);
	log_error("%s", lines.at[0]);
	for (size_t i = 1; i < lines.n; i++)
		log_pass(lines.at[i]);
}

static void finish(const struct running *r, const struct run_result *res,
	struct bake_done *out)
{
	*out = (struct bake_done){
		.code = res->code,
		.ntasks = res->ntasks,
		.is_sealed = r->is_sealed,
		.objects = r->progress.objects,
		.bytes = r->progress.out,
	};
}

int bake_run(const struct bake *b, struct bake_done *out, struct err *err)
{
	const struct compiled *c = b->compiled;
	const char *path = state_path(&c->state, HISTORY_FILE);
	struct running r = { .arena = c->arena, .is_live = log_is_live() };
	struct run_result res;
	char start[CLOCK_TEXT];
	uint64_t length;
	int got;

	choose_jobs(b, &r);
	if (prepare_ledger(c, path, &length, err) < 0 ||
		progress_open(&r.progress, path, length, err) < 0)
		return -1;
	clock_now(start);
	note_run(b, &r, path, start, NULL);
	got = run_graph(b, &r, &res, err);
	progress_follow(&r.progress);
	progress_close(&r.progress);
	if (got < 0)
		return -1;
	note_run(b, &r, path, start, &res.code);
	stop_end(res.signal);
	if (r.failed.n > 0)
		tell_failures(b, &r, path, length);
	if (res.code == 0)
		former_forget(
			&(struct former){ c->state.arena, c->state.path });
	finish(&r, &res, out);
	return 0;
}

struct planned {
	const struct state *state;
	struct buf *out;
	char why[600];
	size_t n;
};

/* "f/00001.ok: newer: v/00001", and what is new in that. */
static void add_why(struct planned *p)
{
	static const char newer[] = ": newer:";
	char *names = strstr(p->why, newer), *rest = NULL;
	char target[256];

	if (names == NULL) {
		buf_adds(p->out, p->why);
		return;
	}
	snprintf(target, sizeof(target), "%.*s", (int)(names - p->why), p->why);
	buf_addf(p->out, "%s%s", target, newer);
	for (char *name = strtok_r(names + strlen(newer), " ", &rest);
		name != NULL; name = strtok_r(NULL, " ", &rest)) {
		buf_addf(p->out, " %s", name);
		former_tell(&(struct former){ p->state->arena, p->state->path },
			name, target, p->out);
	}
}

static void on_plan(void *state, enum run_event what, const char *text)
{
	struct planned *p = state;

	if (what == RUN_WHY)
		snprintf(p->why, sizeof(p->why), "%s", text);
	if (what != RUN_TASK)
		return;
	buf_addf(p->out, "%s ", text);
	add_why(p);
	buf_addc(p->out, '\n');
	p->n++;
}

int bake_plan(const struct bake *b, size_t *n, struct buf *out, struct err *err)
{
	struct planned p = { .state = &b->compiled->state, .out = out };
	const struct run run = {
		.work = b->compiled->state.path,
		.file = COMPILE_MAKEFILE,
		.jobs = 1,
		.dry = true,
		.reasons = true,
		.event = on_plan,
		.state = &p,
	};
	struct run_result res;

	if (run_make(&run, &res, err) < 0)
		return -1;
	*n = p.n;
	if (res.code != 0)
		return err_set(err, ERR_FAIL, "make cannot tell what to do");
	return 0;
}

static struct js *read_seal(const struct compiled *c, struct err *err)
{
	struct buf text = BUF_INIT;
	struct js *s = NULL;

	if (io_read_file(state_path(&c->state, "seal.json"), 1 << 24, &text,
		    err) == 0)
		s = js_parse(c->arena, text.data ? text.data : "", text.len,
			err);
	buf_release(&text);
	return s;
}

static void add_size(struct buf *out, double bytes)
{
	char text[SIZE_TEXT];

	size_text(bytes, text);
	buf_addf(out, ", %s", text);
}

/* "work: 40 chunks by copy, ..": the sum of all receipts. */
static void add_work(struct buf *out, const struct js *work)
{
	const struct js *modes = js_get(work, "modes");
	double in = 0, written = 0, seconds = 0, peak = 0;
	const char *sep = "work: ";

	if (js_count(modes) == 0)
		return;
	for (void *it = js_first(modes); it; it = js_next(modes, it)) {
		uint64_t n = 0;

		js_u64(js_member(it), &n);
		buf_addf(out, "%s%llu chunks by %s", sep, (unsigned long long)n,
			js_name(it));
		sep = ", ";
	}
	js_real(js_get(work, "bytes_in"), &in);
	js_real(js_get(work, "bytes_out"), &written);
	js_real(js_get(work, "seconds"), &seconds);
	js_real(js_get(work, "peak"), &peak);
	add_size(out, in);
	buf_adds(out, " read");
	add_size(out, written);
	buf_addf(out, " written, %.1f s of writers", seconds);
	add_size(out, peak);
	buf_adds(out, " the largest\n");
}

int bake_describe(const struct compiled *c, double seconds, struct buf *out,
	struct err *err)
{
	const struct js *s = read_seal(c, err), *dims;
	const char *sep = ": ";
	uint64_t chunks;
	double bytes;

	if (s == NULL)
		return -1;
	buf_adds(out, c->recipe.name);
	dims = js_get(s, "dims");
	for (void *it = js_first(dims); it; it = js_next(dims, it)) {
		uint64_t n = 0;

		js_u64(js_member(it), &n);
		buf_addf(out, "%s%s %llu", sep, js_name(it),
			(unsigned long long)n);
		sep = ", ";
	}
	buf_addf(out, "%s%zu variables", sep, js_count(js_get(s, "arrays")));
	if (js_u64(js_get(s, "chunks"), &chunks))
		buf_addf(out, ", %llu chunks", (unsigned long long)chunks);
	if (js_real(js_get(s, "bytes"), &bytes))
		add_size(out, bytes);
	buf_addf(out, ", %.1f s: %s\n", seconds, c->store);
	add_work(out, js_get(s, "work"));
	return 0;
}
