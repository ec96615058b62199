/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All combinations of divisors are looked at, fewest elements first, and those
 * beyond the size are left where that shows.  Numbers of chunks as the
 * proportion, instead of their lengths, were refused: they change when files
 * are added, and then so would all chunks.
 */
#include "layout/chunking_fit.h"

#include <stddef.h>

#include "base/mem.h"
#include "base/num.h"

/* Divisors above are found by their other half; combinations beyond the first
 * so many are not looked at.  Both are beyond any array that is read. */
enum { MAX_DIVISOR = 1 << 20, MAX_TRIES = 1 << 20 };

struct list {
	size_t n;
	uint64_t *at;
};

struct search {
	const struct chunking_size *size;
	struct list of[DATASET_MAX_NDIM]; /* none: not chosen from a list */
	int grower;                       /* the axis that fills up, or -1 */
	uint64_t most;                    /* bytes */
	uint64_t chunk[DATASET_MAX_NDIM], best[DATASET_MAX_NDIM];
	bool found;
	double distance, missing;
	unsigned tries;
};

static struct list divisors(struct arena *a, uint64_t n)
{
	struct list l = { 0, NULL };
	size_t low = 0;
	uint64_t most = num_min(n, MAX_DIVISOR);

	for (uint64_t i = 1; i <= most && i <= n / i; i++)
		low += n % i == 0;
	l.at = ARENA_NEW(a, uint64_t, 2 * low);
	for (uint64_t i = 1; l.n < low; i++)
		if (n % i == 0)
			l.at[l.n++] = i;
	for (size_t i = low; i-- > 0;)
		if (n / l.at[i] > l.at[l.n - 1])
			l.at[l.n++] = n / l.at[i];
	return l;
}

/* Bytes below are taken by the other axes; the length that fills the size. */
static uint64_t fill_up(const struct chunking_size *s, unsigned axis,
	uint64_t below)
{
	uint64_t room = s->bytes / below, unit = s->axes[axis].before;

	if (room == 0)
		return 1;
	if (room >= unit)
		return room - room % unit;
	return unit / num_ceil_div(unit, room);
}

/* How far the largest proportion is from the smallest. */
static double distance_of(const struct search *s)
{
	double low = 0, high = 0;

	for (unsigned i = 0; i < s->size->ndim; i++) {
		const struct chunking_axis *x = &s->size->axes[i];
		double p = (double)s->chunk[i] / (double)x->aspect;

		if (!x->is_free || x->len == 1)
			continue;
		low = low == 0 || p < low ? p : low;
		high = p > high ? p : high;
	}
	return low == 0 ? 1 : high / low;
}

/* All axes have a length, of so many bytes together. */
static void judge(struct search *s, uint64_t bytes)
{
	double size = (double)s->size->bytes, distance = distance_of(s);
	double missing = (double)bytes - size;

	if (missing < 0)
		missing = -missing;
	if (missing > s->size->tolerance * size ||
		(s->found && distance > s->distance) ||
		(s->found && distance == s->distance && missing >= s->missing))
		return;
	s->found = true;
	s->distance = distance;
	s->missing = missing;
	for (unsigned i = 0; i < s->size->ndim; i++)
		s->best[i] = s->chunk[i];
}

static void finish(struct search *s, uint64_t bytes)
{
	if (s->grower >= 0) {
		uint64_t len = fill_up(s->size, (unsigned)s->grower, bytes);

		s->chunk[s->grower] = len;
		if (!num_mul(bytes, len, &bytes))
			return;
	}
	judge(s, bytes);
}

/* Go on to the next combination, last axis first; false after the last. */
static bool next(const struct search *s, size_t *at)
{
	for (unsigned i = s->size->ndim; i-- > 0;) {
		if (at[i] + 1 < s->of[i].n) {
			at[i]++;
			return true;
		}
		at[i] = 0;
	}
	return false;
}

static void search(struct search *s)
{
	size_t at[DATASET_MAX_NDIM] = { 0 };

	do {
		uint64_t bytes = s->size->item;
		bool fits = true;

		for (unsigned i = 0; fits && i < s->size->ndim; i++) {
			if ((int)i == s->grower)
				continue;
			s->chunk[i] = s->of[i].n > 0 ? s->of[i].at[at[i]] :
						       s->size->axes[i].chunk;
			fits = num_mul(bytes, s->chunk[i], &bytes) &&
				bytes <= s->most;
		}
		if (fits && bytes > 0)
			finish(s, bytes);
	} while (++s->tries < MAX_TRIES && next(s, at));
}

static void prepare(struct arena *a, struct search *s)
{
	double most = (double)s->size->bytes * (1 + s->size->tolerance);

	s->most = (uint64_t)most;
	for (unsigned i = 0; i < s->size->ndim; i++) {
		const struct chunking_axis *x = &s->size->axes[i];

		if (!x->is_free)
			continue;
		if (x->len != CHUNKING_GROWS)
			s->of[i] = divisors(a, x->len);
		else if (s->grower < 0)
			s->grower = (int)i;
		else
			s->of[i] = divisors(a, x->before);
	}
}

static bool is_small(const struct chunking_size *s)
{
	uint64_t bytes = s->item;

	for (unsigned i = 0; i < s->ndim; i++) {
		const struct chunking_axis *x = &s->axes[i];

		if (x->is_free && x->len == CHUNKING_GROWS)
			return false;
		if (!num_mul(bytes, x->is_free ? x->len : x->chunk, &bytes))
			return false;
	}
	return bytes <= s->bytes;
}

/* The proportion itself, step k of the longest axis; bytes of that, or false. */
static bool step(const struct chunking_size *s, uint64_t longest, uint64_t k)
{
	uint64_t bytes = s->item;

	for (unsigned i = 0; i < s->ndim; i++) {
		struct chunking_axis *x = &s->axes[i];

		if (x->is_free)
			x->chunk = num_max(1,
				num_min(x->len, x->aspect * k / longest));
		if (!num_mul(bytes, x->chunk, &bytes))
			return false;
	}
	return bytes <= s->bytes;
}

static bool scale_aspect(const struct chunking_size *s)
{
	uint64_t longest = 1, low = 1, high = INT32_MAX;

	for (unsigned i = 0; i < s->ndim; i++)
		if (s->axes[i].is_free)
			longest = num_max(longest, s->axes[i].aspect);
	while (low < high) {
		uint64_t mid = low + (high - low + 1) / 2;

		if (step(s, longest, mid))
			low = mid;
		else
			high = mid - 1;
	}
	return step(s, longest, low);
}

bool chunking_even(struct chunking_size *s)
{
	struct search job = { .size = s, .grower = -1 };
	struct arena a = ARENA_INIT;
	bool whole = is_small(s);

	if (!whole) {
		prepare(&a, &job);
		search(&job);
		arena_release(&a);
	}
	if (!whole && !job.found)
		return scale_aspect(s);
	for (unsigned i = 0; i < s->ndim; i++)
		if (s->axes[i].is_free)
			s->axes[i].chunk = whole ? s->axes[i].len : job.best[i];
	return true;
}
