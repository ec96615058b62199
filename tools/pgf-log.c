/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-log: a work folder in, what its tasks did out, one line a task.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/size.h"
#include "base/str.h"
#include "build/pending.h"
#include "build/places.h"
#include "record/json_write.h"
#include "record/tool.h"

static struct {
	bool json;
} cfg;

static const struct opt opts[] = {
	{ OPT_FLAG, 0, "json", NULL, &cfg.json,
		"print the records of the ledger as they are" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-log",
	.summary = "show what the tasks of a work folder did",
	.synopsis = "[--json] [-qv] WORK [TASK...]",
	.opts = opts,
	.more = tool_options,
};

/* Tasks that are asked for; without a name, all are. */
struct wanted {
	char **names;
	bool *seen;
};

static bool is_wanted(const struct wanted *w, const char *task)
{
	for (size_t i = 0; task != NULL && w->names[i] != NULL; i++)
		if (str_eq(w->names[i], task)) {
			w->seen[i] = true;
			return true;
		}
	return w->names[0] == NULL;
}

static int check_seen(const struct wanted *w, const char *work, struct err *err)
{
	for (size_t i = 0; w->names[i] != NULL; i++)
		if (!w->seen[i])
			return err_set(err, ERR_DATA,
				"'%s': no task '%.200s' has begun there; "
				"'pgf log' without names lists those that have",
				work, w->names[i]);
	return 0;
}

static void print_record(const struct js *rec)
{
	struct buf text = BUF_INIT;

	js_write(&text, rec, JS_RECORD);
	printf("%s\n", text.data);
	buf_release(&text);
}

static void print_task(const struct history_task *t)
{
	char rss[SIZE_TEXT];

	size_text((double)t->rss, rss);
	printf("%s  %-8s %-12s %8.3f s  %8s  exit %" PRId64 "%s%s\n", t->end,
		t->stage, t->name, t->seconds, rss, t->code,
		t->error ? "  " : "", t->error ? t->error : "");
}

static void print_run(const struct js *rec)
{
	const char *end = js_get_text(rec, "end");
	int64_t code = 0;

	js_i64(js_get(rec, "exit"), &code);
	if (end != NULL)
		printf("%s  %s ends, exit %" PRId64 "\n", end,
			js_get_text(rec, "run"), code);
	else
		printf("%s  %s begins\n", js_get_text(rec, "start"),
			js_get_text(rec, "run"));
}

static void take(const struct js *rec, const struct wanted *w)
{
	const struct history_task t = history_task(rec);

	if (!is_wanted(w, t.name))
		return;
	if (cfg.json)
		print_record(rec);
	else if (t.name != NULL && t.end != NULL)
		print_task(&t);
	else if (t.name == NULL && js_get_text(rec, "run") != NULL &&
		js_get_text(rec, "start") != NULL)
		print_run(rec);
}

static void print_pending(const struct pending *p, const struct wanted *w)
{
	for (const struct pending_task *t = p->first; t; t = t->next)
		if (is_wanted(w, t->name) && !cfg.json)
			printf("%s  %-8s %-12s %s\n", t->start, t->stage,
				t->name,
				pending_runs(t) ? "runs" : "was killed");
}

static int run(char **operands, struct err *err)
{
	struct arena all = ARENA_INIT, one = ARENA_INIT;
	struct pending pending = { .arena = &all };
	struct history h = HISTORY_INIT;
	struct wanted wanted;
	const struct js *rec;
	const char *work;
	size_t n = 0;
	int r;

	if (operands[0] == NULL)
		return err_set(err, ERR_USAGE, "a work folder is wanted");
	while (operands[1 + n] != NULL)
		n++;
	wanted = (struct wanted){ operands + 1, ARENA_NEW(&all, bool, n + 1) };
	work = places_one(&all, operands[0], err);
	r = work == NULL ?
		-1 :
		history_open(&h, arena_printf(&all, "%s/" HISTORY_FILE, work),
			0, err);
	while (r == 0 && (rec = history_next(&h, &one)) != NULL) {
		const struct history_task t = history_task(rec);

		take(rec, &wanted);
		pending_add(&pending, &t);
		arena_reset(&one);
	}
	if (r == 0) {
		print_pending(&pending, &wanted);
		r = check_seen(&wanted, work, err);
	}
	history_close(&h);
	arena_release(&one);
	arena_release(&all);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
