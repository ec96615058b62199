/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-why: a store and the name of a chunk in, what is behind it out.
 */
#include <inttypes.h>
#include <stdio.h>

#include "build/why.h"
#include "record/json_write.h"
#include "record/tool.h"

static struct {
	const char *work;
	bool json;
} cfg;

static const struct opt opts[] = {
	{ OPT_TEXT, 0, "work", "DIR", &cfg.work,
		"work folder, or the folder that it is in; default: .pgf "
		"beside the store" },
	{ OPT_FLAG, 0, "json", NULL, &cfg.json, "print one record instead" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-why",
	.summary = "show the tasks, sources and checksums behind a chunk",
	.synopsis = "[--work DIR] [--json] [-qv] STORE CHUNK",
	.opts = opts,
	.more = tool_options,
};

/* "time 4..5, lat 0..89" */
static void print_cells(const struct js *obj)
{
	const struct js *start = js_get(obj, "start");
	const char *sep = "";

	for (void *it = js_first(start); it; it = js_next(start, it)) {
		uint64_t from = 0, n = 0;

		js_u64(js_member(it), &from);
		js_u64(js_path(obj, "count", js_name(it), NULL), &n);
		printf("%s%s %" PRIu64 "..%" PRIu64, sep, js_name(it), from,
			from + n - 1);
		sep = ", ";
	}
}

static void print_source(const struct js *s)
{
	const char *sum = js_get_text(s, "sha256");
	const char *time = js_get_text(s, "modified");
	const char *path = js_get_text(s, "path");
	uint64_t size = 0;

	printf("source %s\n  %s: ", js_get_text(s, "url"),
		js_get_text(s, "var"));
	print_cells(s);
	printf("\n  %s", path ? path : "on the server");
	if (js_u64(js_get(s, "size"), &size)) /* not of a folder */
		printf(", %" PRIu64 " bytes", size);
	if (sum != NULL)
		printf(", sha256 %s", sum);
	else if (time != NULL)
		printf(", modified %s", time);
	putchar('\n');
}

static void print_text(const struct js *w)
{
	const struct js *tasks = js_get(w, "tasks");
	const struct js *sources = js_get(w, "sources");
	const char *sum = js_get_text(w, "crc32c");
	bool current = false;
	uint64_t size = 0;

	js_u64(js_get(w, "size"), &size);
	js_bool(js_get(w, "current"), &current);
	printf("chunk %s\n  ", js_get_text(w, "chunk"));
	print_cells(w);
	if (sum != NULL)
		printf("\n  %" PRIu64 " bytes, crc32c %s", size, sum);
	else
		printf("\n  nothing but fill, no object");
	printf("; in the store: %s\n  region %s%s\ntasks",
		js_get_text(w, "stored"), js_get_text(w, "region"),
		current ? "" : ", which has changed since: bake again");
	for (size_t i = 0; i < js_count(tasks); i++)
		printf(" %s", js_text(js_at(tasks, i)));
	putchar('\n');
	for (size_t i = 0; i < js_count(sources); i++)
		print_source(js_at(sources, i));
}

static int run(char **operands, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct js *w;

	if (operands[0] == NULL || operands[1] == NULL || operands[2] != NULL)
		return err_set(err, ERR_USAGE,
			"a store and the name of a chunk are wanted");
	w = why_explain(&arena,
		&(struct why_input){ operands[0], cfg.work, operands[1] }, err);
	if (w != NULL && cfg.json) {
		js_write(&text, w, JS_RECORD);
		printf("%s\n", text.data);
		buf_release(&text);
	} else if (w != NULL) {
		print_text(w);
	}
	arena_release(&arena);
	return w == NULL ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
