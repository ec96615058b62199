/* SPDX-License-Identifier: Apache-2.0 */
/*
 * series: where the coordinate of each file of an archive begins and ends.
 *
 * One span a file, kept as runs: files in a row whose spans follow each other in
 * equal steps of whole numbers are one run, so that a million daily files cost as
 * much as one.  The union of series does not depend on the order in which it is
 * made, as long as no file has two spans.  Memory comes from the arena given to
 * each call; always the same one for one series.
 */
#ifndef PGF_SERIES_H
#define PGF_SERIES_H

#include "schema/spread.h"

/* The n values of one file, n > 0; low, mid, high: the smallest, the usual and
 * the largest difference of one to the next, 0 if n is 1.  All are finite. */
struct extent {
	uint64_t n;
	double first, last, low, mid, high;
};

/* Files place .. place + count - 1; each begins and ends step later than the one
 * before it. */
struct series_run {
	uint64_t place, count;
	double step;
	struct extent span; /* of the first */
};

struct series_part {
	const char *member;
	size_t n, cap, sorted; /* sorted: runs that are in order and as long as
				* they can be */
	struct series_run *runs;
};

/* Zero-initialised is empty. */
struct series {
	size_t nparts, cap;
	struct series_part *parts; /* by member */
};

/* Add the spans of a run of files of a member. */
void series_add(struct arena *a, struct series *s, const char *member,
	const struct series_run *run);

/* s becomes the union of s and t. */
void series_unite(struct arena *a, struct series *s, const struct series *t);

/* Put all runs in order; to be called before they are looked at. */
void series_settle(struct series *s);

/* {"member":[[place,count,step,n,first,last,low,mid,high],..]}; t is settled.
 * Reading: ERR_DATA if it is not that. */
struct js *series_to_json(struct arena *a, struct series *s);
int series_from_json(struct arena *a, const struct js *v, struct series *out,
	struct err *err) PGF_CHECKED;

#endif
