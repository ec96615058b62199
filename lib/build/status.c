/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much there is to do is in the makefile, what is still to be done make
 * knows, what goes on and what failed is in the ledger.  Comparing the times of
 * files here was refused: make would not have been asked, and might disagree.
 */
#include "build/status.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "build/compile.h"
#include "build/make.h"
#include "build/pending.h"
#include "build/run.h"
#include "build/stages.h"

struct counts {
	size_t total[STAGES], wanted[STAGES], running[STAGES], failed[STAGES];
};

struct reader {
	struct arena *arena;
	struct counts counts;
	struct pending pending;
	struct js *run;      /* the last, or NULL */
	struct js *failures; /* of it, by name of the task */
	uint64_t in, out;
};

/* The tasks of the makefile: "TARGET: INPUTS;COMMAND". */
static int count_total(struct counts *c, const char *path, struct err *err)
{
	struct buf text = BUF_INIT;
	char *line, *end, stage[16];

	if (io_read_file(path, SIZE_MAX, &text, err) < 0) {
		buf_release(&text);
		return -1;
	}
	buf_addc(&text, '\0');
	for (line = text.data; (end = strchr(line, '\n')) != NULL;
		line = end + 1) {
		char *command;

		*end = '\0';
		command = strchr(line, ';');
		if (command != NULL && str_starts(command + 1, MAKE_SHARE))
			command += strlen(MAKE_SHARE);
		if (command != NULL && make_line_stage(command + 1, stage))
			stages_count(c->total, stage);
	}
	buf_release(&text);
	return 0;
}

static void on_wanted(void *state, enum run_event what, const char *text)
{
	struct counts *c = state;

	if (what == RUN_TASK)
		stages_count(c->wanted, text);
}

static int count_wanted(struct counts *c, const char *work, struct err *err)
{
	const struct run run = {
		.work = work,
		.file = COMPILE_MAKEFILE,
		.jobs = 1,
		.dry = true,
		.event = on_wanted,
		.state = c,
	};
	struct run_result ignored;

	return run_make(&run, &ignored, err);
}

/* A task that has failed, by its name; what is known of how is to be added. */
static struct js *new_failure(struct reader *r, const char *task)
{
	struct js *f = js_new_object(r->arena);

	js_set_text(f, "task", task);
	js_set(r->failures, task, f);
	return f;
}

static void take_end(struct reader *r, const struct history_task *t)
{
	struct js *f;

	r->in += t->in;
	r->out += t->out;
	if (t->code == 0) {
		js_remove(r->failures, t->name);
		return;
	}
	f = new_failure(r, t->name);
	js_set_text(f, "program", t->program);
	js_set_text(f, "stage", t->stage);
	js_set_int(f, "exit", t->code);
	if (t->error != NULL)
		js_set_text(f, "error", t->error);
}

static void take_record(struct reader *r, const struct js *rec)
{
	const struct history_task t = history_task(rec);

	if (js_get_text(rec, "run") != NULL) {
		if (js_get(rec, "end") == NULL) {
			pending_clear(&r->pending);
			r->failures = js_new_object(r->arena);
			r->in = r->out = 0;
		}
		r->run = js_copy(r->arena, rec);
		return;
	}
	pending_add(&r->pending, &t);
	if (t.name != NULL && t.end != NULL)
		take_end(r, &t);
}

static int read_ledger(struct reader *r, const char *path, struct err *err)
{
	struct history h = HISTORY_INIT;
	struct arena one = ARENA_INIT;
	const struct js *rec;

	if (access(path, F_OK) < 0)
		return 0;
	if (history_open(&h, path, 0, err) < 0)
		return -1;
	while ((rec = history_next(&h, &one)) != NULL) {
		take_record(r, rec);
		arena_reset(&one);
	}
	arena_release(&one);
	history_close(&h);
	return 0;
}

/* What was started and has not ended runs, or was killed. */
static void settle_pending(struct reader *r)
{
	for (struct pending_task *t = r->pending.first; t; t = t->next) {
		struct js *f;

		if (pending_runs(t)) {
			stages_count(r->counts.running, t->stage);
			continue;
		}
		f = new_failure(r, t->name);
		js_set_text(f, "program", t->program);
		js_set_text(f, "stage", t->stage);
	}
	for (void *it = js_first(r->failures); it;
		it = js_next(r->failures, it))
		stages_count(r->counts.failed,
			js_get_text(js_member(it), "stage"));
}

static const char *state_of(const struct reader *r)
{
	int64_t pid = 0;

	if (r->run == NULL)
		return "idle";
	if (js_get(r->run, "end") != NULL)
		return "ended";
	js_i64(js_get(r->run, "pid"), &pid);
	return state_process_lives(pid) ? "running" : "interrupted";
}

static struct js *stage_record(struct reader *r, int i)
{
	const struct counts *c = &r->counts;
	struct js *obj = js_new_object(r->arena);
	size_t left = c->wanted[i] < c->total[i] ? c->wanted[i] : c->total[i];

	js_set_u64(obj, "done", c->total[i] - left);
	js_set_u64(obj, "total", c->total[i]);
	js_set_u64(obj, "running", c->running[i]);
	js_set_u64(obj, "failed", c->failed[i]);
	return obj;
}

static struct js *compose(struct reader *r, const char *work)
{
	struct js *obj = js_new_object(r->arena);
	struct js *by_stage = js_new_object(r->arena);
	struct js *failed = js_new_list(r->arena);

	js_set_text(obj, "work", work);
	js_set_text(obj, "state", state_of(r));
	for (void *it = js_first(r->run); it; it = js_next(r->run, it))
		js_set(obj, js_name(it), js_member(it));
	for (int i = 0; i < STAGES; i++)
		js_set(by_stage, stages[i], stage_record(r, i));
	js_set(obj, "stages", by_stage);
	for (void *it = js_first(r->failures); it;
		it = js_next(r->failures, it))
		js_add(failed, js_member(it));
	js_set(obj, "failures", failed);
	js_set_u64(obj, "in", r->in);
	js_set_u64(obj, "out", r->out);
	return obj;
}

struct js *status_read(struct arena *a, const char *work, struct err *err)
{
	struct reader r = {
		.arena = a,
		.pending = { .arena = a },
		.failures = js_new_object(a),
	};
	const char *makefile = arena_printf(a, "%s/" COMPILE_MAKEFILE, work);

	if (!str_is_utf8(work, strlen(work)) || access(makefile, R_OK) < 0) {
		err_set(err, ERR_DATA,
			"'%s' is no work folder: there is no '" COMPILE_MAKEFILE
			"' in it",
			work);
		return NULL;
	}
	if (count_total(&r.counts, makefile, err) < 0 ||
		count_wanted(&r.counts, work, err) < 0 ||
		read_ledger(&r, arena_printf(a, "%s/" HISTORY_FILE, work),
			err) < 0)
		return NULL;
	settle_pending(&r);
	return compose(&r, work);
}
