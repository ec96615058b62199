/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jitter that keeps half of the pause was refused: thousands of clients that a
 * server turned away at once come back at about one time all the same.
 */
#include "net/retry.h"

enum {
	LIMIT_FIRST = 1000,    /* ms, of the pause before the second try */
	LIMIT_MAX = 60 * 1000, /* ms */
	PAUSE_LEAST = 20,      /* ms */
	RETRY_AFTER_MAX = 300, /* s: what a server may ask for */
	PROGRESS = 1 << 20,    /* bytes that make a try count as none */
};

static int64_t pause_of(unsigned int tries, const struct retry_try *t)
{
	int64_t limit = LIMIT_FIRST, wish = t->retry_after;

	if (wish > RETRY_AFTER_MAX)
		wish = RETRY_AFTER_MAX;
	if (wish > 0)
		return wish * 1000 + (int64_t)(t->random % LIMIT_FIRST) / 4;
	for (unsigned int i = 0; i < tries && limit < LIMIT_MAX; i++)
		limit *= 2;
	if (limit > LIMIT_MAX)
		limit = LIMIT_MAX;
	return PAUSE_LEAST + (int64_t)(t->random % (uint64_t)limit);
}

bool retry_again(struct retry *r, const struct retry_try *t, int64_t *pause)
{
	if (t->kept >= r->kept + PROGRESS)
		r->tries = 0;
	if (r->kept < t->kept)
		r->kept = t->kept;
	if (r->tries >= t->most)
		return false;
	*pause = pause_of(r->tries, t);
	r->tries++;
	return true;
}
