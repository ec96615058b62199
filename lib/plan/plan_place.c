/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Halving among runs of equal lengths, of which a tidy archive has one: a table
 * of all offsets would be as long as the list of files.
 */
#include "plan/plan_place.h"

struct plan_axis *plan_axes(struct arena *a, const struct layout *l)
{
	struct plan_axis *all = ARENA_NEW(a, struct plan_axis, l->nconcat);

	for (unsigned k = 0; k < l->nconcat; k++) {
		const struct layout_concat *c = &l->concat[k];
		uint64_t position = 0, offset = 0;

		all[k].concat = c;
		all[k].begin = ARENA_NEW(a, uint64_t, c->nlengths);
		all[k].offset = ARENA_NEW(a, uint64_t, c->nlengths);
		for (size_t i = 0; i < c->nlengths; i++) {
			all[k].begin[i] = position;
			all[k].offset[i] = offset;
			position += c->lengths[i].count;
			offset += c->lengths[i].count * c->lengths[i].len;
		}
	}
	return all;
}

/* The last of n ascending numbers that is not above x; the first is not. */
static size_t last_begun(const uint64_t *v, size_t n, uint64_t x)
{
	size_t low = 0, high = n;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (v[mid] <= x)
			low = mid;
		else
			high = mid;
	}
	return low;
}

struct plan_span plan_axis_span(const struct plan_axis *x, uint64_t position)
{
	size_t i = last_begun(x->begin, x->concat->nlengths, position);
	uint64_t len = x->concat->lengths[i].len;

	return (struct plan_span){
		x->offset[i] + (position - x->begin[i]) * len, len
	};
}

uint64_t plan_axis_position(const struct plan_axis *x, uint64_t element)
{
	/* Runs of no length begin where the next one does, which is taken. */
	size_t i = last_begun(x->offset, x->concat->nlengths, element);

	return x->begin[i] +
		(element - x->offset[i]) / x->concat->lengths[i].len;
}
