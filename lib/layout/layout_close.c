/* SPDX-License-Identifier: Apache-2.0 */
/*
 * combine.static with a tolerance.  The facts hold no values, so what can be
 * decided here is which files are to be compared when values are read: one for
 * each set of values, however many files have it.  Files with the same bytes
 * that mean something else by them (units, packing) are sets of their own.
 * Comparing every file was refused: that would read the whole archive for a
 * coordinate that two versions of a program wrote.
 */
#include "layout/layout_decide.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/str.h"
#include "layout/decision.h"
#include "layout/layout_check.h"
#include "record/json_write.h"

/* Other sets of values at one place; each is read whole. */
enum { MAX_SETS = 1000 };

/* Files that have the same values and mean the same by them, a set each. */
struct sets {
	size_t n, cap;
	struct spread *of;
};

static void add_set(struct arena *a, struct sets *s, struct spread files)
{
	if (files.nparts == 0)
		return;
	s->of = arena_grow(a, s->of, s->n, &s->cap, sizeof(*s->of));
	s->of[s->n++] = files;
}

/* Where the number of sets at a place changes, and by how much. */
struct event {
	uint64_t place;
	int by;
};

static int by_place(const void *x, const void *y)
{
	const struct event *a = x, *b = y;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return a->by - b->by;
}

/* The largest number of sets at one place & mask. */
static uint64_t most_sets(const struct sets *s, uint64_t mask)
{
	struct arena a = ARENA_INIT, scratch = ARENA_INIT;
	uint64_t now = 0, most = 0;
	size_t n = 0, cap = 0;
	struct event *at = NULL;

	for (size_t i = 0; i < s->n; i++) {
		struct spread places = { 0 };

		spread_project(&scratch, &s->of[i], mask, &places);
		for (size_t j = 0; j < places.parts[0].nruns; j++) {
			struct run r = places.parts[0].runs[j];

			at = arena_grow(&a, at, n, &cap, sizeof(*at));
			at[n++] = (struct event){ r.first, 1 };
			at = arena_grow(&a, at, n, &cap, sizeof(*at));
			at[n++] = (struct event){ r.last + 1, -1 };
		}
		arena_reset(&scratch);
	}
	if (n > 0)
		qsort(at, n, sizeof(*at), by_place);
	for (size_t i = 0; i < n; i++) {
		now += at[i].by > 0 ? 1 : UINT64_MAX;
		most = num_max(most, now);
	}
	arena_release(&scratch);
	arena_release(&a);
	return most;
}

/* f: the digests of the variable, of which there are two or more. */
static int check_most(const struct sets *s, const struct fact *f, uint64_t mask,
	struct err *err)
{
	uint64_t most = most_sets(s, mask);
	struct arena a = ARENA_INIT;
	const struct answer *one, *other;

	if (most <= MAX_SETS + 1)
		return 0;
	one = fact_first(f, NULL);
	other = fact_first(f, one);
	err_set(err, ERR_DATA,
		"variable '%.200s' has %llu different sets of values (one in "
		"%s, another in %s), and "
		"combine.static 'close' compares the first with at most %d: it "
		"is hardly the same in all files; give it the concat dimension "
		"in the files, leave it out of them, or set combine.static to "
		"'first'",
		f->key.var, (unsigned long long)most,
		layout_files_text(&a, one), layout_files_text(&a, other),
		MAX_SETS);
	arena_release(&a);
	return -1;
}

/* Cut each set by the answers of a fact; files without an answer stay
 * together. */
static int refine(struct arena *a, struct sets *s, const struct fact *f,
	struct err *err)
{
	struct sets out = { 0 };

	if (f == NULL)
		return 0;
	if (f->many)
		return err_set(err, ERR_DATA,
			"what the numbers of variable '%.200s' mean differs in "
			"more than %d ways in %llu files ('%.200s' to "
			"'%.200s'), too many for combine.static 'close'; make "
			"the files agree, or set it to 'first'",
			f->key.var, SCHEMA_VALUES,
			(unsigned long long)spread_count(&f->files),
			f->first.text, f->last.text);
	for (size_t i = 0; i < s->n; i++) {
		struct spread left = s->of[i];

		for (size_t j = 0; left.nparts > 0 && j < f->n; j++) {
			const struct spread *mine = &f->answers[j]->files;
			struct spread both = { 0 }, rest = { 0 };

			spread_intersect(a, &left, mine, &both);
			spread_subtract(a, &left, mine, &rest);
			add_set(a, &out, both);
			left = rest;
		}
		add_set(a, &out, left);
	}
	*s = out;
	return 0;
}

static int refine_all(struct decider *d, struct arena *a, const char *var,
	struct sets *s, struct err *err)
{
	const char *owner = decider_time_owner(d, var);
	const struct fact_key keys[] = {
		{ var, FACT_PACKING, "" },
		{ var, FACT_MISSING, "" },
		{ owner, FACT_ATTR, "units" },
		{ owner, FACT_ATTR, "calendar" },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (refine(a, s, schema_find(d->s, keys[i]), err) < 0)
			return -1;
	return 0;
}

static int by_first_file(const void *x, const void *y)
{
	return spread_key_compare(spread_first(x), spread_first(y));
}

/* Of each set the first file of every place, but where the variable is taken
 * from that set itself. */
static void choose(struct decider *d, struct layout_var *v, struct sets *s)
{
	uint64_t mask = layout_mask(d->out, v);
	struct arena a = ARENA_INIT;

	if (s->n > 0)
		qsort(s->of, s->n, sizeof(*s->of), by_first_file);
	for (size_t i = 0; i < s->n; i++) {
		struct spread taken = { 0 }, given = { 0 };

		spread_intersect(&a, &s->of[i], &v->from, &taken);
		spread_project(d->a, &taken, mask, &given);
		decider_give(d, v, &s->of[i], &given, &v->close);
		arena_reset(&a);
	}
	arena_release(&a);
}

static void tell(struct decider *d, const struct layout_var *v,
	const struct fact *f)
{
	struct buf within = BUF_INIT;

	js_write(&within, js_new_real(d->a, v->tolerance), JS_RECORD);
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = "values",
			.var = v->name,
			.name = "",
			.fact = f,
			.decided = arena_printf(d->a,
				"those of the first file are kept, and the "
				"others compared with them within %s when they "
				"are written",
				within.data),
			.policy = "combine.static",
		});
	buf_release(&within);
}

int decider_close(struct decider *d, struct layout_var *v,
	const struct spread *files, struct err *err)
{
	const struct fact *f = schema_find(d->s,
		(struct fact_key){ v->name, FACT_DIGEST, "" });
	uint64_t mask = layout_mask(d->out, v);
	struct arena a = ARENA_INIT;
	struct sets sets = { 0 };
	int r;

	if (!layout_check_repeated(files, mask))
		return 0;
	for (size_t i = 0; f != NULL && i < f->n; i++)
		add_set(&a, &sets, f->answers[i]->files);
	r = check_most(&sets, f, mask, err);
	if (r == 0)
		r = layout_check_present(d->s, v->name, files, err);
	if (r == 0)
		r = refine_all(d, &a, v->name, &sets, err);
	if (r == 0)
		r = check_most(&sets, f, mask, err);
	if (r == 0) {
		v->tolerance = d->policy->statics.tolerance;
		choose(d, v, &sets);
		if (v->close.nparts > 0)
			tell(d, v, f);
	}
	arena_release(&a);
	return r < 0 ? -1 : 0;
}
