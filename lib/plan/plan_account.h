/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_account: what a plan has made of which inputs, kept for the next.
 */
#ifndef PGF_PLAN_ACCOUNT_H
#define PGF_PLAN_ACCOUNT_H

#include "base/buf.h"
#include "layout/layout.h"
#include "model/place.h"

/* What the regions that go with an input draw on: inputs first..last, and where
 * along the concat dimensions the last of them ends. */
struct plan_draws {
	bool any;
	size_t first, last;
	uint64_t ends[PLACE_MAX_DIMS];
	/* One has places to be filled, which a file may come to have, or may go
	 * with an input for want of a file in it. */
	bool open;
};

void plan_draws_add(struct plan_draws *d, size_t input);

/* Values of an array that regions hold themselves: of all places of an input along
 * the array, in order, little-endian, with one meaning. */
struct plan_recorded {
	bool any;
	struct dtype dtype;
	const struct js *encoding; /* as in plan_piece */
	uint8_t *bytes;
	size_t len;
};

/* An input file and the file of regions that go with it: their common name, and
 * for each a text that changes when it does. */
struct plan_entry {
	const char *name, *in, *out;
	struct spread keys; /* of its records */
	struct plan_draws draws;
	struct plan_recorded *recorded; /* one an array; NULL: of none */
};

/* An array: the files that it is taken from and compared with, the size of its
 * regions. */
struct plan_drawn {
	struct spread from, close;
	unsigned ndim;
	const uint64_t *steps; /* all 0: it has no regions */
};

struct plan_account {
	const char *digest; /* of all else that regions depend on */
	unsigned nconcat;
	struct layout_concat *concat; /* without names */
	size_t narrays;
	struct plan_drawn *arrays;
	size_t n;
	struct plan_entry *entries;
};

/* As text, and back; false if it is not one that was written whole.  Lives in the
 * arena. */
void plan_account_write(struct buf *out, const struct plan_account *account);
bool plan_account_read(struct arena *a, const struct buf *text,
	struct plan_account *out);

#endif
