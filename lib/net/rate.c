/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl's own limit was refused: it holds for one transfer, looks at windows
 * of three seconds, and lets a file that comes in one read pass at any speed.
 */
#include "net/rate.h"

enum { RATE_MAX = 1 << 30, MILLI = 1000 }; /* larger rates are none */
#define MOST ((uint64_t)1 << 50)           /* bytes in one go */

static void fill(struct rate *r, int64_t now)
{
	int64_t per_second = (int64_t)r->per_second;
	int64_t most = per_second * MILLI / 4, past = now - r->at;

	if (past > RATE_MAX_MS)
		past = RATE_MAX_MS;
	if (past > 0)
		r->level += past * per_second;
	if (r->level > most)
		r->level = most;
	r->at = now;
}

void rate_spend(struct rate *r, uint64_t n, int64_t now)
{
	int64_t least;

	if (r->per_second == 0 || r->per_second > RATE_MAX)
		return;
	fill(r, now);
	least = -(int64_t)r->per_second * RATE_MAX_MS;
	if (n > MOST)
		n = MOST;
	r->level -= (int64_t)n * MILLI;
	if (r->level < least)
		r->level = least;
}

int64_t rate_wait(struct rate *r, int64_t now)
{
	if (r->per_second == 0 || r->per_second > RATE_MAX)
		return 0;
	fill(r, now);
	if (r->level >= 0)
		return 0;
	return (-r->level + (int64_t)r->per_second - 1) /
		(int64_t)r->per_second;
}
