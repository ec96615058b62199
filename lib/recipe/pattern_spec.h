/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern_spec: what a recipe says of its files, checked.
 */
#ifndef PGF_PATTERN_SPEC_H
#define PGF_PATTERN_SPEC_H

#include <stdbool.h>

#include "base/regex.h"
#include "recipe/pattern_dim.h"

enum { PATTERN_MAX_DIMS = 8 };

enum pattern_from {
	PATTERN_URL,   /* a template, filled with keys */
	PATTERN_FILES, /* a list in the recipe */
	PATTERN_GLOB,
	PATTERN_LIST,    /* a file with one URL a line, or .ndjson of items */
	PATTERN_LISTING, /* what a server lists */
};

/* Which files of a listing are meant. */
struct pattern_listing {
	const char *url;
	const struct regex *match;      /* of names; NULL: all */
	bool by_match;                  /* sorted by what the groups captured */
	int64_t depth;                  /* levels of folders below the URL */
	size_t group[PATTERN_MAX_DIMS]; /* named as the dimension; 0: none */
};

/* A file that a server lists; the name is its path below the listing. */
struct pattern_found {
	const char *url, *name;
};

/* Belongs to the recipe's arena.  For a URL every dimension has keys; for files,
 * glob, list and listing none has. */
struct pattern_spec {
	const char *where;  /* "r.yaml:9": for messages */
	const char *folder; /* absolute: what paths are relative to */
	const char *format; /* "netcdf3", "netcdf4" or NULL */
	size_t ndims;
	struct pattern_dim dims[PATTERN_MAX_DIMS];
	enum pattern_from from;
	const struct template *url;
	size_t nfiles;
	const char **files;
	const char *path;  /* of glob and list, as in the recipe */
	const char *local; /* where a list that path is the URL of can be
			    * read, put here as found is; else NULL */
	struct pattern_listing listing;
	const struct pattern_found *found; /* what is there, put here by who
					    * can ask (build/lister); or NULL */
	size_t nfound;
};

#endif
