/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-status: a work folder in, how far its bake is out.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/size.h"
#include "build/places.h"
#include "build/stages.h"
#include "build/status.h"
#include "record/json_write.h"
#include "record/tool.h"

static struct {
	bool json;
} cfg;

static const struct opt opts[] = {
	{ OPT_FLAG, 0, "json", NULL, &cfg.json, "print one record instead" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-status",
	.summary = "show how far the bake of a work folder is",
	.synopsis = "[--json] [-qv] WORK",
	.opts = opts,
	.more = tool_options,
};

static int64_t number(const struct js *obj, const char *name)
{
	int64_t n = 0;

	js_i64(js_get(obj, name), &n);
	return n;
}

static void print_run(const struct js *s)
{
	const char *run = js_get_text(s, "run"), *end = js_get_text(s, "end");

	printf("%s: %s", js_get_text(s, "work"), js_get_text(s, "state"));
	if (run != NULL)
		printf(", %s by process %" PRId64 " since %s", run,
			number(s, "pid"), js_get_text(s, "start"));
	if (end != NULL)
		printf(" until %s, exit %" PRId64, end, number(s, "exit"));
	putchar('\n');
}

static void print_table(const struct js *s)
{
	char in[SIZE_TEXT], out[SIZE_TEXT];

	print_run(s);
	printf("%-8s %8s %8s %8s %8s\n", "stage", "done", "total", "running",
		"failed");
	for (int i = 0; i < STAGES; i++) {
		const struct js *n = js_path(s, "stages", stages[i], NULL);

		printf("%-8s %8" PRId64 " %8" PRId64 " %8" PRId64 " %8" PRId64
		       "\n",
			stages[i], number(n, "done"), number(n, "total"),
			number(n, "running"), number(n, "failed"));
	}
	size_text((double)number(s, "in"), in);
	size_text((double)number(s, "out"), out);
	printf("%s read, %s stored\n", in, out);
	for (size_t i = 0; i < js_count(js_get(s, "failures")); i++) {
		const struct js *f = js_at(js_get(s, "failures"), i);
		const char *why = js_get_text(f, "error");

		printf("%s: %s: %s\n", js_get_text(f, "task"),
			js_get_text(f, "program"), why ? why : "was killed");
	}
}

static int print(const char *work, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct js *s = status_read(&arena, work, err);

	if (s != NULL && cfg.json) {
		js_write(&text, s, JS_RECORD);
		printf("%s\n", text.data);
		buf_release(&text);
	} else if (s != NULL) {
		print_table(s);
	}
	arena_release(&arena);
	return s == NULL ? -1 : 0;
}

static int run(char **operands, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct words works = WORDS_INIT;
	int r = 0;

	if (operands[0] == NULL || operands[1] != NULL)
		return err_set(err, ERR_USAGE, "one work folder is wanted");
	places_list(&arena, operands[0], &works);
	if (works.n == 0)
		r = print(operands[0], err);
	for (size_t i = 0; i < works.n; i++) {
		if (i > 0 && !cfg.json)
			putchar('\n');
		if (print(works.at[i], err) < 0)
			r = -1;
	}
	arena_release(&arena);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
