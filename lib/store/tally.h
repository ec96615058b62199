/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally: what the work on a store was, added up from its receipts.
 *
 * Kept apart from store/cover, because nothing depends on it: a receipt without
 * these members is as good as any.
 */
#ifndef PGF_TALLY_H
#define PGF_TALLY_H

#include "record/json.h"

struct tally;

/* Nothing yet; memory comes from the arena. */
struct tally *tally_open(struct arena *a);

/* Take a receipt that cover_add has taken. */
void tally_add(struct tally *t, const struct js *receipt);

/* {"modes":{"decode":48},"bytes_in":N,"bytes_out":N,"seconds":2.5,"peak":N}:
 * chunks by how they were made, sums, and the largest resident memory of one
 * process.  Of several receipts for one region the last counts. */
struct js *tally_sum(struct tally *t);

#endif
