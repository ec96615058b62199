/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-expand: recipe to item records.
 */
#include "build/lister.h"
#include "record/tool.h"

static int64_t prune = INT64_MAX;
static struct opt_list sets;

static const struct opt options[] = {
	{ OPT_COUNT, 0, "prune", "N", &prune,
		"keep the first N keys of each concat dimension only" },
	{ OPT_LIST, 0, "set", "MEMBER=VALUE", &sets,
		"override a member of the recipe, as in target.zarr_format=2" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-expand",
	.summary = "list the files that a recipe means",
	.synopsis = "[--prune N] [--set MEMBER=VALUE] [-o FILE] RECIPE",
	.opts = options,
	.more = tool_output_options,
};

static int put_items(struct pattern *p, struct stream_out *out, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct js *item = NULL;
	int got;

	while ((got = pattern_next(p, &arena, &item, err)) > 0) {
		if (stream_put(out, item, err) < 0) {
			got = -1;
			break;
		}
		arena_reset(&arena);
	}
	arena_release(&arena);
	return got;
}

static int expand(const struct recipe *r, struct err *err)
{
	uint64_t keep = prune == INT64_MAX ? 0 : (uint64_t)prune;
	struct pattern *p = pattern_open(&r->pattern, keep, err);
	struct stream_out *out = NULL;
	int result = -1;

	if (p != NULL)
		out = tool_output(err);
	if (out != NULL)
		result = put_items(p, out, err);
	pattern_close(p);
	if (result == 0)
		return tool_publish(out, err);
	stream_abort(out);
	return -1;
}

static int run(char **operands, struct err *err)
{
	struct recipe_input in = { .path = operands[0],
		.sets = &sets,
		.need = RECIPE_NEEDS_PATTERN };
	struct arena arena = ARENA_INIT;
	struct recipe recipe;
	int r;

	if (in.path == NULL || operands[1] != NULL)
		return err_set(err, ERR_USAGE, "give one recipe");
	if (prune == 0)
		return err_set(err, ERR_USAGE,
			"option '--prune' wants 1 or more");
	r = recipe_read(&arena, &in, &recipe, err);
	if (r == 0)
		r = lister_fill(&arena, &recipe, err);
	if (r == 0)
		r = expand(&recipe, err);
	arena_release(&arena);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
