/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_reach: the pieces that reach into a region.
 */
#ifndef PGF_PLAN_REACH_H
#define PGF_PLAN_REACH_H

#include "plan/plan_keep.h"
#include "plan/plan_place.h"
#include "plan/plan_record.h"
#include "plan/plan_target.h"

/* Pieces of one array, by place: at most one for each, or, of those that are
 * compared, any number. */
struct plan_collection {
	size_t n, cap;
	struct plan_kept *pieces;
};

void plan_collection_add(struct plan_collection *c,
	const struct plan_kept *piece);

struct plan_grid;
struct plan_all {
	const struct plan_target *target;
	const struct plan_axis *axes;        /* of the concat dimensions */
	const struct plan_collection *of;    /* of the arrays */
	const struct plan_collection *close; /* what they are compared with */
	const struct js *const *stores;      /* their encodings, for that */
	const struct plan_frame *frames;     /* what records repeat */
	const struct plan_grid *grids;       /* their regions */
};

/* Positions along the concat dimensions whose files reach into a region; 0 to 0
 * along those that the array has not. */
struct plan_reach {
	unsigned n;
	uint64_t first[PLACE_MAX_DIMS], last[PLACE_MAX_DIMS];
	uint64_t at[PLACE_MAX_DIMS]; /* the one in hand */
	uint64_t places;
};

/* The reach of a box, whose end is set. */
void plan_reach(const struct plan_all *p, const struct array *t,
	struct plan_box *box, struct plan_reach *out);

/* The pieces of an array that reach into a region, in order of place, and what
 * they are compared with; a place without a piece is filled. */
struct plan_pieces plan_reach_pieces(struct arena *a, const struct plan_all *p,
	size_t array, struct plan_reach *r);
void plan_reach_close(struct arena *a, const struct plan_all *p, size_t array,
	struct plan_reach *r, struct plan_pieces *out);

/* The file that a region of array i goes with.  Of one that is small, that ends with
 * values of records, or that lies across the border of two inputs, the last: there
 * most is new, so that what is added changes what goes with the last input and no
 * other.  Else, and of one with which the archive begins, which may be all of it,
 * arrays, and the regions across one, take turns along the files that reach into it,
 * so that those of one stretch are not all one task.  If there is none, the last
 * before its first place, or else the first after it. */
const struct plan_file *plan_reach_owner(const struct plan_all *p, size_t i,
	const struct plan_pieces *from, const struct plan_box *box,
	uint64_t place);

#endif
