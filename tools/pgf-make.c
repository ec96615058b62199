/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-make: a recipe in, a graph of tasks out.  Batches of items, options and a
 * copy go to the work folder.
 */
#include "build/options.h"
#include "record/tool.h"

static struct {
	const char *format;
	struct options common;
} cfg = { .format = "make" };

static const struct opt opts[] = {
	{ OPT_TEXT, 0, "format", "FORMAT", &cfg.format,
		"make (default), ninja, or ndjson: tasks for other engines" },
	OPTIONS_PLACES(cfg.common),
	OPTIONS_PRUNE(cfg.common),
	OPTIONS_SETS(cfg.common),
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-make",
	.summary = "compile a recipe into a makefile",
	.synopsis =
		"[--format FORMAT] [--store DIR] [--work DIR] [--cache DIR] [--prune N] "
		"[--set MEMBER=VALUE] [-o FILE] [-qv] RECIPE",
	.opts = opts,
	.more = tool_output_options,
};

static int put(const struct buf *text, struct err *err)
{
	struct stream_out *out = tool_output(err);

	if (out == NULL)
		return -1;
	if (stream_put_bytes(out, text->data, text->len, err) < 0) {
		stream_abort(out);
		return -1;
	}
	return tool_publish(out, err);
}

static int print(const struct compiled *c, const struct printer *printer,
	struct err *err)
{
	struct buf text = BUF_INIT;
	int r = compile_print(c, printer, &text, err);

	if (r == 0)
		r = put(&text, err);
	buf_release(&text);
	return r;
}

static int run(char **operands, struct err *err)
{
	struct compile_input in;
	const struct printer *printer = printer_find(cfg.format, err);
	struct arena arena = ARENA_INIT;
	struct compiled c;
	int r;

	if (printer == NULL)
		return -1;
	if (options_read(&cfg.common, operands, &in, err) < 0)
		return -1;
	r = compile_open(&c, &arena, &in, err);
	if (r == 0)
		r = print(&c, printer, err);
	compile_close(&c);
	arena_release(&arena);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
