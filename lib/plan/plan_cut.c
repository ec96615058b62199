/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To hand over regions by the file they go with, each is cut twice: once to know
 * with which, and once to write it.  Keeping what was written first was refused, as
 * that is more than there is memory, and to put it aside costs more than to cut
 * again.
 */
#include "plan/plan_cut.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "plan/plan_grid.h"

/* A region that draws on more files than this is no task. */
enum { MAX_PIECES = 1 << 24 };

/* A region, and the number of the input file that it goes with. */
struct found {
	const struct plan_box *box;
	const struct plan_pieces *from;
	size_t input;
};

/* An array that is being cut, the number of the region in hand, and what is to be
 * done with each. */
struct cutting {
	const struct plan_all *all;
	size_t array;
	uint64_t number;
	int (*take)(void *state, const struct cutting *c,
		const struct found *region, struct err *err);
	void *state;
};

static int refuse_size(const struct cutting *c, struct arena *a,
	const struct footprint *f, struct err *err)
{
	const struct array *t = &c->all->target->arrays->at[c->array];

	return err_set(err, ERR_DATA,
		"variable '%.200s': one chunk needs %.1f MB (%s), and "
		"'run.memory' is %.1f MB: set it to that, or smaller "
		"'target.chunks'",
		t->name, (double)footprint_total(f) / 1e6, footprint_text(a, f),
		(double)c->all->target->memory / 1e6);
}

/* Halve a box along the axis with most chunks; false if it is one chunk. */
static bool halve(const struct array *t, struct plan_box *box,
	struct plan_box *rest)
{
	unsigned axis = 0;
	uint64_t most = 1, half;

	for (unsigned i = 0; i < t->ndim; i++) {
		uint64_t left = t->shape[i] - box->offset[i];
		uint64_t chunks = num_ceil_div(num_min(box->steps[i], left),
			t->chunk_shape[i]);

		if (chunks > most) {
			most = chunks;
			axis = i;
		}
	}
	if (most == 1)
		return false;
	*rest = *box;
	half = num_ceil_div(most, 2) * t->chunk_shape[axis];
	box->steps[axis] = half;
	rest->offset[axis] += half;
	rest->steps[axis] -= half;
	return true;
}

static int cut_region(const struct cutting *c, struct plan_box box,
	struct err *err);

/* Less than the memory it may have, or in halves. */
static int cut_large(const struct cutting *c, const struct plan_box *box,
	const struct footprint *f, struct err *err)
{
	const struct array *t = &c->all->target->arrays->at[c->array];
	struct plan_box first = *box, rest;
	struct arena a = ARENA_INIT;
	int r = -1;

	if (!halve(t, &first, &rest))
		refuse_size(c, &a, f, err);
	else if (cut_region(c, first, err) == 0)
		r = cut_region(c, rest, err);
	arena_release(&a);
	return r;
}

static int cut_region(const struct cutting *c, struct plan_box box,
	struct err *err)
{
	const struct plan_all *p = c->all;
	const struct array *t = &p->target->arrays->at[c->array];
	uint64_t place = 0, memory = p->target->memory;
	struct arena a = ARENA_INIT;
	struct plan_pieces from;
	struct plan_reach reach;
	struct footprint f;
	int r;

	plan_reach(p, t, &box, &reach);
	if (reach.places > MAX_PIECES || !place_pack(reach.n, reach.at, &place))
		return err_set(err, ERR_DATA,
			"a region of variable '%.200s' would draw on %llu "
			"files; make its chunks smaller",
			t->name, (unsigned long long)reach.places);
	from = plan_reach_pieces(&a, p, c->array, &reach);
	plan_reach_close(&a, p, c->array, &reach, &from);
	if (memory > 0) {
		f = plan_region_footprint(t, &box, &from);
		if (footprint_total(&f) > memory) {
			arena_release(&a);
			return cut_large(c, &box, &f, err);
		}
	}
	r = c->take(c->state, c,
		&(struct found){ &box, &from,
			plan_reach_owner(p, c->array, &from, &box, place)
				->input },
		err);
	arena_release(&a);
	return r;
}

/* Cut the region in hand. */
static int cut_one(const struct cutting *c, struct err *err)
{
	return cut_region(c,
		plan_grid_box(&c->all->target->arrays->at[c->array],
			&c->all->grids[c->array], c->number),
		err);
}

/* Whom regions are handed to, and of which input file. */
struct putting {
	const struct plan_sink *sink;
	struct buf line;
	size_t only; /* SIZE_MAX: all */
};

