/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All values of an input stand in one row, since places tell how many each file
 * has.
 */
#include "plan/plan_recall.h"

#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "plan/plan_values.h"

/* What is known of the pieces of an array, by input. */
struct sum {
	const char *meaning; /* NULL: there are none yet */
	const struct js *encoding;
	struct dtype dtype;
	uint64_t size; /* bytes */
	bool mixed;
};

static void add_up(struct sum *s, const struct plan_piece *p)
{
	if (s->meaning == NULL) {
		s->meaning = p->meaning;
		s->encoding = p->encoding;
		s->dtype = p->table.dtype;
	}
	s->mixed |= !p->recorded || !dtype_equal(s->dtype, p->table.dtype) ||
		!str_eq(s->meaning, p->meaning);
	s->size += p->table.inline_size;
}

/* Room for the values of each input, which is not filled yet. */
static void make_room(struct arena *a, size_t array, const struct sum *sums,
	struct plan_account *account)
{
	for (size_t i = 0; i < account->n; i++) {
		struct plan_entry *e = &account->entries[i];
		const struct sum *s = &sums[i];

		if (s->size == 0 || s->mixed)
			continue;
		if (e->recorded == NULL)
			e->recorded = ARENA_NEW(a, struct plan_recorded,
				account->narrays);
		e->recorded[array] = (struct plan_recorded){
			.any = true,
			.dtype = s->dtype,
			.encoding = s->encoding,
			.bytes = ARENA_NEW(a, uint8_t, s->size),
		};
	}
}

static void note_array(struct arena *a, const struct plan_all *all,
	size_t array, const bool *chosen, struct plan_account *account)
{
	const struct plan_collection *c = &all->of[array];
	struct arena scratch = ARENA_INIT, piece = ARENA_INIT;
	struct sum *sums = ARENA_NEW(&scratch, struct sum, account->n);

	for (int fill = 0; fill < 2; fill++) {
		for (size_t k = 0; k < c->n; k++) {
			size_t i = c->pieces[k].file->input;
			const struct plan_piece *p;
			struct plan_recorded *r;

			if (chosen != NULL && !chosen[i])
				continue;
			arena_reset(&piece);
			p = plan_unpack(&piece, &c->pieces[k]);
			if (fill == 0) {
				add_up(&sums[i], p);
				continue;
			}
			if (sums[i].mixed)
				continue;
			r = &account->entries[i].recorded[array];
			memcpy(r->bytes + r->len, p->table.inline_data,
				p->table.inline_size);
			r->len += p->table.inline_size;
		}
		if (fill == 0)
			make_room(a, array, sums, account);
	}
	arena_release(&piece);
	arena_release(&scratch);
}

void plan_recall_note(struct arena *a, const struct plan_all *all,
	const bool *chosen, struct plan_account *account)
{
	for (size_t i = 0; i < account->narrays; i++)
		if (plan_values_may(&all->target->arrays->at[i]))
			note_array(a, all, i, chosen, account);
}

/* Pieces being added: of one array, of one input. */
struct recall {
	struct plan *p;
	const struct array *array;
	struct plan_collection *to;
	size_t input;
	const struct plan_recorded *values;
	size_t at; /* bytes */
	const struct plan_form *form;
	uint64_t n; /* elements of that form */
};

static struct plan_file *new_file(const struct recall *r, uint64_t place)
{
	static const char text[] = "\"url\":\"\"";
	struct plan_file *f = ARENA_NEW(r->p->a, struct plan_file, 1);
	uint64_t at[PLACE_MAX_DIMS];
	unsigned k = (unsigned)r->array->concat[0];

	place_unpack(place, at);
	f->text = text;
	f->len = strlen(text);
	f->input = r->input;
	f->offset[k] = plan_axis_span(&r->p->axes[k], at[k]).offset;
	return f;
}

static uint64_t length_at(const struct recall *r, uint64_t place)
{
	uint64_t at[PLACE_MAX_DIMS];
	unsigned k = (unsigned)r->array->concat[0];

	place_unpack(place, at);
	return plan_axis_span(&r->p->axes[k], at[k]).len;
}

static void add_piece(struct recall *r, uint64_t place)
{
	struct plan_piece piece = { .place = place,
		.encoding = r->values->encoding };
	uint64_t n = length_at(r, place);
	struct plan_kept kept;

	piece.table.dtype = r->values->dtype;
	if (r->form == NULL || r->n != n) {
		plan_values_set(&r->p->record, &piece, r->values->bytes + r->at,
			n);
		r->form = plan_keep_form(&r->p->keeper, &piece);
		r->n = n;
	}
	piece.file = new_file(r, place);
	piece.table.has_refs = false;
	piece.table.inline_data = r->values->bytes + r->at;
	piece.table.inline_size = n * r->values->dtype.size;
	kept = plan_keep_as(&r->p->keeper, r->form, &piece);
	plan_collection_add(r->to, &kept);
	r->at += piece.table.inline_size;
}

/* Are the values those of the places, to the byte? */
static bool fits(const struct recall *r, const struct spread_part *part)
{
	uint64_t size = 0, bytes;

	for (size_t i = 0; i < part->nruns; i++)
		for (uint64_t k = part->runs[i].first; k <= part->runs[i].last;
			k++)
			if (length_at(r, k) == 0 ||
				!num_mul(length_at(r, k), r->values->dtype.size,
					&bytes) ||
				!num_add(size, bytes, &size) ||
				size > r->values->len)
				return false;
	return size == r->values->len;
}

bool plan_recall(struct plan *p, size_t array, size_t input,
	const struct plan_recorded *values, const struct spread *places)
{
	const struct spread_part *part = spread_part(places, "");
	struct recall r = { .p = p,
		.array = &p->target.arrays->at[array],
		.to = &p->of[array],
		.input = input,
		.values = values };

	if (part == NULL || !fits(&r, part))
		return false;
	for (size_t i = 0; i < part->nruns; i++)
		for (uint64_t k = part->runs[i].first; k <= part->runs[i].last;
			k++)
			add_piece(&r, k);
	arena_reset(&p->record);
	return true;
}
