/* SPDX-License-Identifier: Apache-2.0 */
/*
 * budget: the memory that a writer of regions may have.
 */
#ifndef PGF_BUDGET_H
#define PGF_BUDGET_H

#include "plan/footprint.h"
#include "model/region.h"

struct budget {
	uint64_t memory;       /* bytes; 0: any */
	unsigned most;         /* hands that there may be (base/crew) */
	unsigned hands;        /* of those, for whom there is memory */
	struct footprint kept; /* what earlier regions may have left */
};

/* Before a region is written: sets hands.  1: give back first what is kept from
 * earlier ones; 0: nothing needs doing; -1 (ERR_DATA): it needs more than there is,
 * even for one. */
int budget_take(struct budget *b, const struct region *r,
	struct err *err) PGF_CHECKED;

#endif
