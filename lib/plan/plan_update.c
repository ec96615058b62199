/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is new is said by places: those of the records of inputs that have changed,
 * as they were and as they are, and those that an array is now taken from, or not
 * any more.  A region is cut again if one of them is in its reach, or if it ends
 * beyond the first file that begins elsewhere.  All else follows from records that
 * nobody has touched.
 *
 * To ask the file system what has become of each region was refused: it is the one
 * thing that is never as it was.
 */
#include "plan/plan_update.h"

#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "base/xxh.h"
#include "plan/plan_digest.h"
#include "plan/plan_fresh.h"
#include "plan/plan_merge.h"
#include "plan/plan_recall.h"
#include "plan/plan_state.h"

struct plan_update {
	struct plan *p;
	struct arena *a;
	const struct plan_account *old;
	struct plan_account *now;
	bool *changed; /* of inputs: they are not what they were, or new */
	bool *needed;
	bool *dirty; /* of inputs: some place of theirs is */
	struct plan_all all;
	struct plan_grid *grids;
	struct plan_fresh fresh;
	struct plan_choice *choice; /* of each array */
	struct plan_draws *draws;   /* of what is cut again */
};

/* All of an account but for its entries, and the grids. */
static void begin_account(struct plan *p, const struct plan_all *all,
	struct plan_account *out)
{
	const struct layout *l = p->target.layout;
	char digest[XXH_HEX];

	plan_digest(all, digest);
	out->digest = arena_strdup(p->a, digest);
	out->nconcat = l->nconcat;
	out->concat = l->concat;
	out->narrays = p->target.arrays->n;
	out->arrays = ARENA_NEW(p->a, struct plan_drawn, out->narrays);
	for (size_t i = 0; i < out->narrays; i++) {
		const struct array *t = &p->target.arrays->at[i];

		out->arrays[i] = (struct plan_drawn){ .from = t->var->from,
			.close = t->var->close,
			.ndim = t->ndim };
	}
}

static void note_grids(const struct plan_all *all, struct plan_account *out)
{
	for (size_t i = 0; i < out->narrays; i++)
		out->arrays[i].steps = all->grids[i].steps;
}

void plan_update_account(struct plan *p, const struct plan_all *all,
	const struct plan_draws *draws, struct plan_account *account)
{
	begin_account(p, all, account);
	note_grids(all, account);
	/* A plan that is odd is not one to go on from. */
	if (p->repeats)
		account->digest = "";
	for (size_t i = 0; i < account->n; i++) {
		account->entries[i].draws = draws[i];
		if (i < p->ninputs)
			account->entries[i].keys = p->keys[i];
	}
	plan_recall_note(p->a, all, NULL, account);
}

static bool is_comparable(const struct plan_update *u)
{
	const struct plan_account *old = u->old, *now = u->now;

	if (!str_eq(old->digest, now->digest) || old->n > now->n ||
		old->nconcat != now->nconcat || old->narrays != now->narrays)
		return false;
	for (size_t i = 0; i < old->n; i++)
		if (!str_eq(old->entries[i].name, now->entries[i].name))
			return false;
	for (size_t i = 0; i < now->narrays; i++)
		if (old->arrays[i].ndim != now->arrays[i].ndim)
			return false;
	/* Files that are gone are not looked for. */
	for (unsigned k = 0; k < now->nconcat; k++)
		if (old->concat[k].nfiles > now->concat[k].nfiles)
			return false;
	return true;
}

