/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-schema: dataset or schema records in, one schema record out.  The only
 * reduction; what it decides is told, what it cannot reconcile stops it.
 */
#include "base/log.h"
#include "base/str.h"
#include "layout/decision.h"
#include "schema/fold.h"
#include "layout/layout.h"
#include "recipe/recipe.h"
#include "schema/schema.h"
#include "record/tool.h"

enum { MAX_WARNINGS = 20 };

static struct {
	const char *recipe, *report, *items;
	bool partial;
} cfg;

static const struct opt opts[] = {
	{ OPT_TEXT, 'r', "recipe", "RECIPE", &cfg.recipe,
		"the recipe, for the policies of its combine" },
	{ OPT_TEXT, 0, "report", "FORMAT", &cfg.report,
		"print what was decided instead: text, or json with one "
		"decision a line" },
	{ OPT_TEXT, 0, "items-from", "FILE", &cfg.items,
		"for messages, look up the URL of a file in the item records "
		"of the files that FILE names, one a line" },
	{ OPT_FLAG, 0, "partial", NULL, &cfg.partial,
		"print the facts only, decide nothing" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-schema",
	.summary = "reduce datasets to one schema",
	.synopsis =
		"[-kqv] [-r RECIPE] [--items-from FILE] "
		"[--partial | --report FORMAT] [-o FILE] [--stamp FILE] [--files-from FILE] [--rejects FILE] [FILE...]",
	.opts = opts,
	.more = tool_filter_options,
};

static int add(const char *text, size_t len, struct tool_sink *sink,
	struct err *err)
{
	return fold_line(sink->state, (struct span){ text, len }, err);
}

static int read_policy(struct arena *a, struct recipe_combine *out,
	struct err *err)
{
	const struct recipe_input in = { .path = cfg.recipe };
	struct recipe recipe;

	*out = recipe_combine_default;
	if (cfg.recipe == NULL)
		return 0;
	if (recipe_read(a, &in, &recipe, err) < 0)
		return -1;
	*out = recipe.combine;
	return 0;
}

static void warn(struct arena *a, const struct js *decisions)
{
	size_t n = js_count(decisions);

	for (size_t i = 0; i < n && i < MAX_WARNINGS; i++)
		log_warn("%s", decision_line(a, js_at(decisions, i)));
	if (n > MAX_WARNINGS)
		log_warn("and %zu more: pgf-schema --report text",
			n - MAX_WARNINGS);
}

static int put_report(struct stream_out *out, const struct js *decisions,
	struct err *err)
{
	struct buf text = BUF_INIT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < js_count(decisions); i++) {
		const struct js *entry = js_at(decisions, i);

		if (str_eq(cfg.report, "json")) {
			r = stream_put(out, entry, err);
			continue;
		}
		buf_reset(&text);
		decision_report(&text, entry);
		r = stream_put_bytes(out, text.data, text.len, err);
	}
	buf_release(&text);
	return r;
}

static int put(struct arena *a, const struct schema *s, const struct layout *l,
	struct err *err)
{
	struct stream_out *out = tool_output(err);
	struct js *rec;
	int r;

	if (out == NULL)
		return -1;
	if (cfg.report != NULL) {
		r = put_report(out, l->decisions, err);
	} else {
		rec = js_new_object(a);
		js_set(rec, "facts", schema_to_json(a, s));
		if (l != NULL)
			js_set(rec, "layout", layout_to_json(a, l));
		r = stream_put(out, rec, err);
	}
	if (r == 0)
		return tool_publish(out, err);
	stream_abort(out);
	return -1;
}

static int decide(struct arena *a, const struct schema *s,
	const struct recipe_combine *policy, struct err *err)
{
	struct layout layout;

	if (cfg.partial)
		return put(a, s, NULL, err);
	if (layout_decide(a, s, policy, &layout, err) < 0)
		return -1;
	if (cfg.report == NULL)
		warn(a, layout.decisions);
	return put(a, s, &layout, err);
}

static int check_options(struct err *err)
{
	if (cfg.report == NULL)
		return 0;
	if (cfg.partial)
		return err_set(err, ERR_USAGE,
			"--partial decides nothing that --report could tell");
	if (!str_eq(cfg.report, "text") && !str_eq(cfg.report, "json"))
		return err_set(err, ERR_USAGE,
			"--report is text or json, not '%s'", cfg.report);
	return 0;
}

static int fold_all(struct arena *a, struct schema *schema, char **operands,
	struct err *err)
{
	struct arena record = ARENA_INIT;
	struct fold *f = fold_open();
	struct tool_sink sink = { .arena = &record, .state = f };
	struct stream_in *in = tool_input(operands, err);
	int r = -1;

	schema_init(schema, a);
	if (in != NULL)
		r = tool_walk_lines(in, &sink, add, err);
	if (r == 0)
		r = fold_end(f, schema, err);
	arena_release(&record);
	stream_close(in);
	fold_close(f);
	return r;
}

/* The URL in a record whose key is that of the file, or NULL. */
static const char *url_in(struct arena *a, struct span line,
	struct spread_key file)
{
	struct err ignored = ERR_INIT;
	struct buf text = BUF_INIT;
	struct scan_member m;
	struct spread_key key;
	struct js *rec;
	struct scan s;

	for (scan_begin(&s, line); scan_next(&s, &m);) {
		if (!span_is(m.name, "key") && !span_is(m.name, "url"))
			continue;
		buf_adds(&text, text.len ? ",\"" : "{\"");
		buf_add(&text, m.name.text, m.name.len);
		buf_adds(&text, "\":");
		buf_add(&text, m.value.text, m.value.len);
	}
	buf_addc(&text, '}');
	rec = js_parse(a, text.data, text.len, &ignored);
	buf_release(&text);
	if (rec == NULL || schema_read_key(a, rec, &key, &ignored) < 0 ||
		spread_key_compare(key, file) != 0)
		return NULL;
	return js_get_text(rec, "url");
}

/* For a message only, so whatever is wrong here is not spoken of. */
static const char *find_url(void *state, struct arena *a,
	struct spread_key file)
{
	struct err ignored = ERR_INIT;
	struct stream_in *in = tool_input_listed(cfg.items, &ignored);
	struct arena line = ARENA_INIT;
	const char *url = NULL;

	(void)state;
	while (in != NULL && url == NULL &&
		stream_next_line(in, &ignored) > 0) {
		struct span text;

		text.text = stream_text(in, &text.len);
		arena_reset(&line);
		url = url_in(&line, text, file);
	}
	url = url ? arena_strdup(a, url) : NULL;
	arena_release(&line);
	stream_close(in);
	return url;
}

static int run(char **operands, struct err *err)
{
	struct arena root = ARENA_INIT;
	struct recipe_combine policy;
	struct schema schema;
	const struct schema_namer namer = { find_url, NULL };
	int r = check_options(err);

	if (r == 0)
		r = read_policy(&root, &policy, err);
	if (r == 0)
		r = fold_all(&root, &schema, operands, err);
	if (r == 0 && cfg.items != NULL)
		schema.namer = &namer;
	if (r == 0)
		r = decide(&root, &schema, &policy, err);
	arena_release(&root);
	return r < 0 ? -1 : tool_verdict(err);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
