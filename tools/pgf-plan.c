/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-plan: dataset records in, region records out.  The schema says what the
 * store is, the recipe how it is chunked and encoded.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/sheaf.h"
#include "base/str.h"
#include "chunk/carry.h"
#include "chunk/grid.h"
#include "format/zarr_meta.h"
#include "model/plan.h"
#include "model/recipe.h"
#include "record/document.h"
#include "record/tool.h"

static struct {
	const char *recipe, *schema, *split;
} cfg;

static const struct opt opts[] = {
	{ OPT_TEXT, 'r', "recipe", "RECIPE", &cfg.recipe,
		"the recipe, for its target and run.memory" },
	{ OPT_TEXT, 0, "schema", "FILE", &cfg.schema,
		"what pgf-schema printed for these datasets" },
	{ OPT_TEXT, 0, "split", "DIR", &cfg.split,
		"write each region to the file in DIR named like the input "
		"file that it goes with" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-plan",
	.summary = "cut a store into regions",
	.synopsis =
		"[-kqv] -r RECIPE --schema FILE [--split DIR] [-o FILE] "
		"[--stamp FILE] [--files-from FILE] [--rejects FILE] [FILE...]",
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
	struct plan *plan;
	struct tally *tallies; /* --verbose: of each array */
	struct stream_in *in;
	struct stream_out *out;
	struct sheaf *sheaf; /* --split: what is there of file number `at` */
	size_t at;
	struct buf text;
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
	const struct plan_target target = { &p->layout, &p->arrays, documents,
		p->recipe.run.memory };

	for (size_t i = 0; i < p->arrays.n; i++)
		documents[i] = zarr_meta_array(&p->root, &p->arrays.at[i]);
	p->plan = plan_open(&p->root, &target);
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

/* Write the files before number `to`, of which all regions are known. */
static int put_files(struct planner *p, size_t to, struct err *err)
{
	struct buf path = BUF_INIT;
	int r = 0;

	for (; p->at < to && r == 0; p->at++) {
		buf_reset(&path);
		buf_addf(&path, "%s/%s", cfg.split,
			base_name(stream_file_name(p->in, p->at)));
		r = sheaf_put(p->sheaf, path.data,
			p->text.data ? p->text.data : "", p->text.len, err);
		buf_reset(&p->text);
	}
	buf_release(&path);
	return r;
}

static int put_split(void *state, size_t file, const struct buf *line,
	struct err *err)
{
	struct planner *p = state;

	if (put_files(p, file, err) < 0)
		return -1;
	buf_add(&p->text, line->data, line->len);
	return 0;
}

static int cut_split(struct planner *p, struct err *err)
{
	const struct plan_sink sink = { put_split, p };
	int r;

	if (io_make_dirs(cfg.split, err) < 0)
		return -1;
	p->sheaf = sheaf_open();
	r = plan_cut_by_input(p->plan, &sink, err);
	if (r == 0)
		r = put_files(p, stream_nfiles(p->in), err);
	if (r == 0)
		r = sheaf_flush(p->sheaf, err);
	sheaf_close(p->sheaf);
	buf_release(&p->text);
	return r;
}

/* With --split nothing is left for the output, which then only marks, by being
 * there, that all files are. */
static int cut(struct planner *p, struct err *err)
{
	const struct plan_sink sink = { put_stream, p };
	int r;

	p->out = tool_output(err);
	if (p->out == NULL)
		return -1;
	r = cfg.split ? cut_split(p, err) : plan_cut(p->plan, &sink, err);
	if (r == 0)
		tell_tallies(p);
	if (r == 0)
		return tool_publish(p->out, err);
	stream_abort(p->out);
	return -1;
}

static int plan_all(struct planner *p, struct err *err)
{
	struct arena record = ARENA_INIT;
	struct tool_sink sink = { .arena = &record, .state = p };
	int r;

	if (cfg.split != NULL && check_names(p, err) < 0)
		return -1;
	open_plan(p);
	r = tool_walk_lines(p->in, &sink, add, err);
	arena_release(&record);
	return r < 0 ? -1 : cut(p, err);
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
