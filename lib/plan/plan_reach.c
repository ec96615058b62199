/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pieces are found by place: along each dimension the positions of the files that
 * reach into the region are computed, so that a region costs what it draws on,
 * wherever it lies and however many pieces there are.
 */
#include "plan/plan_reach.h"

#include <string.h>

#include "base/num.h"
#include "plan/plan_values.h"

static const uint64_t small_bytes = (uint64_t)16 << 20;

void plan_collection_add(struct plan_collection *c,
	const struct plan_kept *piece)
{
	if (c->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 8;
		c->pieces = mem_resize(c->pieces, c->cap * sizeof(*c->pieces));
	}
	c->pieces[c->n++] = *piece;
}

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

void plan_reach(const struct plan_all *p, const struct array *t,
	struct plan_box *box, struct plan_reach *out)
{
	*out = (struct plan_reach){ .n = p->target->layout->nconcat,
		.places = 1 };
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

static bool next_place(struct plan_reach *r)
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
	const struct array *t, const struct plan_reach *r)
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

/* Pieces being listed. */
struct listing {
	struct arena *arena, scratch;
	const struct array *array;
	struct plan_pieces out;
	struct plan_joint joint;
};

static void list_piece(struct listing *l, const struct plan_piece *piece)
{
	const struct plan_piece *rest = new_rest(l->arena, l->array, piece);

	l->joint.piece = NULL;
	l->out.of[l->out.n++] = piece;
	if (rest != NULL)
		l->out.of[l->out.n++] = rest;
}

/* One whose values are in it is joined to that before it, if that can be. */
static bool list_values(struct listing *l, const struct plan_kept *kept)
{
	const struct plan_piece *piece = plan_unpack(&l->scratch, kept);
	bool recorded = piece->recorded;

	if (recorded && !plan_values_join(l->arena, &l->joint, l->array, piece))
		l->out.of[l->out.n++] =
			plan_values_begin(l->arena, &l->joint, piece);
	arena_reset(&l->scratch);
	return recorded;
}

struct plan_pieces plan_reach_pieces(struct arena *a, const struct plan_all *p,
	size_t array, struct plan_reach *r)
{
	const struct plan_collection *c = &p->of[array];
	struct listing l = { .arena = a,
		.scratch = ARENA_INIT,
		.array = &p->target->arrays->at[array] };
	const struct plan_piece *piece;
	size_t i = c->n;

	l.out.of = ARENA_NEW(a, const struct plan_piece *, 2 * r->places);
	do {
		uint64_t place = 0;

		if (!place_pack(r->n, r->at, &place))
			break;
		if (i == c->n || c->pieces[i].place != place)
			i = find_piece(c, place);
		piece = NULL;
		if (i < c->n && c->pieces[i].place == place) {
			if (list_values(&l, &c->pieces[i])) {
				i++;
				continue;
			}
			piece = plan_unpack(a, &c->pieces[i++]);
		}
		if (piece == NULL || is_empty_text(l.array, piece))
			piece = new_hole(a, p, l.array, r);
		list_piece(&l, piece);
	} while (next_place(r));
	arena_release(&l.scratch);
	return l.out;
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

void plan_reach_close(struct arena *a, const struct plan_all *p, size_t array,
	struct plan_reach *r, struct plan_pieces *out)
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

/* Is a region as wide as the array, and of so few bytes that nobody waits for it? */
static bool is_small(const struct array *t, const struct plan_box *box)
{
	uint64_t bytes = t->itemsize;

	for (unsigned i = 0; i < t->ndim; i++) {
		uint64_t len =
			num_min(box->steps[i], t->shape[i] - box->offset[i]);

		if (t->concat[i] < 0 && len < t->shape[i])
			return false;
		if (!num_mul(bytes, len, &bytes))
			return false;
	}
	return bytes <= small_bytes;
}

/* Does a region begin with the archive? */
static bool is_first(const struct array *t, const struct plan_box *box)
{
	for (unsigned i = 0; i < t->ndim; i++)
		if (t->concat[i] >= 0 && box->offset[i] > 0)
			return false;
	return true;
}

/* The last of the files of a region, by input; NULL if they are of more than so
 * many, or there are none. */
static const struct plan_file *last_of(const struct plan_pieces *from,
	size_t inputs)
{
	const struct plan_file *last = NULL, *f;
	size_t first = SIZE_MAX;

	for (size_t k = 0; k < from->n; k++) {
		f = from->of[k]->file;
		if (f == NULL)
			continue;
		if (f->input < first)
			first = f->input;
		if (last == NULL || f->input >= last->input)
			last = f;
	}
	return last != NULL && last->input - first < inputs ? last : NULL;
}

const struct plan_file *plan_reach_owner(const struct plan_all *p, size_t i,
	const struct plan_pieces *from, const struct plan_box *box,
	uint64_t place)
{
	const struct plan_collection *c = &p->of[i];
	const struct arrays *arrays = p->target->arrays;
	const struct array *t = &arrays->at[i];
	double part = (double)i + across(t, box->offset);
	size_t turn = (size_t)(part * (double)from->n / (double)arrays->n), k;
	const struct plan_file *last = NULL;

	if (from->n > 0 && from->of[from->n - 1]->recorded)
		return from->of[from->n - 1]->file;
	if (is_small(t, box))
		last = last_of(from, SIZE_MAX);
	else if (!is_first(t, box))
		last = last_of(from, 2);
	if (last != NULL)
		return last;
	for (k = 0; k < from->n; k++)
		if (from->of[(turn + k) % from->n]->file != NULL)
			return from->of[(turn + k) % from->n]->file;
	k = find_piece(c, place);
	return c->pieces[k > 0 ? k - 1 : 0].file;
}
