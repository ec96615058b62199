/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-update: a recipe in, its store brought up to date, one line out or none.
 * For cron: a bake that asks the servers what has changed, and that has nothing
 * to say when nothing has.
 */
#include <stdio.h>

#include "base/usage.h"
#include "base/log.h"
#include "base/size.h"
#include "build/bake.h"
#include "build/options.h"
#include "build/census.h"
#include "build/refresh.h"
#include "record/json_write.h"
#include "record/tool.h"

static struct {
	struct options common;
	bool json;
} cfg;

static const struct opt opts[] = {
	OPTIONS_PLACES(cfg.common),
	OPTIONS_RUN(cfg.common),
	OPTIONS_SETS(cfg.common),
	{ OPT_FLAG, 0, "json", NULL, &cfg.json,
		"print the summary as JSON, also if nothing has changed" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-update",
	.summary = "bring the store of a recipe up to date, for cron",
	.synopsis =
		"[--store DIR] [--work DIR] [--cache DIR] [-j N] [--set MEMBER=VALUE] "
		"[--json] [-kqv] RECIPE",
	.opts = opts,
	.more = tool_options,
};

struct update {
	struct compiled c;
	struct census before, after;
	struct census_change files;
	struct bake_done done;
	double begin;
};

static void print_json(struct update *u, double seconds)
{
	struct arena *a = u->c.arena;
	struct js *obj = js_new_object(a), *files = js_new_object(a);
	struct js *chunks = js_new_object(a);
	struct buf text = BUF_INIT;

	js_set_u64(files, "new", u->files.added);
	js_set_u64(files, "changed", u->files.changed);
	js_set_u64(files, "gone", u->files.gone);
	js_set_u64(chunks, "written", u->done.objects);
	js_set_u64(chunks, "bytes", u->done.bytes);
	js_set_text(obj, "recipe", u->c.recipe.name);
	js_set_text(obj, "store", u->c.store);
	js_set(obj, "files", files);
	js_set(obj, "chunks", chunks);
	js_set_u64(obj, "tasks", u->done.ntasks);
	js_set(obj, "sealed", js_new_bool(a, u->done.is_sealed));
	js_set(obj, "seconds", js_new_real(a, seconds));
	js_write(&text, obj, JS_RECORD);
	printf("%s\n", text.data);
	buf_release(&text);
}

static void report(struct update *u)
{
	double seconds = usage_seconds() - u->begin;
	char size[SIZE_TEXT];

	if (cfg.json) {
		print_json(u, seconds);
		return;
	}
	if (log_level() == LOG_QUIET || !u->done.is_sealed)
		return;
	size_text((double)u->done.bytes, size);
	printf("%s: files %zu new, %zu changed, %zu gone; %llu chunks written, "
	       "%s, %.1f s: %s\n",
		u->c.recipe.name, u->files.added, u->files.changed,
		u->files.gone, (unsigned long long)u->done.objects, size,
		seconds, u->c.store);
}

/* The exit code, or -1. */
static int bring_up_to_date(struct update *u, struct err *err)
{
	const struct bake run = {
		.compiled = &u->c,
		.name = "update",
		.jobs = cfg.common.jobs,
		.keep_going = cfg.common.keep_going,
	};
	int code;

	if (census_take(&u->before, &u->c.state, err) < 0 ||
		compile_fill(&u->c, err) < 0)
		return -1;
	code = refresh_run(&u->c, cfg.common.keep_going, err);
	if (code < 0 || (code > 0 && !cfg.common.keep_going))
		return code;
	if (bake_run(&run, &u->done, err) < 0)
		return -1;
	if (u->done.code != 0)
		return u->done.code;
	if (census_take(&u->after, &u->c.state, err) < 0)
		return -1;
	u->files = census_compare(&u->before, &u->after);
	report(u);
	return code;
}

static int run(char **operands, struct err *err)
{
	struct compile_input in;
	struct update u = { .begin = usage_seconds() };
	struct arena arena = ARENA_INIT;
	int r;

	if (options_read(&cfg.common, operands, &in, err) < 0)
		return -1;
	r = compile_lock(&u.c, &arena, &in, err);
	if (r == 0)
		r = bring_up_to_date(&u, err);
	compile_close(&u.c);
	census_release(&u.before);
	census_release(&u.after);
	arena_release(&arena);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);
	int r = first < 0 ? -1 : run(argv + first, &err);

	return r > 0 ? r : tool_end(r, &err);
}
