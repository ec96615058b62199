/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_keep: pieces in little memory.
 *
 * Millions of pieces wait for the regions that draw on them.  In a tidy archive
 * they differ only in their file and in where its chunks lie, so that is all
 * that is kept of each; what they share is kept once.
 */
#ifndef PGF_PLAN_KEEP_H
#define PGF_PLAN_KEEP_H

#include "base/names.h"
#include "plan/plan_region.h"

/* A piece that is kept. */
struct plan_kept {
	const struct plan_file *file;
	uint64_t place;
	const struct plan_form *form; /* what it shares */
	uint64_t *data;               /* and what it does not */
};

/* Zero-initialised but for the arena, in which everything lives. */
struct plan_keeper {
	struct arena *a;
	struct names names; /* of forms: their digests */
	struct plan_form **forms;
	struct buf text;
};

/* Keep a piece; its file must live as long as the keeper.  plan_keep_close gives
 * back only what is not in the arena. */
struct plan_kept plan_keep(struct plan_keeper *k, const struct plan_piece *p);

/* Its two halves: what it shares, and the rest, of any piece that has it. */
const struct plan_form *plan_keep_form(struct plan_keeper *k,
	const struct plan_piece *p);
struct plan_kept plan_keep_as(struct plan_keeper *k,
	const struct plan_form *form, const struct plan_piece *p);
void plan_keep_close(struct plan_keeper *k);

/* The piece as it was; lives in a, and borrows from what is kept. */
struct plan_piece *plan_unpack(struct arena *a, const struct plan_kept *k);

#endif
