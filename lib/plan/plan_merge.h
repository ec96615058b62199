/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_merge: regions that are what they were, and new ones between them.
 */
#ifndef PGF_PLAN_MERGE_H
#define PGF_PLAN_MERGE_H

#include "base/buf.h"
#include "plan/plan_fresh.h"
#include "record/scan.h"

/* Regions of one input, a line each. */
struct plan_lines {
	struct span old, fresh;
};

/* Append the fresh lines and those old ones that are not to be cut again, by array
 * and number; *kept is set if there is one of these.  False: a line is no region
 * of these arrays. */
bool plan_merge(const struct plan_fresh *x, const struct plan_lines *lines,
	struct buf *out, bool *kept);

#endif
