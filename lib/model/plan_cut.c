/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an array to its regions and the pieces of each.  Pieces are found by
 * place: along each dimension the positions of the files that reach into the
 * region are computed, so that a region costs what it draws on, wherever it
 * lies and however many pieces there are.
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

/* The first piece at or after a place. */
static size_t find_piece(const struct plan_collection *c, uint64_t place)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->pieces[mid].place < place)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Positions along the concat dimensions whose files reach into a region; 0 to 0
 * along those that the array has not. */
struct reach {
	unsigned n;
	uint64_t first[PLACE_MAX_DIMS], last[PLACE_MAX_DIMS];
	uint64_t at[PLACE_MAX_DIMS];
	uint64_t places;
};

static void find_reach(const struct plan_all *p, const struct array *t,
	struct plan_box *box, struct reach *out)
{
	*out = (struct reach){ .n = p->target->layout->nconcat, .places = 1 };
	for (unsigned i = 0; i < t->ndim; i++) {
		int k = t->concat[i];
		uint64_t high =
			num_min(box->offset[i] + box->steps[i], t->shape[i]);
		struct plan_span span;

		if (k < 0)
			continue;
		out->first[k] = plan_axis_position(&p->axes[k], box->offset[i]);
		out->last[k] = plan_axis_position(&p->axes[k], high - 1);
		out->places *= out->last[k] - out->first[k] + 1;
		span = plan_axis_span(&p->axes[k], out->last[k]);
		box->end[i] = span.offset + span.len;
	}
	memcpy(out->at, out->first, sizeof(out->at));
}

static bool next_place(struct reach *r)
{
	for (unsigned i = r->n; i-- > 0;) {
		if (r->at[i]++ < r->last[i])
			return true;
		r->at[i] = r->first[i];
	}
	return false;
}

/* A piece without a file, for a place of which the layout says that it is to be
 * filled. */
static struct plan_piece *new_hole(struct arena *a, const struct plan_all *p,
	const struct array *t, const struct reach *r)
{
	struct plan_piece *hole = ARENA_NEW(a, struct plan_piece, 1);
	uint64_t *shape = ARENA_NEW(a, uint64_t, t->ndim);

	for (unsigned i = 0; i < t->ndim; i++) {
		int k = t->concat[i];
		struct plan_span span = { 0, t->shape[i] };

		if (k >= 0) {
			span = plan_axis_span(&p->axes[k], r->at[k]);
			hole->offset[k] = span.offset;
		}
		shape[i] = span.len;
	}
	hole->table.ndim = t->ndim;
	hole->table.shape = hole->table.chunk_shape = shape;
	return hole;
}

/* NULs behind text that is narrower than the array's: chunks that the file does
 * not have.  NULL if it is not, or if texts become strings, which have no
 * width. */
static struct plan_piece *new_rest(struct arena *a, const struct array *t,
	const struct plan_piece *p)
{
	unsigned last = t->ndim - 1;
	uint64_t *shape;
	struct plan_piece *rest;

	if (t->cell.kind != DTYPE_CHAR || t->ndim == 0 ||
		t->ndim != p->table.ndim || t->concat[last] >= 0 ||
		p->table.shape[last] == t->shape[last])
		return NULL;
	rest = ARENA_NEW(a, struct plan_piece, 1);
	*rest = *p;
	shape = arena_memdup(a, p->table.shape, t->ndim * sizeof(*shape));
	shape[last] = t->shape[last] - p->table.shape[last];
	rest->type = NULL;
	rest->behind = p->table.shape[last];
	rest->table = (struct chunk_table){
		.ndim = t->ndim,
		.shape = shape,
		.dtype = p->table.dtype,
		.chunk_shape = shape,
		.codecs = js_new_list(a),
		.has_refs = true,
		.refs = { .n = 1,
			.offset = ARENA_NEW(a, uint64_t, 1),
			.length = ARENA_NEW(a, uint64_t, 1) },
	};
	rest->table.refs.offset[0] = REFS_ABSENT;
	return rest;
}

/* Text of no width has no bytes that could be read. */
static bool is_empty_text(const struct array *t, const struct plan_piece *p)
{
	return t->ndim < p->table.ndim && p->table.shape[t->ndim] == 0;
}

