/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs are made from left to right, each as long as it can be, so they depend on
 * the spans alone.  What comes out of order waits at the end of the list, which is
 * sorted whenever it has doubled.  Steps that are no whole numbers make no runs:
 * the sums of their multiples would depend on where a run began.
 */
#include "schema/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_WAITING = 4096 };

static bool is_whole(double v)
{
	return fabs(v) < 0x1p52 && !(floor(v) < v);
}

static bool equal(double a, double b)
{
	return !(a < b) && !(a > b);
}

static struct extent extent_at(const struct series_run *r, uint64_t i)
{
	struct extent s = r->span;

	if (i > 0) {
		s.first += (double)i * r->step;
		s.last += (double)i * r->step;
	}
	return s;
}

/* Is s the span that follows r, whose step is step? */
static bool follows(const struct series_run *r, const struct extent *s,
	double step)
{
	struct extent want = r->span;

	want.first += (double)r->count * step;
	want.last += (double)r->count * step;
	return is_whole(s->first) && is_whole(s->last) &&
		is_whole(want.first) && is_whole(want.last) && s->n == want.n &&
		equal(s->first, want.first) && equal(s->last, want.last) &&
		equal(s->low, want.low) && equal(s->mid, want.mid) &&
		equal(s->high, want.high);
}

/* Take files off the front of run r. */
static void behead(struct series_run *r, uint64_t n)
{
	r->span = extent_at(r, n);
	r->place += n;
	r->count -= n;
	if (r->count == 1)
		r->step = 0;
}

/* What of r continues tail goes over to it; r becomes what is left. */
static void absorb(struct series_run *tail, struct series_run *r)
{
	double step =
		tail->count > 1 ? tail->step : r->span.first - tail->span.first;

	if (r->place != tail->place + tail->count ||
		!is_whole(tail->span.first) || !follows(tail, &r->span, step))
		return;
	tail->step = step;
	if (r->count == 1 || equal(r->step, step)) {
		tail->count += r->count;
		r->count = 0;
		return;
	}
	tail->count++;
	behead(r, 1);
}

/* Put a run, none of whose files comes before the last of p, behind it. */
static void push(struct series_part *p, size_t *n, struct series_run r)
{
	struct series_run *tail = *n ? &p->runs[*n - 1] : NULL;
	uint64_t end = tail ? tail->place + tail->count : 0;

	if (r.place < end && r.place + r.count <= end)
		return;
	if (r.place < end)
		behead(&r, end - r.place);
	if (tail != NULL)
		absorb(tail, &r);
	if (r.count > 0)
		p->runs[(*n)++] = r;
}

static int by_place(const void *x, const void *y)
{
	const struct series_run *a = x, *b = y;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	if (!equal(a->span.first, b->span.first))
		return a->span.first < b->span.first ? -1 : 1;
	if (!equal(a->span.last, b->span.last))
		return a->span.last < b->span.last ? -1 : 1;
	return a->count < b->count ? -1 : a->count > b->count;
}

static void settle(struct series_part *p)
{
	size_t n = 0;

	if (p->sorted == p->n)
		return;
	qsort(p->runs, p->n, sizeof(*p->runs), by_place);
	for (size_t i = 0; i < p->n; i++)
		push(p, &n, p->runs[i]);
	p->n = p->sorted = n;
}

void series_settle(struct series *s)
{
	for (size_t i = 0; i < s->nparts; i++)
		settle(&s->parts[i]);
}

static struct series_part *find_part(struct arena *a, struct series *s,
	const char *member)
{
	struct series_part *p;
	size_t i = 0;

	while (i < s->nparts && strcmp(s->parts[i].member, member) < 0)
		i++;
	if (i < s->nparts && strcmp(s->parts[i].member, member) == 0)
		return &s->parts[i];
	if (s->nparts == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 1;
		p = ARENA_NEW(a, struct series_part, s->cap);
		if (s->nparts > 0)
			memcpy(p, s->parts, s->nparts * sizeof(*p));
		s->parts = p;
	}
	memmove(s->parts + i + 1, s->parts + i,
		(s->nparts - i) * sizeof(*s->parts));
	s->nparts++;
	s->parts[i] = (struct series_part){ .member = arena_strdup(a, member) };
	return &s->parts[i];
}

