/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To hand over regions by the file they go with, each is cut twice: once to know
 * with which, and once to write it.  Keeping what was written first was refused, as
 * that is more than there is memory, and to put it aside costs more than to cut
 * again.
 */
#include "model/plan_cut.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "model/plan_steps.h"

/* A region that draws on more files than this is no task. */
enum { MAX_PIECES = 1 << 24 };

/* Of a region for which nobody says how much memory there is. */
static const uint64_t default_bytes = (uint64_t)512 << 20;

/* A region, and the number of the input file that it goes with. */
struct found {
	const struct plan_box *box;
	const struct plan_pieces *from;
	size_t input;
};

/* An array that is being cut: the size of its regions, the number of the one in
 * hand, and what is to be done with each. */
struct cutting {
	const struct plan_all *all;
	size_t array;
	uint64_t steps[DATASET_MAX_NDIM];
	uint64_t number, count;
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

/* Begin to cut array i. */
static void begin(struct cutting *c, size_t i)
{
	const struct array *t = &c->all->target->arrays->at[i];
	struct arena a = ARENA_INIT;
	struct plan_means means;

	c->array = i;
	c->number = c->count = 0;
	if (array_chunks(t) == 0)
		return;
	means = find_means(&a, c->all, i);
	plan_steps(t, &means, c->steps);
	arena_release(&a);
	c->count = 1;
	for (unsigned k = 0; k < t->ndim; k++)
		c->count *= num_ceil_div(t->shape[k], c->steps[k]);
}

/* Cut the region in hand: last axis first. */
static int cut_one(const struct cutting *c, struct err *err)
{
	const struct array *t = &c->all->target->arrays->at[c->array];
	struct plan_box box = { .offset = { 0 } };
	uint64_t number = c->number;

	memcpy(box.steps, c->steps, t->ndim * sizeof(*box.steps));
	for (unsigned i = t->ndim; i-- > 0;) {
		uint64_t n = num_ceil_div(t->shape[i], c->steps[i]);

		box.offset[i] = number % n * c->steps[i];
		number /= n;
	}
	return cut_region(c, box, err);
}

static int cut_all(struct cutting *c, size_t i, struct err *err)
{
	int r = 0;

	for (begin(c, i); c->number < c->count && r == 0; c->number++)
		r = cut_one(c, err);
	return r;
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

int plan_cut_arrays(const struct plan_all *p, const struct plan_sink *sink,
	struct err *err)
{
	struct putting to = { .sink = sink, .only = SIZE_MAX };
	struct cutting c = { .all = p, .take = put_region, .state = &to };
	int r = 0;

	for (size_t i = 0; i < p->target->arrays->n && r == 0; i++)
		r = cut_all(&c, i, err);
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
};

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
static int put_turns(const struct turns *t, struct cutting *of,
	struct putting *to, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < t->n && r == 0; i++) {
		struct cutting *c = &of[t->at[i].array];

		if (i > 0 && by_input(&t->at[i - 1], &t->at[i]) == 0)
			continue;
		c->number = t->at[i].number;
		c->take = put_region;
		c->state = to;
		to->only = t->at[i].input;
		r = cut_one(c, err);
	}
	return r;
}

int plan_cut_inputs(const struct plan_all *p, const struct plan_sink *sink,
	struct err *err)
{
	size_t n = p->target->arrays->n;
	struct putting to = { .sink = sink };
	struct arena a = ARENA_INIT;
	struct turns turns = { 0 };
	struct cutting *of = ARENA_NEW(&a, struct cutting, n);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		of[i] = (struct cutting){ .all = p,
			.take = note_region,
			.state = &turns };
		r = cut_all(&of[i], i, err);
	}
	if (turns.n > 0)
		qsort(turns.at, turns.n, sizeof(*turns.at), by_input);
	if (r == 0)
		r = put_turns(&turns, of, &to, err);
	mem_free(turns.at);
	buf_release(&to.line);
	arena_release(&a);
	return r;
}
