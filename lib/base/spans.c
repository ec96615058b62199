/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sorted list and a binary search.  Most stretches are added behind the last
 * one, which moves nothing; a tree was refused for what is never many.
 */
#include "base/spans.h"

#include <string.h>

#include "base/mem.h"
#include "base/num.h"

/* The first stretch that ends at or behind the place. */
static size_t find(const struct spans *s, uint64_t place)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->at[mid].end < place)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Stretches first to last (without) become one. */
static void replace(struct spans *s, size_t first, size_t last,
	struct span_range r)
{
	if (first == last && s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 16;
		s->at = mem_resize(s->at, s->cap * sizeof(*s->at));
	}
	if (last != first + 1 && last != s->n)
		memmove(s->at + first + 1, s->at + last,
			(s->n - last) * sizeof(*s->at));
	s->n = s->n + 1 - (last - first);
	s->at[first] = r;
}

void spans_add(struct spans *s, struct span_range r, uint64_t gap)
{
	size_t first, last;

	if (r.start >= r.end)
		return;
	first = find(s, r.start > gap ? r.start - gap : 0);
	for (last = first; last < s->n; last++) {
		const struct span_range *x = &s->at[last];

		if (x->start > r.end && x->start - r.end > gap)
			break;
		r.start = num_min(r.start, x->start);
		r.end = num_max(r.end, x->end);
	}
	replace(s, first, last, r);
}

bool spans_has(const struct spans *s, struct span_range r)
{
	size_t i = find(s, r.end);

	return r.start >= r.end || (i < s->n && s->at[i].start <= r.start);
}

void spans_missing(const struct spans *s, struct span_range r,
	struct spans *out)
{
	for (size_t i = find(s, r.start); i < s->n && r.start < r.end; i++) {
		const struct span_range *x = &s->at[i];

		if (x->start >= r.end)
			break;
		if (x->start > r.start)
			spans_add(out, (struct span_range){ r.start, x->start },
				0);
		r.start = num_max(r.start, x->end);
	}
	spans_add(out, r, 0);
}

uint64_t spans_size(const struct spans *s)
{
	uint64_t size = 0;

	for (size_t i = 0; i < s->n; i++)
		size += s->at[i].end - s->at[i].start;
	return size;
}

void spans_reset(struct spans *s)
{
	s->n = 0;
}

void spans_release(struct spans *s)
{
	mem_free(s->at);
	*s = (struct spans)SPANS_INIT;
}