struct plan_update *plan_update_open(struct plan *p,
	const struct plan_account *old, struct plan_account *now)
{
	struct arena *a = p->a;
	struct plan_update *u = ARENA_NEW(a, struct plan_update, 1);
	struct err ignored = ERR_INIT;

	*u = (struct plan_update){ .p = p, .a = a, .old = old, .now = now };
	if (plan_collect(p, false, &u->all, &ignored) < 0)
		return NULL;
	begin_account(p, &u->all, now);
	if (!is_comparable(u))
		return NULL;
	u->changed = ARENA_NEW(a, bool, now->n);
	u->needed = ARENA_NEW(a, bool, now->n);
	u->dirty = ARENA_NEW(a, bool, now->n);
	u->grids = ARENA_NEW(a, struct plan_grid, now->narrays);
	u->all.grids = u->grids;
	u->fresh.all = &u->all;
	u->fresh.places = ARENA_NEW(a, struct spread, now->narrays);
	u->fresh.dirty = ARENA_NEW(a, struct spread, now->narrays);
	u->fresh.wanted = ARENA_NEW(a, struct spread, now->narrays);
	u->choice = ARENA_NEW(a, struct plan_choice, now->narrays);
	for (unsigned k = 0; k < now->nconcat; k++) {
		plan_moves(&old->concat[k], &now->concat[k],
			&u->fresh.moved[k]);
		u->fresh.any |= u->fresh.moved[k].any;
	}
	for (size_t i = 0; i < now->n; i++) {
		u->changed[i] = i >= old->n ||
			!str_eq(old->entries[i].in, now->entries[i].in);
		u->dirty[i] = u->needed[i] = u->changed[i];
		u->fresh.any |= u->changed[i];
	}
	return u;
}

bool plan_update_wants(const struct plan_update *u, size_t i)
{
	return u->needed[i];
}

/* What is in one of two sets and not in the other. */
static void differ(struct arena *a, const struct spread *x,
	const struct spread *y, struct spread *out)
{
	struct spread only = { 0 }, other = { 0 };

	if (spread_equal(x, y))
		return;
	spread_subtract(a, x, y, &only);
	spread_subtract(a, y, x, &other);
	spread_unite(a, out, &only);
	spread_unite(a, out, &other);
}

static bool meet(struct arena *a, const struct spread *x,
	const struct spread *y)
{
	struct spread both = { 0 };

	spread_intersect(a, x, y, &both);
	return both.nparts > 0;
}

/* The keys of all inputs; false if two have one, or one is missing that the store
 * is made of. */
static bool take_keys(struct plan_update *u)
{
	const struct plan *p = u->p;
	struct spread all = { 0 };
	uint64_t n = 0;

	if (p->repeats)
		return false;
	for (size_t i = 0; i < u->now->n; i++) {
		struct spread *keys = &u->now->entries[i].keys;

		if (!u->changed[i])
			*keys = u->old->entries[i].keys;
		else if (i < p->ninputs)
			*keys = p->keys[i];
		spread_unite(u->a, &all, keys);
		n += spread_count(keys);
	}
	if (spread_count(&all) != n)
		return false;
	for (size_t i = 0; i < u->now->narrays; i++) {
		const struct plan_drawn *d = &u->now->arrays[i];
		struct spread left = { 0 };

		spread_subtract(u->a, &d->from, &all, &left);
		if (left.nparts > 0)
			return false;
		spread_subtract(u->a, &d->close, &all, &left);
		if (left.nparts > 0)
			return false;
	}
	return true;
}

/* Inputs that arrays are now taken from, or not any more. */
static void mark_inputs(struct plan_update *u)
{
	struct arena a = ARENA_INIT;
	struct spread other = { 0 };

	for (size_t i = 0; i < u->now->narrays; i++) {
		const struct plan_drawn *x = &u->old->arrays[i],
					*y = &u->now->arrays[i];

		differ(&a, &x->from, &y->from, &other);
		differ(&a, &x->close, &y->close, &other);
	}
	for (size_t i = 0; other.nparts > 0 && i < u->now->n; i++)
		if (!u->changed[i] &&
			meet(&a, &u->now->entries[i].keys, &other))
			u->dirty[i] = u->fresh.any = true;
	arena_release(&a);
}

