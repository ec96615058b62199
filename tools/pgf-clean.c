/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-clean: a work folder in, what a bake has made there gone.
 */
#include <stdio.h>

#include "base/log.h"
#include "build/clean.h"
#include "build/places.h"
#include "record/tool.h"

static struct {
	bool cache, store;
} cfg;

static const struct opt opts[] = {
	{ OPT_FLAG, 0, "cache", NULL, &cfg.cache,
		"remove the downloads, too, which must be fetched again then" },
	{ OPT_FLAG, 0, "store", NULL, &cfg.store, "remove the store, too" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-clean",
	.summary = "remove what a bake has made, and nothing else",
	.synopsis = "[--cache] [--store] [-qv] WORK",
	.opts = opts,
	.more = tool_options,
};

static int run(char **operands, struct err *err)
{
	struct clean how = { NULL, cfg.cache, cfg.store };
	struct arena arena = ARENA_INIT;
	struct clean_done done;
	int r;

	if (operands[0] == NULL || operands[1] != NULL)
		return err_set(err, ERR_USAGE, "one work folder is wanted");
	how.work = places_one(&arena, operands[0], err);
	r = how.work == NULL ? -1 : clean_run(&arena, &how, &done, err);
	if (r == 0 && log_level() != LOG_QUIET)
		printf("%zu files removed\n", done.removed);
	if (r == 0 && done.store_left)
		log_warn("the store holds something else, which stays");
	if (r == 0 && cfg.cache && done.cache_left)
		log_warn("the cache holds something else, which stays");
	else if (r == 0 && done.work_left && cfg.cache)
		log_warn("'%s' holds something else, which stays", how.work);
	arena_release(&arena);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
