/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress: the live line of a bake.
 */
#ifndef PGF_PROGRESS_H
#define PGF_PROGRESS_H

#include <stdint.h>

#include "build/history.h"
#include "build/stages.h"

/* Counted from what the tasks leave in the ledger. */
struct progress {
	struct history history;
	size_t wanted[STAGES], done[STAGES], failed;
	uint64_t in, out, objects; /* bytes, bytes, stored objects */
	double begin;
	double shown_at, rate; /* of bytes, smoothed */
	uint64_t shown;
};

/* Begin at offset of the ledger at path. */
int progress_open(struct progress *p, const char *path, uint64_t offset,
	struct err *err) PGF_CHECKED;

/* Count what is new in the ledger. */
void progress_follow(struct progress *p);

/* The line: stages, how fast, how long still, how many failed. */
void progress_show(struct progress *p, struct buf *out);

void progress_close(struct progress *p);

#endif