/* The places of an array that are new, of all keys that are. */
static void mark_places(struct plan_update *u, size_t i,
	const struct spread *keys)
{
	const struct plan_drawn *drawn[] = { &u->old->arrays[i],
		&u->now->arrays[i] };
	const struct layout_var *v = u->p->target.arrays->at[i].var;
	uint64_t mask = layout_mask(u->p->target.layout, v);

	spread_project(u->a, &v->from, mask, &u->fresh.places[i]);
	for (int k = 0; k < 2; k++) {
		struct spread some = { 0 };

		spread_intersect(u->a, keys, &drawn[k]->from, &some);
		spread_project(u->a, &some, mask, &u->fresh.dirty[i]);
		some = (struct spread){ 0 };
		spread_intersect(u->a, keys, &drawn[k]->close, &some);
		spread_project(u->a, &some, mask, &u->fresh.dirty[i]);
	}
}

static void mark_all(struct plan_update *u)
{
	struct spread keys = { 0 };

	for (size_t i = 0; i < u->now->n; i++) {
		if (!u->dirty[i])
			continue;
		spread_unite(u->a, &keys, &u->now->entries[i].keys);
		if (i < u->old->n)
			spread_unite(u->a, &keys, &u->old->entries[i].keys);
	}
	for (size_t i = 0; i < u->now->narrays; i++)
		mark_places(u, i, &keys);
}

/* The size of regions follows from the first file of an array, which must be what
 * it was. */
static bool take_grid(struct plan_update *u, size_t i)
{
	const struct array *t = &u->p->target.arrays->at[i];
	const struct plan_drawn *old = &u->old->arrays[i];
	const struct spread *places = &u->fresh.places[i];
	uint64_t mask = layout_mask(u->p->target.layout, t->var);
	struct spread before = { 0 };

	if (array_chunks(t) == 0)
		return true;
	for (unsigned k = 0; k < t->ndim; k++)
		if (old->steps[k] == 0)
			return false;
	spread_project(u->a, &old->from, mask, &before);
	if (before.nparts == 0 || places->nparts == 0 ||
		spread_first(&before).position !=
			spread_first(places).position ||
		spread_has(&u->fresh.dirty[i], spread_first(&before)))
		return false;
	u->grids[i] = plan_grid_with(t, old->steps);
	return true;
}

static void choose(struct plan_update *u, size_t i)
{
	struct plan_choice *c = &u->choice[i];

	for (uint64_t n = 0; n < u->all.grids[i].count; n++) {
		if (!plan_is_fresh(&u->fresh, i, n))
			continue;
		if (c->n == c->cap) {
			uint64_t *at = ARENA_NEW(u->a, uint64_t,
				c->cap ? 2 * c->cap : 16);

			if (c->n > 0)
				memcpy(at, c->at, c->n * sizeof(*at));
			c->at = at;
			c->cap = c->cap ? 2 * c->cap : 16;
		}
		c->at[c->n++] = n;
		plan_fresh_wants(&u->fresh, u->a, i, n);
	}
}

/* Have regions of array i that are cut again places of an input?  Which are its,
 * then. */
static bool is_drawn(struct plan_update *u, struct arena *a, size_t input,
	size_t i, struct spread *places)
{
	const struct spread *keys = &u->now->entries[input].keys;
	const struct array *t = &u->p->target.arrays->at[i];
	uint64_t mask = layout_mask(u->p->target.layout, t->var);
	struct spread some = { 0 };

	if (u->fresh.wanted[i].nparts == 0)
		return false;
	spread_intersect(a, keys, &t->var->from, &some);
	spread_project(a, &some, mask, places);
	some = (struct spread){ 0 };
	spread_intersect(a, keys, &t->var->close, &some);
	spread_project(a, &some, mask, places);
	return meet(a, places, &u->fresh.wanted[i]);
}

/* The values of array i that the account has of an input that is what it was. */
static const struct plan_recorded *known_values(const struct plan_update *u,
	size_t input, size_t i)
{
	const struct plan_recorded *r = u->old->entries[input].recorded;

	if (r == NULL || !r[i].any || u->dirty[input] ||
		u->p->target.arrays->at[i].var->close.nparts > 0)
		return NULL;
	return &r[i];
}

