/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern_spec: what a recipe says of its files, checked.
 */
#ifndef PGF_PATTERN_SPEC_H
#define PGF_PATTERN_SPEC_H

#include "model/pattern_dim.h"

enum { PATTERN_MAX_DIMS = 8 };

enum pattern_from {
	PATTERN_URL,   /* a template, filled with keys */
	PATTERN_FILES, /* a list in the recipe */
	PATTERN_GLOB,
	PATTERN_LIST, /* a file with one URL a line, or .ndjson of items */
};

/* Belongs to the recipe's arena.  For a URL every dimension has keys; for files,
 * glob and list none has. */
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
	const char *path; /* of glob and list, as in the recipe */
};

#endif
