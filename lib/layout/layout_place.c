/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything is asked of runs of places, never of single files, so that a
 * million files in a row cost what ten cost.
 */

#include "layout/layout_decide.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/str.h"
#include "layout/decision.h"
#include "layout/layout_check.h"
#include "model/place.h"

/* The number of positions along each dimension: up to the last that a file
 * has.  False if a place is not one along these dimensions. */
static bool count_positions(const struct spread *files, struct layout *l)
{
	for (size_t i = 0; i < files->nparts; i++)
		for (size_t j = 0; j < files->parts[i].nruns; j++) {
			uint64_t place = files->parts[i].runs[j].last, again;
			uint64_t at[PLACE_MAX_DIMS];

			place_unpack(place, at);
			if (!place_pack(l->nconcat, at, &again) ||
				again != place)
				return false;
			for (unsigned k = 0; k < l->nconcat; k++)
				l->concat[k].nfiles =
					num_max(l->concat[k].nfiles, at[k] + 1);
		}
	return true;
}

/* Go on to the next place along the dimensions of keep, the last fastest. */
static bool next_place(const struct layout *l, unsigned keep, uint64_t *at)
{
	for (unsigned i = l->nconcat; i-- > 0;) {
		if (!(keep >> i & 1))
			continue;
		if (++at[i] < l->concat[i].nfiles)
			return true;
		at[i] = 0;
	}
	return false;
}

bool decider_hole(const struct layout *l, unsigned keep,
	const struct spread *have, struct spread_key *k)
{
	uint64_t at[PLACE_MAX_DIMS] = { 0 };
	const struct run *run;

	do {
		if (!place_pack(l->nconcat, at, &k->position))
			return false;
		run = spread_run(have, *k);
		if (run == NULL)
			return true;
		place_unpack(run->last, at); /* along the last dimension */
	} while (next_place(l, keep, at));
	return false;
}

bool decider_fills(const struct decider *d)
{
	return str_eq(d->policy->missing_variable, "fill");
}

/* A run of positions along one dimension and the length of each. */
struct stretch {
	uint64_t first, last, len;
};

static int by_first(const void *x, const void *y)
{
	const struct stretch *a = x, *b = y;

	return a->first < b->first ? -1 : a->first > b->first;
}

/* Stretches, in order and without gap, as lengths; equal ones become one. */
static void join_lengths(struct decider *d, const struct stretch *at, size_t n,
	struct layout_concat *c)
{
	c->lengths = ARENA_NEW(d->a, struct length_run, n);
	for (size_t i = 0; i < n; i++) {
		uint64_t count = at[i].last - at[i].first + 1;
		struct length_run *last =
			c->nlengths ? &c->lengths[c->nlengths - 1] : NULL;

		if (last != NULL && last->len == at[i].len)
			last->count += count;
		else
			c->lengths[c->nlengths++] =
				(struct length_run){ count, at[i].len };
	}
}

static const char **dim_names(struct decider *d)
{
	const char **list = ARENA_NEW(d->a, const char *, d->s->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < d->s->n; i++)
		if (d->s->facts[i].key.kind == FACT_DIM)
			list[n++] = d->s->facts[i].key.name;
	return list;
}

/* "'time' is no dimension of the files (did you mean 'Time'?)"; at is the first
 * position that has no length. */
static int refuse_dim(struct decider *d, const char *name, const struct fact *f,
	uint64_t at, struct err *err)
{
	const char *near = str_nearest(name, dim_names(d));
	uint64_t have = 0, all = spread_count(&d->s->files);

	for (size_t i = 0; f != NULL && i < f->n; i++)
		have += spread_count(&f->answers[i]->files);
	if (have > 0)
		return err_set(err, ERR_DATA,
			"no file %s%s%s for %s=%llu; every position needs one, "
			"also where absent variables are filled: give "
			"pgf-schema all datasets, or take the position out of "
			"the recipe",
			have < all ? "with dimension '" : "at all",
			have < all ? name : "", have < all ? "'" : "", name,
			(unsigned long long)at);
	return err_set(err, ERR_DATA,
		"concat dimension '%s' is not a dimension of any of %llu "
		"files ('%.200s' to '%.200s')%s%s%s; name one that they "
		"have",
		name, (unsigned long long)all, d->s->first.text,
		d->s->last.text, near ? ", nearest is '" : "", near ? near : "",
		near ? "'" : "");
}

