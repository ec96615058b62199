/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wanted: what an order of ranges asks for (pgf-records, "Ranges").
 */
#ifndef PGF_WANTED_H
#define PGF_WANTED_H

#include "base/spans.h"
#include "net/pull.h"
#include "record/json.h"

/* A longer range is cut into pieces of so many bytes, that several may come at
 * once; or of more, so that there are no more than so many. */
enum { WANTED_PIECE = 1 << 23, WANTED_PIECES = 1024 };

/* Bytes that may be looked at: the index of a shard of 2^24 chunks. */
enum { WANTED_LOOK = (1 << 28) + 4 };

struct wanted {
	const char *url, *to;
	uint64_t look; /* > 0: no pieces, but so many bytes of any version; */
	bool last;     /* those at the end */
	struct pull_version version;
	uint64_t base; /* where byte 0 of the file goes */
	struct span_range *pieces;
	size_t n;
};

/* All lives in the arena, or is the record's.  ERR_DATA: a member is missing; a
 * range is empty, not in the file, or goes where no file can have it. */
int wanted_read(struct arena *a, const struct js *rec, struct wanted *out,
	struct err *err) PGF_CHECKED;

#endif
