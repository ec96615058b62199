/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sorted runs, searched by halving.  A bitmap would be denser for wild sets,
 * but archives differ in stretches (a new version from some file on), and runs
 * read well in the schema.
 */
#include "schema/spread.h"

#include <string.h>

#include "base/num.h"

int spread_key_compare(struct spread_key a, struct spread_key b)
{
	if (a.position != b.position)
		return a.position < b.position ? -1 : 1;
	return strcmp(a.member, b.member);
}

/* Index of the member's part, or of the place where it belongs. */
static size_t part_index(const struct spread *s, const char *member,
	bool *found)
{
	size_t low = 0, high = s->nparts;

	*found = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(s->parts[mid].member, member);

		if (c == 0) {
			*found = true;
			return mid;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct spread_part *spread_part(const struct spread *s,
	const char *member)
{
	bool found;
	size_t i = part_index(s, member, &found);

	return found ? &s->parts[i] : NULL;
}

static struct spread_part *make_part(struct arena *a, struct spread *s,
	const char *member)
{
	bool found;
	size_t i = part_index(s, member, &found);

	if (found)
		return &s->parts[i];
	if (s->nparts == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 2;
		struct spread_part *p = ARENA_NEW(a, struct spread_part, cap);

		if (s->nparts > 0)
			memcpy(p, s->parts, s->nparts * sizeof(*p));
		s->parts = p;
		s->cap = cap;
	}
	memmove(s->parts + i + 1, s->parts + i,
		(s->nparts - i) * sizeof(*s->parts));
	s->nparts++;
	s->parts[i] = (struct spread_part){
		.member = arena_strdup(a, member),
	};
	return &s->parts[i];
}

static void reserve_runs(struct arena *a, struct spread_part *p, size_t n)
{
	size_t cap = p->cap ? p->cap : 2;
	struct run *runs;

	if (n <= p->cap)
		return;
	while (cap < n)
		cap *= 2;
	runs = ARENA_NEW(a, struct run, cap);
	if (p->nruns > 0)
		memcpy(runs, p->runs, p->nruns * sizeof(*runs));
	p->runs = runs;
	p->cap = cap;
}

/* First run that ends at or after position. */
static size_t run_index(const struct spread_part *p, uint64_t position)
{
	size_t low = 0, high = p->nruns;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->runs[mid].last < position)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void spread_add(struct arena *a, struct spread *s, const char *member,
	struct run run)
{
	struct spread_part *p = make_part(a, s, member);
	size_t i = run_index(p, run.first ? run.first - 1 : 0), j = i;

	/* runs i..j-1 touch the new one and melt into it */
	while (j < p->nruns && p->runs[j].first <= run.last + 1) {
		run.first = num_min(run.first, p->runs[j].first);
		run.last = num_max(run.last, p->runs[j].last);
		j++;
	}
	if (i == j) {
		reserve_runs(a, p, p->nruns + 1);
		memmove(p->runs + i + 1, p->runs + i,
			(p->nruns - i) * sizeof(run));
		p->nruns++;
	} else {
		memmove(p->runs + i + 1, p->runs + j,
			(p->nruns - j) * sizeof(run));
		p->nruns -= j - i - 1;
	}
	p->runs[i] = run;
}

/* Both lists, by first, into the room after the first list: from the end, so
 * that nothing is overwritten before it was taken. */
static void merge_runs(struct spread_part *p, const struct spread_part *q)
{
	size_t i = p->nruns, j = q->nruns, k = i + j;

	while (j > 0)
		if (i > 0 && p->runs[i - 1].first > q->runs[j - 1].first)
			p->runs[--k] = p->runs[--i];
		else
			p->runs[--k] = q->runs[--j];
	p->nruns += q->nruns;
}

/* Melt runs that overlap or touch. */
static void melt_runs(struct spread_part *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->nruns; i++)
		if (n > 0 && p->runs[i].first <= p->runs[n - 1].last + 1)
			p->runs[n - 1].last =
				num_max(p->runs[n - 1].last, p->runs[i].last);
		else
			p->runs[n++] = p->runs[i];
	p->nruns = n;
}

/* So many runs are sooner put in their places one by one. */
enum { FEW_RUNS = 8 };

void spread_unite(struct arena *a, struct spread *s, const struct spread *t)
{
	for (size_t i = 0; i < t->nparts; i++) {
		const struct spread_part *q = &t->parts[i];
		struct spread_part *p;

		if (q->nruns < FEW_RUNS) {
			for (size_t j = 0; j < q->nruns; j++)
				spread_add(a, s, q->member, q->runs[j]);
			continue;
		}
		p = make_part(a, s, q->member);
		reserve_runs(a, p, p->nruns + q->nruns);
		merge_runs(p, q);
		melt_runs(p);
	}
}

void spread_intersect(struct arena *a, const struct spread *s,
	const struct spread *t, struct spread *out)
{
	for (size_t i = 0; i < t->nparts; i++) {
		const struct spread_part *q = &t->parts[i];
		const struct spread_part *p = spread_part(s, q->member);

		for (size_t j = 0; p != NULL && j < q->nruns; j++) {
			struct run r = q->runs[j];
			size_t k = run_index(p, r.first);

			for (; k < p->nruns && p->runs[k].first <= r.last; k++)
				spread_add(a, out, q->member,
					(struct run){
						num_max(r.first,
							p->runs[k].first),
						num_min(r.last,
							p->runs[k].last),
					});
		}
	}
}

/* What is left of run r of member when the runs of p are taken away. */
static void add_left(struct arena *a, struct spread *out, const char *member,
	struct run r, const struct spread_part *p)
{
	size_t k = p ? run_index(p, r.first) : 0;

	for (; p != NULL && k < p->nruns && p->runs[k].first <= r.last; k++) {
		if (p->runs[k].first > r.first)
			spread_add(a, out, member,
				(struct run){ r.first, p->runs[k].first - 1 });
		if (p->runs[k].last >= r.last)
			return;
		r.first = p->runs[k].last + 1;
	}
	spread_add(a, out, member, r);
}

void spread_subtract(struct arena *a, const struct spread *s,
	const struct spread *t, struct spread *out)
{
	for (size_t i = 0; i < s->nparts; i++) {
		const struct spread_part *p = &s->parts[i];

		for (size_t j = 0; j < p->nruns; j++)
			add_left(a, out, p->member, p->runs[j],
				spread_part(t, p->member));
	}
}

void spread_project(struct arena *a, const struct spread *s, uint64_t mask,
	struct spread *out)
{
	for (size_t i = 0; i < s->nparts; i++)
		for (size_t j = 0; j < s->parts[i].nruns; j++) {
			struct run r = s->parts[i].runs[j];

			spread_add(a, out, "",
				(struct run){ r.first & mask, r.last & mask });
		}
}

static bool part_equal(const struct spread_part *p, const struct spread_part *q)
{
	return strcmp(p->member, q->member) == 0 && p->nruns == q->nruns &&
		memcmp(p->runs, q->runs, p->nruns * sizeof(*p->runs)) == 0;
}

bool spread_equal(const struct spread *s, const struct spread *t)
{
	if (s->nparts != t->nparts || s->parts == t->parts)
		return s->nparts == t->nparts;
	for (size_t i = 0; i < s->nparts; i++)
		if (!part_equal(&s->parts[i], &t->parts[i]))
			return false;
	return true;
}

const struct run *spread_run(const struct spread *s, struct spread_key key)
{
	const struct spread_part *p = spread_part(s, key.member);
	size_t i = p ? run_index(p, key.position) : 0;

	return p != NULL && i < p->nruns && p->runs[i].first <= key.position ?
		&p->runs[i] :
		NULL;
}

bool spread_has(const struct spread *s, struct spread_key key)
{
	return spread_run(s, key) != NULL;
}

uint64_t spread_count(const struct spread *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->nparts; i++)
		for (size_t j = 0; j < s->parts[i].nruns; j++)
			n += s->parts[i].runs[j].last -
				s->parts[i].runs[j].first + 1;
	return n;
}

struct spread_key spread_first(const struct spread *s)
{
	struct spread_key best = { s->parts[0].member,
		s->parts[0].runs[0].first };

	for (size_t i = 1; i < s->nparts; i++) {
		struct spread_key k = { s->parts[i].member,
			s->parts[i].runs[0].first };

		if (spread_key_compare(k, best) < 0)
			best = k;
	}
	return best;
}

struct spread_key spread_last(const struct spread *s)
{
	struct spread_key best = { s->parts[0].member,
		s->parts[0].runs[s->parts[0].nruns - 1].last };

	for (size_t i = 1; i < s->nparts; i++) {
		const struct spread_part *p = &s->parts[i];
		struct spread_key k = { p->member, p->runs[p->nruns - 1].last };

		if (spread_key_compare(k, best) > 0)
			best = k;
	}
	return best;
}
