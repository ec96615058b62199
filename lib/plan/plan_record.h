/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_record: regions as text.
 */
#ifndef PGF_PLAN_RECORD_H
#define PGF_PLAN_RECORD_H

#include "plan/plan_region.h"

/* What the records of all regions of an array repeat. */
struct plan_frame {
	const struct array *array;
	/* its document around the shape, with braces */
	const char *before, *behind;
	/* members that it may have, each with its comma, or "" */
	const char *options, *encoding;
};

/* What a piece says of its type and its meaning; both live in the arena. */
const char *plan_type_text(struct arena *a, const struct chunk_table *t);
const char *plan_meaning_text(struct arena *a, const struct js *encoding);

/* The frame of an array, in the arena; its document is not kept. */
struct plan_frame plan_frame(struct arena *a, const struct array *t,
	const struct js *document);

/* Append the record of a region, pgf-records(5), without a newline. */
void plan_record(struct buf *out, const struct plan_frame *frame,
	const struct plan_box *box, const struct plan_pieces *from);

#endif
