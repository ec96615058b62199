/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A number is all that need be kept of a region, however many there are.
 */
#include "plan/plan_grid.h"

#include <string.h>

#include "base/num.h"
#include "plan/plan_steps.h"

/* Of a region for which nobody says how much memory there is. */
static const uint64_t default_bytes = (uint64_t)512 << 20;

/* How the first file that there is holds the array, and the bytes of a region:
 * what is left of the memory when one chunk is written. */
static struct plan_means find_means(struct arena *a, const struct plan_all *p,
	size_t i)
{
	const struct array *t = &p->target->arrays->at[i];
	const struct plan_collection *c = &p->of[i];
	const struct plan_piece *first =
		c->n > 0 ? plan_unpack(a, &c->pieces[0]) : NULL;
	struct plan_pieces from = { .n = c->n > 0, .of = &first };
	struct plan_means means = { NULL, default_bytes };
	struct plan_box box = { .offset = { 0 } };
	struct footprint f;
	uint64_t used;

	if (first != NULL)
		means.source = &first->table;
	if (p->target->memory == 0)
		return means;
	memcpy(box.steps, t->chunk_shape, t->ndim * sizeof(*box.steps));
	f = plan_region_footprint(t, &box, &from);
	used = footprint_total(&f) - f.part[FOOTPRINT_REGION];
	means.most = p->target->memory > used ? p->target->memory - used : 0;
	return means;
}

struct plan_grid plan_grid_of(const struct plan_all *p, size_t i)
{
	const struct array *t = &p->target->arrays->at[i];
	uint64_t steps[DATASET_MAX_NDIM];
	struct arena a = ARENA_INIT;
	struct plan_means means;

	if (array_chunks(t) == 0)
		return (struct plan_grid){ .count = 0 };
	means = find_means(&a, p, i);
	plan_steps(t, &means, steps);
	arena_release(&a);
	return plan_grid_with(t, steps);
}

struct plan_grid plan_grid_with(const struct array *t, const uint64_t *steps)
{
	struct plan_grid g = { .count = 0 };

	if (array_chunks(t) == 0)
		return g;
	g.count = 1;
	for (unsigned i = 0; i < t->ndim; i++) {
		g.steps[i] = steps[i];
		g.count *= num_ceil_div(t->shape[i], steps[i]);
	}
	return g;
}

struct plan_box plan_grid_box(const struct array *t, const struct plan_grid *g,
	uint64_t n)
{
	struct plan_box box = { .offset = { 0 } };

	for (unsigned i = t->ndim; i-- > 0;) {
		uint64_t count = num_ceil_div(t->shape[i], g->steps[i]);

		box.steps[i] = g->steps[i];
		box.offset[i] = n % count * g->steps[i];
		n /= count;
	}
	return box;
}

uint64_t plan_grid_number(const struct array *t, const struct plan_grid *g,
	const uint64_t *offset)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < t->ndim; i++)
		n = n * num_ceil_div(t->shape[i], g->steps[i]) +
			offset[i] / g->steps[i];
	return n;
}