/* Room for n more runs; cap is what the list should have then. */
static void grow(struct arena *a, struct series_part *p, size_t n, size_t cap)
{
	struct series_run *runs;

	if (n <= p->cap - p->n)
		return;
	if (p->n - p->sorted >= LEAST_WAITING && p->n >= 2 * p->sorted)
		settle(p);
	if (n <= p->cap - p->n)
		return;
	p->cap = cap;
	runs = ARENA_NEW(a, struct series_run, p->cap);
	if (p->n > 0)
		memcpy(runs, p->runs, p->n * sizeof(*runs));
	p->runs = runs;
}

void series_add(struct arena *a, struct series *s, const char *member,
	const struct series_run *run)
{
	struct series_part *p = find_part(a, s, member);
	const struct series_run *tail;

	grow(a, p, 1, p->cap ? 2 * p->cap : 1);
	tail = p->n ? &p->runs[p->n - 1] : NULL;
	if (p->sorted == p->n &&
		(tail == NULL || run->place >= tail->place + tail->count)) {
		push(p, &p->n, *run);
		p->sorted = p->n;
	} else {
		p->runs[p->n++] = *run;
	}
}

void series_unite(struct arena *a, struct series *s, const struct series *t)
{
	for (size_t i = 0; i < t->nparts; i++) {
		const struct series_part *more = &t->parts[i];
		struct series_part *p = find_part(a, s, more->member);

		/* Not doubled: of large ones there are two to unite. */
		if (more->n > LEAST_WAITING)
			grow(a, p, more->n, p->n + more->n);
		for (size_t j = 0; j < more->n; j++)
			series_add(a, s, more->member, &more->runs[j]);
	}
}

static struct js *run_to_json(struct arena *a, const struct series_run *r)
{
	const double v[] = { r->span.first, r->span.last, r->span.low,
		r->span.mid, r->span.high };
	struct js *list = js_new_list(a);

	js_add_u64(list, r->place);
	js_add_u64(list, r->count);
	js_add(list, js_new_real(a, r->step));
	js_add_u64(list, r->span.n);
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++)
		js_add(list, js_new_real(a, v[i]));
	return list;
}

struct js *series_to_json(struct arena *a, struct series *s)
{
	struct js *out = js_new_object(a);

	series_settle(s);
	for (size_t i = 0; i < s->nparts; i++) {
		struct js *list = js_new_list(a);

		for (size_t j = 0; j < s->parts[i].n; j++)
			js_add(list, run_to_json(a, &s->parts[i].runs[j]));
		js_set(out, s->parts[i].member, list);
	}
	return out;
}

static bool run_from_json(const struct js *v, struct series_run *r)
{
	double *const to[] = { &r->span.first, &r->span.last, &r->span.low,
		&r->span.mid, &r->span.high };
	bool ok = js_count(v) == 9 && js_u64(js_at(v, 0), &r->place) &&
		js_u64(js_at(v, 1), &r->count) && r->place < INT64_MAX &&
		r->count > 0 && r->count < INT64_MAX &&
		js_real(js_at(v, 2), &r->step) && isfinite(r->step) &&
		js_u64(js_at(v, 3), &r->span.n) && r->span.n > 0;

	for (size_t i = 0; ok && i < sizeof(to) / sizeof(*to); i++)
		ok = js_real(js_at(v, 4 + i), to[i]) && isfinite(*to[i]);
	return ok;
}

int series_from_json(struct arena *a, const struct js *v, struct series *out,
	struct err *err)
{
	if (js_type(v) != JS_OBJECT)
		return err_set(err, ERR_DATA, "'series' is not an object");
	for (void *it = js_first(v); it; it = js_next(v, it))
		for (size_t i = 0; i < js_count(js_member(it)); i++) {
			struct series_run r;

			if (!run_from_json(js_at(js_member(it), i), &r))
				return err_set(err, ERR_DATA,
					"'series' holds what is no run");
			series_add(a, out, js_name(it), &r);
		}
	return 0;
}