static int refuse_lengths(struct decider *d, const char *name,
	const struct clash *two, struct err *err)
{
	const char *x = layout_answer_text(d->a, two->x);
	const char *y = layout_answer_text(d->a, two->y);

	if (d->out->nconcat == 1)
		return err_set(err, ERR_DATA,
			"dimension '%s' differs between the merged files of "
			"one position: length %s, length %s; merge only files "
			"that cover the same stretch, or bake '%.100s' by "
			"itself",
			name, x, y,
			d->s->files.parts[d->s->files.nparts - 1].member);
	return err_set(err, ERR_DATA,
		"dimension '%s' differs between the files of one position "
		"along it: length %s, length %s; the lengths along several "
		"concat dimensions must form a product, so take other files, "
		"or bake those that fit together apart",
		name, x, y);
}

/* Positions along dimension k that the answers are given for, and lengths. */
static struct stretch *list_stretches(struct decider *d, const struct fact *f,
	unsigned k, size_t *n)
{
	uint64_t mask = place_mask(d->out->nconcat, 1u << k);
	struct spread *of = ARENA_NEW(d->a, struct spread, f->n);
	struct stretch *list;
	size_t max = 0;

	for (size_t i = 0; i < f->n; i++) {
		spread_project(d->a, &f->answers[i]->files, mask, &of[i]);
		max += of[i].parts[0].nruns;
	}
	list = ARENA_NEW(d->a, struct stretch, max);
	*n = 0;
	for (size_t i = 0; i < f->n; i++) {
		const struct spread_part *p = &of[i].parts[0];
		uint64_t first[PLACE_MAX_DIMS], last[PLACE_MAX_DIMS], len = 0;

		js_u64(decider_value(d, f->answers[i]->value), &len);
		for (size_t j = 0; j < p->nruns; j++) {
			place_unpack(p->runs[j].first, first);
			place_unpack(p->runs[j].last, last);
			list[(*n)++] =
				(struct stretch){ first[k], last[k], len };
		}
	}
	qsort(list, *n, sizeof(*list), by_first);
	return list;
}

static int decide_lengths(struct decider *d, unsigned k, struct err *err)
{
	struct layout_concat *c = &d->out->concat[k];
	const struct fact *f =
		schema_find(d->s, (struct fact_key){ "", FACT_DIM, c->name });
	uint64_t mask = place_mask(d->out->nconcat, 1u << k);
	struct stretch *list;
	struct clash two;
	uint64_t next = 0;
	size_t n;

	if (f == NULL)
		return refuse_dim(d, c->name, f, 0, err);
	if (layout_check_clash(f, mask, &two))
		return refuse_lengths(d, c->name, &two, err);
	list = list_stretches(d, f, k, &n);
	for (size_t i = 0; i < n; i++) {
		if (list[i].first != next)
			break;
		next = list[i].last + 1;
	}
	if (next != c->nfiles)
		return refuse_dim(d, c->name, f, next, err);
	join_lengths(d, list, n, c);
	return 0;
}

int decider_sum(const struct layout_concat *c, uint64_t *total, struct err *err)
{
	uint64_t part;

	*total = 0;
	for (size_t i = 0; i < c->nlengths; i++)
		if (!num_mul(c->lengths[i].count, c->lengths[i].len, &part) ||
			!num_add(*total, part, total) || *total > INT64_MAX)
			return err_set(err, ERR_DATA,
				"dimension '%s' is too long", c->name);
	return 0;
}

int decider_concat(struct decider *d, struct err *err)
{
	struct layout *l = d->out;
	const char **names;
	uint64_t total;

	l->nconcat = schema_dims(d->a, d->s, FACT_CONCAT, &names);
	l->concat = ARENA_NEW(d->a, struct layout_concat, l->nconcat);
	for (unsigned i = 0; i < l->nconcat; i++)
		l->concat[i].name = names[i];
	if (!count_positions(&d->s->files, l))
		return err_set(err, ERR_DATA,
			"a file has a place that the concat dimensions have "
			"not: give pgf-schema the datasets of one recipe");
	if (decider_files(d, err) < 0)
		return -1;
	for (unsigned i = 0; i < l->nconcat; i++)
		if (decide_lengths(d, i, err) < 0 ||
			decider_sum(&l->concat[i], &total, err) < 0)
			return -1;
	return 0;
}

/* Places being given to files of one variable. */
struct giving {
	struct decider *d;
	uint64_t mask;
	bool rows;           /* the variable has the last dimension */
	struct spread given; /* places & mask */
	struct spread *from;
};

