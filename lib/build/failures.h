/* SPDX-License-Identifier: Apache-2.0 */
/*
 * failures: what of a run has failed, why, and how to try it again.
 */
#ifndef PGF_FAILURES_H
#define PGF_FAILURES_H

#include "build/graph.h"

struct failures {
	const char *ledger; /* path; what it said before `from` is old */
	uint64_t from;
	const struct words *targets; /* of the tasks that failed, as make names
				      * them */
	const char *again;           /* the command that tries them again */
};

/* Add lines: how many there are, each with the reason that its program has left
 * in the ledger, the command.  They live in the arena. */
void failures_tell(const struct failures *f, struct arena *a,
	struct words *out);

#endif
