/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options: the rows that the option tables of pgf bake, pgf-make and pgf-update
 * have in common, so that the same words mean the same.
 */
#ifndef PGF_OPTIONS_H
#define PGF_OPTIONS_H

#include "base/opt.h"
#include "build/compile.h"

/* What they fill; zero is nothing given. */
struct options {
	const char *store, *work, *cache;
	int64_t jobs, prune;
	bool keep_going;
	struct opt_list sets;
};

/* Rows of a table, for a struct options that is static. */
#define OPTIONS_PLACES(o)                                                                     \
	{ OPT_TEXT, 0, "store", "DIR", &(o).store,                                            \
		"store to write, instead of the recipe's target.store" },                     \
		{ OPT_TEXT, 0, "work", "DIR", &(o).work,                                      \
			"where the work folders of recipes are, this one's in DIR/NAME; "     \
			"default: .pgf beside the recipe" },                                  \
	{                                                                                     \
		OPT_TEXT, 0, "cache", "DIR", &(o).cache,                                      \
			"downloads, also of other recipes; default: cache in the work folder" \
	}
#define OPTIONS_PRUNE(o)                                                 \
	{                                                                \
		OPT_COUNT, 0, "prune", "N", &(o).prune,                  \
			"only the first N keys of each concat dimension" \
	}
#define OPTIONS_SETS(o)                                                \
	{                                                              \
		OPT_LIST, 0, "set", "MEMBER=VALUE", &(o).sets,         \
			"override a member below target, fetch or run" \
	}
#define OPTIONS_RUN(o)                                                       \
	{                                                                    \
		OPT_COUNT, 'j', "jobs", "N", &(o).jobs,                      \
		"run N tasks at once; default: run.jobs, or one a processor" \
	},                                                                   \
	{                                                                    \
		OPT_FLAG, 'k', "keep-going", NULL, &(o).keep_going,          \
			"after a failure, finish what does not depend on it" \
	}

/* The operands are to be one recipe; it and the options, for compile_open.  Where
 * --cache is not given, the environment variable PGF_CACHE counts. */
int options_read(const struct options *o, char **operands,
	struct compile_input *out, struct err *err) PGF_CHECKED;

#endif
