/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: from datasets to regions.
 *
 * The second pass over the datasets, when the layout is known.  Of each dataset
 * only the chunk tables that the store draws on are kept; at the end every
 * array is cut into regions, boxes of whole chunks, each with the pieces of the
 * sources that it needs.
 *
 * How an array is cut depends on its chunks, on those of its first source and on
 * the lengths of its other dimensions, never on the length of the concat dimension: so files added at
 * the end change only the regions they reach into.  For the same reason the
 * metadata in a region has no attributes, and along the concat dimension its
 * shape ends with the last piece.
 */
#ifndef PGF_PLAN_H
#define PGF_PLAN_H

#include "plan/plan_account.h"
#include "plan/plan_target.h"
#include "record/scan.h"

struct plan;

/* A plan without datasets; memory comes from the arena. */
struct plan *plan_open(struct arena *a, const struct plan_target *target);

/* Take a dataset record, which stood in input file number `file`.  ERR_DATA: no
 * dataset, or not one that the layout describes, or another file for a position
 * that has one. */
int plan_add(struct plan *p, const struct js *rec, size_t file,
	struct err *err) PGF_CHECKED;

/* The same as it stands in a text, which is parsed only where it is not like
 * others. */
int plan_add_line(struct plan *p, struct span line, size_t file,
	struct err *err) PGF_CHECKED;

/* Cut: by array, then offset; or by the number of the input file that a region
 * goes with, and of those that go with one likewise.  ERR_DATA: a dataset that
 * the layout counts on was not given, or one chunk needs more memory than there
 * is.  account (or NULL), whose entries have their names, is filled but for what
 * files are (in, out). */
int plan_cut(struct plan *p, const struct plan_sink *sink,
	struct err *err) PGF_CHECKED;
int plan_cut_by_input(struct plan *p, const struct plan_sink *sink,
	struct plan_account *account, struct err *err) PGF_CHECKED;

#endif