/* Give the files of a run the places that no file has yet. */
static void give(struct giving *g, const char *member, struct run run)
{
	struct run places = { run.first & g->mask, run.last & g->mask };
	struct spread wanted = { 0 }, left = { 0 };
	struct arena *a = g->d->a;
	struct arena scratch = ARENA_INIT;

	if (!g->rows)
		run.last = run.first;
	spread_add(&scratch, &wanted, "", places);
	spread_subtract(&scratch, &wanted, &g->given, &left);
	for (size_t i = 0; left.nparts > 0 && i < left.parts[0].nruns; i++) {
		struct run r = left.parts[0].runs[i];

		spread_add(a, g->from, member,
			(struct run){ run.first + (r.first - places.first),
				run.first + (r.last - places.first) });
	}
	spread_add(a, &g->given, "", places);
	arena_release(&scratch);
}

/* "time=3 lat=0" of the dimensions that the variable has. */
static const char *place_text(struct decider *d, const struct layout_var *v,
	uint64_t place)
{
	uint64_t at[PLACE_MAX_DIMS];
	const char *text = "";

	place_unpack(place, at);
	for (unsigned i = 0; i < v->ndim; i++)
		if (v->concat[i] >= 0)
			text = arena_printf(d->a, "%s%s%s=%llu", text,
				*text ? " " : "", v->dims[i],
				(unsigned long long)at[v->concat[i]]);
	return text;
}

static unsigned dims_of(const struct layout_var *v)
{
	unsigned keep = 0;

	for (unsigned i = 0; i < v->ndim; i++)
		if (v->concat[i] >= 0)
			keep |= 1u << v->concat[i];
	return keep;
}

/* The same of the first hole, with the file that stands there and has not the
 * variable, if it can only be one. */
static const char *hole_text(struct decider *d, const struct layout_var *v)
{
	const struct spread *files = &d->s->files;
	const char *text = place_text(d, v, d->hole.position), *url = NULL;
	unsigned all = (1u << d->out->nconcat) - 1;
	struct spread_key k = { files->parts[0].member, d->hole.position };

	if (files->nparts == 1 && dims_of(v) == all && spread_has(files, k))
		url = schema_url(d->a, d->s, k);
	return url ? arena_printf(d->a, "%s, '%.200s'", text, url) : text;
}

/* Some places have no file that has the variable. */
static int decide_holes(struct decider *d, struct layout_var *v,
	const struct answer *found, const struct spread *given, struct err *err)
{
	uint64_t all = layout_places(d->out, v);
	struct spread without = { 0 };

	spread_subtract(d->a, &d->s->files, &found->files, &without);
	d->hole = (struct spread_key){ "", 0 };
	v->nmissing = all - spread_count(given);
	decider_hole(d->out, dims_of(v), given, &d->hole);
	if (!decider_fills(d))
		return err_set(err, ERR_DATA,
			"variable '%.200s' is in %s, and not in %llu others "
			"(first %s); set combine.missing_variable to 'fill' "
			"for missing values there, or leave the variable, or "
			"those files, out of the recipe",
			v->name, layout_files_text(d->a, found),
			(unsigned long long)v->nmissing, hole_text(d, v));
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = "absence",
			.var = v->name,
			.name = "",
			.files = without.nparts > 0 ? &without : NULL,
			.decided = arena_printf(d->a,
				"filled with missing values at %llu of %llu "
				"positions (first %s)",
				(unsigned long long)v->nmissing,
				(unsigned long long)all,
				place_text(d, v, d->hole.position)),
			.policy = "combine.missing_variable",
			.at = &d->hole,
		});
	return 0;
}

void decider_give(struct decider *d, const struct layout_var *v,
	const struct spread *files, struct spread *given, struct spread *from)
{
	struct giving g = { .d = d, .given = *given, .from = from };

	g.mask = layout_mask(d->out, v);
	g.rows = g.mask & 1;
	for (size_t i = 0; i < files->nparts; i++)
		for (size_t j = 0; j < files->parts[i].nruns; j++)
			give(&g, files->parts[i].member,
				files->parts[i].runs[j]);
	*given = g.given;
}

int decider_from(struct decider *d, struct layout_var *v,
	const struct answer *found, struct err *err)
{
	struct spread given = { 0 };

	decider_give(d, v, &found->files, &given, &v->from);
	if (spread_count(&given) != layout_places(d->out, v))
		return decide_holes(d, v, found, &given, err);
	return 0;
}
