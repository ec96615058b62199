/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern_files: the files of a recipe that lists them.
 */
#ifndef PGF_PATTERN_FILES_H
#define PGF_PATTERN_FILES_H

#include "recipe/pattern_spec.h"

struct pattern_files {
	const char **at; /* addresses: URLs or absolute paths */
	size_t n;
};

/* The files of spec (files, glob, or a list of text) in their order, in the
 * arena.  ERR_DATA, with the place of the member: none, one twice, a name that
 * is no address, a list that cannot be read. */
int pattern_files_read(struct arena *a, const struct pattern_spec *spec,
	struct pattern_files *out, struct err *err) PGF_CHECKED;

/* Append the absolute path at which the list of spec can be read. */
int pattern_list_path(const struct pattern_spec *spec, struct buf *out,
	struct err *err) PGF_CHECKED;

#endif
