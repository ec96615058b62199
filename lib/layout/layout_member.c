/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of merge dimensions, and where they have files.  A member without a
 * concat dimension, such as a mask beside a series of maps, adds what does not
 * change along it and needs no file for each position; that it has one all the
 * same is no reason to refuse it.
 */
#include "layout/layout_decide.h"

#include "base/num.h"
#include "layout/decision.h"
#include "model/place.h"

/* A member, and which concat dimensions its files have. */
struct member_files {
	const char *name;
	struct spread files; /* one part, borrowed */
	unsigned keep;
};

static int refuse_some(struct decider *d, const struct member_files *m,
	unsigned dim, const struct spread *without, struct err *err)
{
	const char *first = schema_file_text(d->a, d->s, spread_first(without));
	const char *name = d->out->concat[dim].name;
	unsigned long long n = spread_count(without);
	unsigned long long all = spread_count(&m->files);

	if (d->s->files.nparts == 1)
		return err_set(err, ERR_DATA,
			"concat dimension '%s' is not a dimension of %llu of "
			"%llu files (first %s); name a dimension that all "
			"files have, take those out of the recipe, or say "
			"items_per_file of it, if they are skipped",
			name, n, all, first);
	return err_set(err, ERR_DATA,
		"concat dimension '%s' is not a dimension of %llu of %llu "
		"files of member '%.200s' (first %s); a member has it in all "
		"its files, or in none and is the same along it: take those "
		"files out, or make them a member of their own",
		name, n, all, m->name, first);
}

static void tell_without(struct decider *d, const struct member_files *m,
	unsigned dim)
{
	const struct spread_key first = spread_first(&m->files);

	decision_add(d->a, &d->told,
		&(struct decision){
			.what = "member",
			.var = "",
			.name = m->name,
			.files = &m->files,
			.at = &first,
			.decided = arena_printf(d->a,
				"without dimension '%s', so it adds what is "
				"the same along it",
				d->out->concat[dim].name),
		});
}

/* has: the files that have the dimension, if there are any. */
static int look_at(struct decider *d, struct member_files *m, unsigned dim,
	const struct spread *has, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct spread without = { 0 };
	int r = 0;

	spread_subtract(&a, &m->files, has, &without);
	if (without.nparts == 0)
		m->keep |= 1u << dim;
	else if (spread_count(&without) < spread_count(&m->files))
		r = refuse_some(d, m, dim, &without, err);
	else if (has->nparts > 0)
		tell_without(d, m, dim);
	arena_release(&a);
	return r;
}

static int list_members(struct decider *d, struct member_files *out,
	struct err *err)
{
	const struct layout *l = d->out;
	const struct spread *files = &d->s->files;
	struct spread has[PLACE_MAX_DIMS] = { 0 };

	for (unsigned k = 0; k < l->nconcat; k++) {
		const struct fact *f = schema_find(d->s,
			(struct fact_key){ "", FACT_DIM, l->concat[k].name });

		if (f != NULL)
			fact_files(d->a, f, &has[k]);
	}
	for (size_t i = 0; i < files->nparts; i++) {
		out[i] = (struct member_files){
			.name = files->parts[i].member,
			.files = { .nparts = 1, .parts = &files->parts[i] },
		};
		for (unsigned k = 0; k < l->nconcat; k++)
			if (look_at(d, &out[i], k, &has[k], err) < 0)
				return -1;
	}
	return 0;
}

/* Number of places along the dimensions of keep. */
static uint64_t count_places(const struct layout *l, unsigned keep)
{
	uint64_t n = 1;

	for (unsigned k = 0; k < l->nconcat; k++)
		if (keep >> k & 1 && !num_mul(n, l->concat[k].nfiles, &n))
			return UINT64_MAX;
	return n;
}

/* The places that a member has, and in k the first that it has not. */
static uint64_t count_files(struct decider *d, const struct member_files *m,
	struct spread_key *k, bool *hole)
{
	uint64_t mask = place_mask(d->out->nconcat, m->keep), n;
	struct arena a = ARENA_INIT;
	struct spread places = { 0 };

	spread_project(&a, &m->files, mask, &places);
	n = spread_count(&places);
	if (!*hole && n < count_places(d->out, m->keep)) {
		*hole = true;
		*k = (struct spread_key){ "", 0 };
		decider_hole(d->out, m->keep, &places, k);
		k->member = m->name;
	}
	arena_release(&a);
	return n;
}

int decider_files(struct decider *d, struct err *err)
{
	size_t n = d->s->files.nparts;
	struct member_files *members = ARENA_NEW(d->a, struct member_files, n);
	uint64_t all = 0, have = 0;
	struct spread_key k = { "", 0 };
	bool hole = false;

	if (list_members(d, members, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		have += count_files(d, &members[i], &k, &hole);
		if (!num_add(all, count_places(d->out, members[i].keep), &all))
			all = UINT64_MAX;
	}
	if (!hole || decider_fills(d))
		return 0;
	return err_set(err, ERR_DATA,
		"no file for %s (%llu of %llu are missing); every position "
		"needs one: give pgf-schema all datasets, take the position out "
		"of the recipe, or set combine.missing_variable to 'fill'",
		schema_key_text(d->a, d->s, k),
		(unsigned long long)(all - have), (unsigned long long)all);
}