/* The pieces that reach into a region, in order of place. */
static struct plan_pieces find_pieces(struct arena *a, const struct plan_all *p,
	size_t array, struct reach *r)
{
	const struct array *t = &p->target->arrays->at[array];
	const struct plan_collection *c = &p->of[array];
	struct plan_pieces out = {
		.of = ARENA_NEW(a, const struct plan_piece *, 2 * r->places),
	};
	const struct plan_piece *piece, *rest;
	size_t i = c->n;

	do {
		uint64_t place = 0;

		if (!place_pack(r->n, r->at, &place))
			break;
		if (i == c->n || c->pieces[i].place != place)
			i = find_piece(c, place);
		piece = i < c->n && c->pieces[i].place == place ?
			plan_unpack(a, &c->pieces[i++]) :
			NULL;
		if (piece == NULL || is_empty_text(t, piece))
			piece = new_hole(a, p, t, r);
		out.of[out.n++] = piece;
		rest = new_rest(a, t, piece);
		if (rest != NULL)
			out.of[out.n++] = rest;
	} while (next_place(r));
	return out;
}

static void add_close(struct arena *a, struct plan_pieces *out,
	const struct plan_piece *piece)
{
	const struct plan_piece **old = out->close;
	size_t n = out->nclose;

	if ((n & (n - 1)) == 0) { /* room for as many as there are */
		out->close =
			ARENA_NEW(a, const struct plan_piece *, n ? 2 * n : 1);
		if (n > 0)
			memcpy(out->close, old, n * sizeof(*old));
	}
	out->close[out->nclose++] = piece;
}

/* What the pieces of a region are compared with. */
static void find_close(struct arena *a, const struct plan_all *p, size_t array,
	struct reach *r, struct plan_pieces *out)
{
	const struct array *t = &p->target->arrays->at[array];
	const struct plan_collection *c = &p->close[array];

	out->store = p->stores[array];
	if (c->n == 0)
		return;
	do {
		uint64_t place = 0;

		if (!place_pack(r->n, r->at, &place))
			break;
		for (size_t k = find_piece(c, place);
			k < c->n && c->pieces[k].place == place; k++) {
			const struct plan_piece *piece =
				plan_unpack(a, &c->pieces[k]);
			const struct plan_piece *rest = new_rest(a, t, piece);

			add_close(a, out, piece);
			if (rest != NULL)
				add_close(a, out, rest);
		}
	} while (next_place(r));
}

/* How far across the array a region begins, of 1. */
static double across(const struct array *t, const uint64_t *offset)
{
	double at = 0, all = 1;

	for (unsigned i = 0; i < t->ndim; i++) {
		uint64_t chunk = offset[i] / t->chunk_shape[i];

		if (t->concat[i] >= 0)
			continue;
		at = at * (double)array_axis_chunks(t, i) + (double)chunk;
		all *= (double)array_axis_chunks(t, i);
	}
	return at / all;
}

/* The file that a region of array i goes with: arrays, and the regions across one,
 * take turns along the files that reach into it, so that those of one stretch are
 * not all one task.  If there is none, the last before it, or else the first
 * after it. */
static const struct plan_file *owner(const struct plan_all *p, size_t i,
	const struct plan_pieces *from, const struct plan_box *box,
	uint64_t place)
{
	const struct plan_collection *c = &p->of[i];
	const struct arrays *arrays = p->target->arrays;
	double part = (double)i + across(&arrays->at[i], box->offset);
	size_t turn = (size_t)(part * (double)from->n / (double)arrays->n), k;

	for (k = 0; k < from->n; k++)
		if (from->of[(turn + k) % from->n]->file != NULL)
			return from->of[(turn + k) % from->n]->file;
	k = find_piece(c, place);
	return c->pieces[k > 0 ? k - 1 : 0].file;
}

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
	struct reach reach;
	struct footprint f;
	int r;

	find_reach(p, t, &box, &reach);
	if (reach.places > MAX_PIECES || !place_pack(reach.n, reach.at, &place))
		return err_set(err, ERR_DATA,
			"a region of variable '%.200s' would draw on %llu "
			"files; make its chunks smaller",
			t->name, (unsigned long long)reach.places);
	from = find_pieces(&a, p, c->array, &reach);
	find_close(&a, p, c->array, &reach, &from);
	if (memory > 0) {
		f = plan_region_footprint(t, &box, &from);
		if (footprint_total(&f) > memory) {
			arena_release(&a);
			return cut_large(c, &box, &f, err);
		}
	}
	r = c->take(c->state, c,
		&(struct found){ &box, &from,
			owner(p, c->array, &from, &box, place)->input },
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
	const struct turn turn = { (uint32_t)region->input,
		(uint32_t)c->array, c->number };

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
