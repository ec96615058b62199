/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places in a row along the last dimension are looked at together, so that a region
 * of many files costs little more than one of few.
 */
#include "plan/plan_fresh.h"

#include <string.h>

#include "base/num.h"

void plan_moves(const struct layout_concat *x, const struct layout_concat *y,
	struct plan_moved *out)
{
	struct length_run a = { 0, 0 }, b = { 0, 0 };
	size_t i = 0, j = 0;

	*out = (struct plan_moved){ 0 };
	for (;;) {
		uint64_t n;

		while (a.count == 0 && i < x->nlengths)
			a = x->lengths[i++];
		while (b.count == 0 && j < y->nlengths)
			b = y->lengths[j++];
		n = num_min(a.count, b.count);
		if (n == 0 || a.len != b.len)
			break;
		out->until += n * a.len;
		a.count -= n;
		b.count -= n;
	}
	out->any = a.count > 0 || b.count > 0;
}

/* Has a set a place from first to last? */
static bool has_some(const struct spread *s, struct run run)
{
	const struct spread_part *p = spread_part(s, "");
	size_t low = 0, high = p ? p->nruns : 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->runs[mid].last < run.first)
			low = mid + 1;
		else
			high = mid;
	}
	return p != NULL && low < p->nruns && p->runs[low].first <= run.last;
}

/* The places in a row that a reach is at, and the next row. */
static struct run row_of(const struct plan_reach *r)
{
	uint64_t at[PLACE_MAX_DIMS];
	struct run run = { 0, 0 };

	memcpy(at, r->at, sizeof(at));
	if (!place_pack(r->n, at, &run.first))
		return run;
	if (r->n > 0)
		at[r->n - 1] = r->last[r->n - 1];
	if (!place_pack(r->n, at, &run.last))
		run.last = run.first;
	return run;
}

static bool next_row(struct plan_reach *r)
{
	for (unsigned i = r->n > 0 ? r->n - 1 : 0; i-- > 0;) {
		if (r->at[i]++ < r->last[i])
			return true;
		r->at[i] = r->first[i];
	}
	return false;
}

/* Does a region go with a file that is not in its reach, or may it? */
static bool is_far(const struct array *t, bool some)
{
	return !some || t->ndim < t->var->ndim;
}

bool plan_is_fresh(const struct plan_fresh *x, size_t i, uint64_t n)
{
	const struct array *t = &x->all->target->arrays->at[i];
	struct plan_box box = plan_grid_box(t, &x->all->grids[i], n);
	struct plan_reach reach;
	bool some = false;
	uint64_t end;

	for (unsigned k = 0; k < t->ndim; k++)
		if (t->concat[k] >= 0 && x->moved[t->concat[k]].any &&
			(!num_add(box.offset[k], box.steps[k], &end) ||
				end > x->moved[t->concat[k]].until))
			return true;
	plan_reach(x->all, t, &box, &reach);
	do {
		if (has_some(&x->dirty[i], row_of(&reach)))
			return true;
		some |= has_some(&x->places[i], row_of(&reach));
	} while (next_row(&reach));
	return x->any && is_far(t, some);
}

void plan_fresh_wants(const struct plan_fresh *x, struct arena *a, size_t i,
	uint64_t n)
{
	const struct array *t = &x->all->target->arrays->at[i];
	struct plan_box box = plan_grid_box(t, &x->all->grids[i], n);
	const struct spread_part *p = spread_part(&x->places[i], "");
	struct plan_reach reach;
	uint64_t begin, near;
	bool some = false;

	plan_reach(x->all, t, &box, &reach);
	begin = row_of(&reach).first;
	do {
		spread_add(a, &x->wanted[i], "", row_of(&reach));
		some |= has_some(&x->places[i], row_of(&reach));
	} while (next_row(&reach));
	if (!is_far(t, some) || p == NULL)
		return;
	near = p->runs[0].first;
	for (size_t k = 0; k < p->nruns && p->runs[k].first < begin; k++)
		near = num_min(p->runs[k].last, begin - 1);
	spread_add(a, &x->wanted[i], "", (struct run){ near, near });
}