/* Must an input that has not changed be read?  Else what is drawn on of it is
 * added. */
static bool must_read(struct plan_update *u, struct arena *a, size_t input)
{
	struct spread *places = ARENA_NEW(a, struct spread, u->now->narrays);
	bool *drawn = ARENA_NEW(a, bool, u->now->narrays);

	for (size_t i = 0; i < u->now->narrays; i++) {
		drawn[i] = is_drawn(u, a, input, i, &places[i]);
		if (drawn[i] && known_values(u, input, i) == NULL)
			return true;
	}
	for (size_t i = 0; i < u->now->narrays; i++)
		if (drawn[i] &&
			!plan_recall(u->p, i, input, known_values(u, input, i),
				&places[i]))
			return true;
	return false;
}

bool plan_update_choose(struct plan_update *u)
{
	struct arena a = ARENA_INIT;

	if (!take_keys(u))
		return false;
	mark_inputs(u);
	mark_all(u);
	for (size_t i = 0; i < u->now->narrays; i++)
		if (!take_grid(u, i))
			return false;
	for (size_t i = 0; i < u->now->narrays; i++)
		choose(u, i);
	for (size_t i = 0; i < u->now->n; i++) {
		u->needed[i] = !u->changed[i] && must_read(u, &a, i);
		arena_reset(&a);
	}
	arena_release(&a);
	return true;
}

/* What was read is noted anew, what was not is what it was. */
static void note_values(struct plan_update *u)
{
	bool *read = ARENA_NEW(u->a, bool, u->now->n);

	for (size_t i = 0; i < u->now->n; i++) {
		read[i] = u->changed[i] || u->needed[i];
		if (!read[i] && !u->dirty[i])
			u->now->entries[i].recorded =
				u->old->entries[i].recorded;
	}
	plan_recall_note(u->a, &u->all, read, u->now);
}

int plan_update_cut(struct plan_update *u, const struct plan_sink *sink,
	struct err *err)
{
	u->draws = ARENA_NEW(u->a, struct plan_draws, u->now->n);
	note_grids(&u->all, u->now);
	if (plan_collect(u->p, false, &u->all, err) < 0)
		return -1;
	u->all.grids = u->grids;
	note_values(u);
	return plan_cut_inputs(&u->all, u->choice, u->draws, sink, err);
}

bool plan_update_is_old(const struct plan_update *u, size_t i)
{
	return i < u->old->n;
}

bool plan_update_suspects(const struct plan_update *u, size_t i)
{
	const struct plan_draws *d;

	if (i >= u->old->n || !u->old->entries[i].draws.any)
		return false;
	d = &u->old->entries[i].draws;
	if (u->fresh.any && d->open)
		return true;
	for (unsigned k = 0; k < u->now->nconcat; k++)
		if (u->fresh.moved[k].any &&
			d->ends[k] > u->fresh.moved[k].until)
			return true;
	for (size_t k = d->first; k <= d->last; k++)
		if (u->dirty[k])
			return true;
	return false;
}

static void unite_draws(struct plan_draws *to, const struct plan_draws *d)
{
	plan_draws_add(to, d->first);
	plan_draws_add(to, d->last);
	to->open |= d->open;
	for (unsigned k = 0; k < PLACE_MAX_DIMS; k++)
		to->ends[k] = num_max(to->ends[k], d->ends[k]);
}

bool plan_update_merge(struct plan_update *u, size_t i,
	const struct plan_lines *lines, struct buf *out)
{
	struct plan_lines known = *lines;
	bool kept = false;

	if (i >= u->old->n)
		known.old.len = 0;
	if (!plan_merge(&u->fresh, &known, out, &kept))
		return false;
	u->now->entries[i].draws = u->draws[i];
	if (kept)
		unite_draws(&u->now->entries[i].draws,
			&u->old->entries[i].draws);
	return true;
}

void plan_update_keep(struct plan_update *u, size_t i)
{
	if (i < u->old->n)
		u->now->entries[i].draws = u->old->entries[i].draws;
}
