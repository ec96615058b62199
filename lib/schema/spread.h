/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spread: which files of an archive something holds for.
 *
 * A file is known by its member of the merge dimensions ("" if there is none)
 * and its place along the concat dimensions (model/place; 0 if there is none).
 * A spread is a set of those, kept as runs of places per member, so that "all
 * of them" costs the same for ten files and for a million.  Memory comes from
 * the arena given to each call; always the same one for one spread.
 */
#ifndef PGF_SPREAD_H
#define PGF_SPREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "record/json.h"

/* Places first..last, both included, in a row along the last dimension. */
struct run {
	uint64_t first, last;
};

struct spread_part {
	const char *member;
	size_t nruns, cap;
	struct run *runs; /* ascending, apart by at least one position */
};

/* Zero-initialised is empty. */
struct spread {
	size_t nparts, cap;
	struct spread_part *parts; /* by member, none without runs */
};

struct spread_key {
	const char *member;
	uint64_t position; /* a place */
};

/* Order of files: by place, then by member. */
int spread_key_compare(struct spread_key a, struct spread_key b);

/* Add the places of a run of a member (its name is copied when new). */
void spread_add(struct arena *a, struct spread *s, const char *member,
	struct run run);

/* s becomes the union of s and t. */
void spread_unite(struct arena *a, struct spread *s, const struct spread *t);

/* out becomes what is in both, or in s and not in t; out must be empty. */
void spread_intersect(struct arena *a, const struct spread *s,
	const struct spread *t, struct spread *out);
void spread_subtract(struct arena *a, const struct spread *s,
	const struct spread *t, struct spread *out);

/* Add to out the places of s, & mask (place_mask), of no member. */
void spread_project(struct arena *a, const struct spread *s, uint64_t mask,
	struct spread *out);

bool spread_equal(const struct spread *s, const struct spread *t);
bool spread_has(const struct spread *s, struct spread_key key);

/* The run that a file is in, or NULL. */
const struct run *spread_run(const struct spread *s, struct spread_key key);

/* Number of files. */
uint64_t spread_count(const struct spread *s);

/* The first and last file; s must not be empty. */
struct spread_key spread_first(const struct spread *s);
struct spread_key spread_last(const struct spread *s);

/* The runs of a member, or NULL. */
const struct spread_part *spread_part(const struct spread *s,
	const char *member);

/* {"member":[[first,last],..],..}; with several concat dimensions first and
 * last are lists of positions, the first and last corner of a box that is one
 * long but for the last two.  Reading takes runs in any order.  ERR_DATA: no
 * runs, or boxes of more than 2^24 rows. */
struct js *spread_to_json(struct arena *a, const struct spread *s);
int spread_from_json(struct arena *a, const struct js *v, struct spread *out,
	struct err *err) PGF_CHECKED;

#endif
