/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-plan: dataset records in, region records out.  The schema says what the
 * store is, the recipe how it is chunked and encoded.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "build/regions.h"
#include "chunk/carry.h"
#include "chunk/grid.h"
#include "format/zarr_meta.h"
#include "plan/plan.h"
#include "recipe/recipe.h"
#include "record/document.h"
#include "record/tool.h"

static struct {
	const char *recipe, *schema, *split, *since, *receipts;
} cfg;

static const struct opt opts[] = {
	{ OPT_TEXT, 'r', "recipe", "RECIPE", &cfg.recipe,
		"the recipe, for its target and run.memory" },
	{ OPT_TEXT, 0, "schema", "FILE", &cfg.schema,
		"what pgf-schema printed for these datasets" },
	{ OPT_TEXT, 0, "split", "DIR", &cfg.split,
		"write each region to the file in DIR named like the input "
		"file that it goes with" },
	{ OPT_TEXT, 0, "since", "FILE", &cfg.since,
		"with --split, make only what has changed since the run that "
		"had FILE as its output, if there is such a file" },
	{ OPT_TEXT, 0, "receipts", "DIR", &cfg.receipts,
		"with --split, where only regions are lost of a file, take "
		"their receipts from the file in DIR that is named like it, "
		"and leave both their times" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-plan",
	.summary = "cut a store into regions",
	.synopsis =
		"[-kqv] -r RECIPE --schema FILE [--split DIR [--since FILE] "
		"[--receipts DIR]] [-o FILE] [--stamp FILE] [--files-from FILE] [--rejects FILE] [FILE...]",
	.opts = opts,
	.more = tool_filter_options,
};

/* How many chunks of an array stay as the files have them, and of the others the
 * first. */
struct tally {
	uint64_t chunks, carried;
	const char *why, *path;
};

struct planner {
	struct arena root;
	struct recipe recipe;
	struct layout layout;
	struct arrays arrays;
	struct plan_target target;
	struct plan *plan;
	struct tally *tallies; /* --verbose: of each array */
	struct stream_in *in;
	struct stream_out *out;
	struct regions regions; /* --split */
};

static int read_target(struct planner *p, struct err *err)
{
	struct recipe_input in = { .path = cfg.recipe };
	struct js *schema;

	if (cfg.recipe == NULL || cfg.schema == NULL)
		return err_set(err, ERR_USAGE,
			"--recipe and --schema must be given");
	if (recipe_read(&p->root, &in, &p->recipe, err) < 0)
		return -1;
	schema = document_read(&p->root, cfg.schema, err);
	if (schema == NULL)
		return -1;
	if (layout_from_json(&p->root, js_get(schema, "layout"), &p->layout,
		    err) < 0)
		return err_in(err, "'%s'", cfg.schema);
	return arrays_decide(&p->root, &p->layout, &p->recipe.target,
		&p->arrays, err);
}

static void open_plan(struct planner *p)
{
	struct js **documents = ARENA_NEW(&p->root, struct js *, p->arrays.n);

	for (size_t i = 0; i < p->arrays.n; i++)
		documents[i] = zarr_meta_array(&p->root, &p->arrays.at[i]);
	p->target = (struct plan_target){ &p->layout, &p->arrays, documents,
		p->recipe.run.memory };
	p->plan = plan_open(&p->root, &p->target);
	if (log_level() == LOG_VERBOSE)
		p->tallies = ARENA_NEW(&p->root, struct tally, p->arrays.n);
}

static int add(const char *text, size_t len, struct tool_sink *sink,
	struct err *err)
{
	struct planner *p = sink->state;

	return plan_add_line(p->plan, (struct span){ text, len },
		stream_file(p->in), err);
}

static void tally_region(struct planner *p, struct tally *t,
	const struct region *r)
{
	const struct grid grid = { r->target.ndim, r->target.shape,
		carry_chunks(&r->target) };
	struct box box = box_of(r->target.ndim, r->offset, r->size);
	struct grid_walk at;

	for (bool more = grid_walk_begin(&at, &grid, &box); more;
		more = grid_walk_next(&at)) {
		struct carry found;
		const char *why = carry_find(r, at.at, &found);

		t->chunks++;
		t->carried += why == NULL;
		if (why == NULL || t->why != NULL)
			continue;
		t->why = why;
		if (found.piece != NULL && found.piece->path != NULL)
			t->path = arena_strdup(&p->root, found.piece->path);
	}
}

/* Ask of a region what its writer will find. */
static int tally(struct planner *p, const struct buf *line, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct region region;
	struct js *rec;
	int r = 0;

	if (p->tallies == NULL)
		return 0;
	rec = js_parse(&a, line->data, line->len, err);
	if (rec == NULL)
		r = -1;
	else if (js_get(rec, "keep") != NULL)
		r = region_from_record(&a, rec, &region, err);
	for (size_t i = 0; r == 0 && js_get(rec, "keep") && i < p->arrays.n;
		i++)
		if (str_eq(p->arrays.at[i].name, region.target.name))
			tally_region(p, &p->tallies[i], &region);
	arena_release(&a);
	return r;
}

static void tell_tallies(const struct planner *p)
{
	for (size_t i = 0; p->tallies != NULL && i < p->arrays.n; i++) {
		const struct tally *t = &p->tallies[i];

		if (t->chunks == 0)
			continue;
		log_info("array '%s': %llu of %llu chunks stay as they are%s%s"
			 "%s%s%s",
			p->arrays.at[i].name, (unsigned long long)t->carried,
			(unsigned long long)t->chunks,
			t->why ? "; others " : "", t->why ? t->why : "",
			t->path ? ", first in '" : "", t->path ? t->path : "",
			t->path ? "'" : "");
	}
}

static int put_stream(void *state, size_t file, const struct buf *line,
	struct err *err)
{
	struct planner *p = state;

	(void)file;
	if (tally(p, line, err) < 0)
		return -1;
	return stream_put_bytes(p->out, line->data, line->len, err);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Every input must have an output of its own. */
static int check_names(struct planner *p, struct err *err)
{
	size_t n = stream_nfiles(p->in);
	const char **names = ARENA_NEW(&p->root, const char *, n);

	for (size_t i = 0; i < n; i++) {
		names[i] = base_name(stream_file_name(p->in, i));
		if (str_eq(names[i], "-"))
			return err_set(err, ERR_USAGE,
				"--split needs named input files, not stdin");
	}
	qsort(names, n, sizeof(*names), by_text);
	for (size_t i = 1; i < n; i++)
		if (str_eq(names[i - 1], names[i]))
			return err_set(err, ERR_USAGE,
				"--split cannot tell two input files named "
				"'%s' apart",
				names[i]);
	return 0;
}

static int cut_stream(struct planner *p, struct err *err)
{
	const struct plan_sink sink = { put_stream, p };

	if (plan_cut(p->plan, &sink, err) < 0)
		return -1;
	tell_tallies(p);
	return 0;
}

/* An account of records that were not refused is not one to go on from. */
static int put_account(struct planner *p, struct err *err)
{
	struct err refused = ERR_INIT;
	struct buf text = BUF_INIT;
	int r = 0;

	if (tool_verdict(&refused) == 0)
		r = regions_account(&p->regions, &text, err);
	if (r == 0)
		r = stream_put_bytes(p->out, text.data ? text.data : "",
			text.len, err);
	buf_release(&text);
	return r;
}

/* What has changed since, if that can be told. */
static int update(struct planner *p, bool *done, struct err *err)
{
	struct err ignored = ERR_INIT;
	struct buf text = BUF_INIT;
	int r = 0;

	*done = false;
	if (cfg.since != NULL &&
		io_read_file(cfg.since, SIZE_MAX, &text, &ignored) == 0)
		r = regions_update(&p->regions, &text, done, err);
	buf_release(&text);
	if (r == 0 && cfg.since != NULL)
		log_info("%zu of %zu files are read",
			*done ? p->regions.nread : stream_nfiles(p->in),
			stream_nfiles(p->in));
	return r;
}

static int publish(struct planner *p, int r, struct err *err)
{
	if (r == 0)
		return tool_publish(p->out, err);
	stream_abort(p->out);
	return -1;
}

static int walk(struct planner *p, struct err *err)
{
	struct arena record = ARENA_INIT;
	struct tool_sink sink = { .arena = &record, .state = p };
	int r = tool_walk_lines(p->in, &sink, add, err);

	arena_release(&record);
	return r;
}

static int plan_split(struct planner *p, struct err *err)
{
	size_t n = stream_nfiles(p->in);
	const char **inputs = ARENA_NEW(&p->root, const char *, n);
	bool done;
	int r;

	for (size_t i = 0; i < n; i++)
		inputs[i] = stream_file_name(p->in, i);
	p->regions = (struct regions){ .arena = &p->root,
		.target = &p->target,
		.folder = cfg.split,
		.receipts = cfg.receipts,
		.inputs = inputs };
	if (check_names(p, err) < 0 || regions_begin(&p->regions, n, err) < 0 ||
		update(p, &done, err) < 0)
		return -1;
	if (!done && walk(p, err) < 0)
		return -1;
	p->out = tool_output(err);
	if (p->out == NULL)
		return -1;
	r = done ? 0 : regions_make(&p->regions, p->plan, err);
	return publish(p, r < 0 ? -1 : put_account(p, err), err);
}

static int plan_all(struct planner *p, struct err *err)
{
	open_plan(p);
	if (cfg.split != NULL)
		return plan_split(p, err);
	if (walk(p, err) < 0)
		return -1;
	p->out = tool_output(err);
	return p->out ? publish(p, cut_stream(p, err), err) : -1;
}

static int run(char **operands, struct err *err)
{
	struct planner p = { .root = ARENA_INIT };
	int r = read_target(&p, err);

	if (r == 0) {
		p.in = tool_input(operands, err);
		r = p.in ? plan_all(&p, err) : -1;
		stream_close(p.in);
	}
	arena_release(&p.root);
	return r < 0 ? -1 : tool_verdict(err);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
