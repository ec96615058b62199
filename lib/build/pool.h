/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool: tasks of which only so many may run at once, whatever number of jobs
 * there is.
 */
#ifndef PGF_POOL_H
#define PGF_POOL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/mem.h"

struct pool {
	const char *name; /* "memory" */
	uint64_t depth;   /* how many, 1 to POOL_MOST */
};

enum { POOL_MOST = 1024 };

/* Tasks that need so many bytes each, on a machine of so many.  NULL if one of
 * the two is 0, not known.  Lives in the arena, as all pools do. */
const struct pool *pool_of_memory(struct arena *a, uint64_t machine,
	uint64_t need);

/* Tasks that fetch batches of so many files, of which all together shall open
 * about per_host connections to a host; each opens as many as it has files, up
 * to per_host. */
const struct pool *pool_of_fetches(struct arena *a, uint64_t per_host,
	uint64_t batch);

/* The file with the turns of a pool (record/turn), in the work folder; what is
 * in it is appended to out. */
const char *pool_file(struct arena *a, const struct pool *p);
void pool_turns(const struct pool *p, struct buf *out);

#endif
