/* SPDX-License-Identifier: Apache-2.0 */
/*
 * touched: local files that have another time, and the bytes that they had.
 *
 * What makes a batch be fetched again is that its validators (v/B: size and time of
 * each file) change.  Where only times have, the files are read here, and compared
 * with the digests that f/B has of them; if all are what they were v/B stays, and
 * t/B keeps the validators that were seen, so that they are not read again.
 */
#ifndef PGF_TOUCHED_H
#define PGF_TOUCHED_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "build/state.h"

struct touched {
	const struct state *state;
	/* Bytes that may be read: more are left to the tasks, which go on where they
	 * were stopped, side by side.  0: none, as where files have no digests. */
	uint64_t left;
};

#define TOUCHED_MOST ((uint64_t)1 << 30)

/* A line of each for each item of a batch: what k/B and v/B would hold now.  1: v/B is
 * to stay as it is; 0: it is to be written; -1. */
int touched_keeps(struct touched *t, size_t batch, const struct buf *items,
	const struct buf *validators, struct err *err) PGF_CHECKED;

#endif
