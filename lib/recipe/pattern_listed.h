/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern_listed: the files of a listing, chosen and given their places.
 *
 * Names that match are kept.  Named groups give keys: to a merge dimension the
 * text itself, to a concat dimension its rank among all texts there.  Without
 * them the order of the files is that of one concat dimension.
 */
#ifndef PGF_PATTERN_LISTED_H
#define PGF_PATTERN_LISTED_H

#include "recipe/pattern_spec.h"

/* One file; keys are in the order of the dimensions. */
struct pattern_listed_file {
	const char *url, *name;
	const char **texts;  /* what the name says of each dimension, "" if no
			      * group is named so */
	uint64_t *k;         /* position along each concat dimension */
	const char **groups; /* what groups captured, from 0 */
	const char **by;     /* what it is sorted by at the moment */
	size_t nby;
};

struct pattern_listed {
	struct pattern_listed_file *at;
	size_t n;
};

/* The files of spec->found, in the arena.  ERR_DATA, with the place of the
 * member: none matches, two with one key. */
int pattern_listed_read(struct arena *a, const struct pattern_spec *spec,
	struct pattern_listed *out, struct err *err) PGF_CHECKED;

#endif