static int put_region(void *state, const struct cutting *c,
	const struct found *region, struct err *err)
{
	struct putting *p = state;

	if (p->only != SIZE_MAX && p->only != region->input)
		return 0;
	buf_reset(&p->line);
	plan_record(&p->line, &c->all->frames[c->array], region->box,
		region->from);
	buf_addc(&p->line, '\n');
	return p->sink->put(p->sink->state, region->input, &p->line, err);
}

/* Cut all regions of array i, or those that are chosen. */
static int cut_array(struct cutting *c, size_t i,
	const struct plan_choice *choice, struct err *err)
{
	uint64_t n = choice ? choice[i].n : c->all->grids[i].count;
	int r = 0;

	c->array = i;
	for (uint64_t k = 0; k < n && r == 0; k++) {
		c->number = choice ? choice[i].at[k] : k;
		r = cut_one(c, err);
	}
	return r;
}

int plan_cut_arrays(const struct plan_all *p, const struct plan_sink *sink,
	struct err *err)
{
	struct putting to = { .sink = sink, .only = SIZE_MAX };
	struct cutting c = { .all = p, .take = put_region, .state = &to };
	int r = 0;

	for (size_t i = 0; i < p->target->arrays->n && r == 0; i++)
		r = cut_array(&c, i, NULL, err);
	buf_release(&to.line);
	return r;
}

/* Which region goes with which input. */
struct turn {
	uint32_t input, array;
	uint64_t number;
};

struct turns {
	size_t n, cap;
	struct turn *at;
	struct plan_draws *draws;
};

/* That a region which goes with an input draws on others. */
static void note_draws(struct plan_draws *d, const struct cutting *c,
	const struct found *region)
{
	const struct array *t = &c->all->target->arrays->at[c->array];
	const struct plan_pieces *from = region->from;
	struct plan_box box =
		plan_grid_box(t, &c->all->grids[c->array], c->number);

	plan_draws_add(d, region->input);
	for (size_t i = 0; i < from->n; i++)
		if (from->of[i]->file != NULL) {
			plan_draws_add(d, from->of[i]->inputs.first);
			plan_draws_add(d, from->of[i]->inputs.last);
		} else {
			d->open = true;
		}
	for (size_t i = 0; i < from->nclose; i++)
		plan_draws_add(d, from->close[i]->file->input);
	d->open |= t->ndim < t->var->ndim;
	for (unsigned i = 0; i < t->ndim; i++)
		if (t->concat[i] >= 0)
			d->ends[t->concat[i]] = num_max(d->ends[t->concat[i]],
				box.offset[i] + box.steps[i]);
}

static int note_region(void *state, const struct cutting *c,
	const struct found *region, struct err *err)
{
	struct turns *t = state;
	const struct turn turn = { (uint32_t)region->input, (uint32_t)c->array,
		c->number };

	(void)err;
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->at = mem_resize(t->at, t->cap * sizeof(*t->at));
	}
	t->at[t->n++] = turn;
	if (t->draws != NULL)
		note_draws(&t->draws[region->input], c, region);
	return 0;
}

static int by_input(const void *x, const void *y)
{
	const struct turn *a = x, *b = y;

	if (a->input != b->input)
		return a->input < b->input ? -1 : 1;
	if (a->array != b->array)
		return a->array < b->array ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

/* What goes with one input after the other, each region once: one that was cut in
 * parts is noted more than once. */
static int put_turns(const struct plan_all *p, const struct turns *t,
	const struct plan_sink *sink, struct err *err)
{
	struct putting to = { .sink = sink };
	struct cutting c = { .all = p, .take = put_region, .state = &to };
	int r = 0;

	for (size_t i = 0; i < t->n && r == 0; i++) {
		if (i > 0 && by_input(&t->at[i - 1], &t->at[i]) == 0)
			continue;
		c.array = t->at[i].array;
		c.number = t->at[i].number;
		to.only = t->at[i].input;
		r = cut_one(&c, err);
	}
	buf_release(&to.line);
	return r;
}

int plan_cut_inputs(const struct plan_all *p, const struct plan_choice *choice,
	struct plan_draws *draws, const struct plan_sink *sink, struct err *err)
{
	struct turns turns = { .draws = draws };
	struct cutting c = { .all = p, .take = note_region, .state = &turns };
	int r = 0;

	for (size_t i = 0; i < p->target->arrays->n && r == 0; i++)
		r = cut_array(&c, i, choice, err);
	if (turns.n > 0)
		qsort(turns.at, turns.n, sizeof(*turns.at), by_input);
	if (r == 0)
		r = put_turns(p, &turns, sink, err);
	mem_free(turns.at);
	return r;
}
