/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-schema: dataset or schema records in, one schema record out.  The only
 * reduction; what it drops is told, what it cannot reconcile stops it.
 */
#include "base/log.h"
#include "model/layout.h"
#include "model/schema.h"
#include "record/tool.h"

static struct {
	bool partial;
} cfg;

static const struct opt opts[] = {
	{ OPT_FLAG, 0, "partial", NULL, &cfg.partial,
		"print the facts only, decide nothing" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-schema",
	.summary = "reduce datasets to one schema",
	.synopsis = "[-kqv] [--partial] [-o FILE] [--stamp FILE] "
		    "[--files-from FILE] [--rejects FILE] [FILE...]",
	.opts = opts,
	.more = tool_filter_options,
};

static int fold(struct js *rec, struct tool_sink *sink, struct err *err)
{
	return schema_fold(sink->state, rec, err);
}

static int decide(struct arena *a, const struct schema *s, struct js *rec,
	struct err *err)
{
	struct layout layout;

	if (layout_decide(a, s, &layout, err) < 0)
		return -1;
	for (size_t i = 0; i < js_count(layout.dropped); i++)
		log_warn("%s",
			layout_dropped_text(a, js_at(layout.dropped, i)));
	js_set(rec, "layout", layout_to_json(a, &layout));
	return 0;
}

static int put_schema(struct arena *a, const struct schema *s, struct err *err)
{
	struct js *rec = js_new_object(a);
	struct stream_out *out;

	js_set(rec, "facts", schema_to_json(a, s));
	if (!cfg.partial && decide(a, s, rec, err) < 0)
		return -1;
	out = tool_output(err);
	if (out == NULL)
		return -1;
	if (stream_put(out, rec, err) < 0) {
		stream_abort(out);
		return -1;
	}
	return tool_publish(out, err);
}

static int run(char **operands, struct err *err)
{
	struct arena root = ARENA_INIT, record = ARENA_INIT;
	struct schema schema;
	struct tool_sink sink = { .arena = &record, .state = &schema };
	struct stream_in *in = tool_input(operands, err);
	int r = -1;

	schema_init(&schema, &root);
	if (in != NULL)
		r = tool_walk(in, &sink, fold, err);
	arena_release(&record);
	stream_close(in);
	if (r == 0)
		r = put_schema(&root, &schema, err);
	arena_release(&root);
	return r < 0 ? -1 : tool_verdict(err);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
