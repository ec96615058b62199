/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is too small for one task has room for one all the same: it was asked for.
 */
#include "build/pool.h"

#include "base/num.h"

static const struct pool *make(struct arena *a, const char *name,
	uint64_t depth)
{
	struct pool *p = ARENA_NEW(a, struct pool, 1);

	p->name = name;
	p->depth = num_min(num_max(depth, 1), POOL_MOST);
	return p;
}

const struct pool *pool_of_memory(struct arena *a, uint64_t machine,
	uint64_t need)
{
	if (machine == 0 || need == 0)
		return NULL;
	return make(a, "memory", machine / need);
}

const struct pool *pool_of_fetches(struct arena *a, uint64_t per_host,
	uint64_t batch)
{
	uint64_t each = num_max(num_min(per_host, batch), 1);

	return make(a, "fetch", per_host / each + (per_host % each > 0));
}

const char *pool_file(struct arena *a, const struct pool *p)
{
	return arena_printf(a, "pool.%s", p->name);
}

void pool_turns(const struct pool *p, struct buf *out)
{
	for (uint64_t i = 0; i < p->depth; i++)
		buf_addc(out, '\n');
}
