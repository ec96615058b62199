/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coordinates of concat dimensions: files are laid end to end in the order of the
 * recipe, and here it is seen whether that is the order of time.  What is looked
 * at is where each file begins and ends and its steps, not every value, and files
 * in a row at equal steps all at once.
 */
#include "layout/layout_decide.h"

#include <math.h>
#include <stdlib.h>

#include "base/str.h"
#include "layout/decision.h"
#include "model/place.h"
#include "model/timecode.h"

/* A step this many times the usual one is a gap. */
static const double gap_factor = 1.5;

/* Files position .. position + run.count - 1 of an axis. */
struct stretch {
	const char *member;
	uint64_t position;
	struct series_run run;
};

struct axis {
	struct decider *d;
	const char *name;
	unsigned number; /* of the concat dimension */
	bool is_time;
	enum calendar calendar;
	double sign;  /* -1: decreasing, and all numbers are turned round */
	bool refuses; /* what is found is told in a refusal */
	size_t n;
	struct stretch *at;
};

/* Found while walking along an axis: how often, and the first two places. */
struct finding {
	uint64_t count, position;
	const char *text;
};

static const char *date_text(struct arena *a, enum calendar calendar, double ms)
{
	const double second = 1e3;
	struct date at;

	if (fabs(ms) > 2e14)
		return arena_printf(a, "%.17g milliseconds", ms);
	calendar_date(calendar, (int64_t)floor(ms / second), &at);
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d", at.year,
		at.month, at.day, at.hour, at.minute, at.second);
}

static const char *value_text(const struct axis *x, double v)
{
	v *= x->sign;
	if (x->is_time)
		return date_text(x->d->a, x->calendar, v);
	return arena_printf(x->d->a, "%.15g", v);
}

static const char *step_text(const struct axis *x, double step)
{
	static const struct {
		double ms;
		const char *name;
	} units[] = { { 86400e3, "days" }, { 3600e3, "hours" },
		{ 60e3, "minutes" }, { 1e3, "seconds" } };

	for (size_t i = 0; x->is_time && i < 4; i++)
		if (step >= units[i].ms)
			return arena_printf(x->d->a, "%.6g %s",
				step / units[i].ms, units[i].name);
	return arena_printf(x->d->a, "%.15g%s", step,
		x->is_time ? " milliseconds" : "");
}

static void add_stretch(struct axis *x, const struct series_run *r,
	const struct run *in, const char *member)
{
	uint64_t last = r->place + r->count - 1, at[PLACE_MAX_DIMS];
	uint64_t from = r->place > in->first ? r->place : in->first;
	uint64_t to = last < in->last ? last : in->last;
	struct stretch *s = &x->at[x->n];
	double skip = (double)(from - r->place) * r->step;

	if (r->place > in->last || last < in->first)
		return;
	s->run = *r;
	s->run.place = from;
	s->run.count = to - from + 1;
	s->run.span.first += skip;
	s->run.span.last += skip;
	place_unpack(from, at);
	s->position = at[x->number];
	s->member = member;
	x->n++;
}

static void turn(struct series_run *r)
{
	struct extent e = r->span;

	r->step = -r->step;
	r->span.first = -e.first;
	r->span.last = -e.last;
	r->span.low = -e.high;
	r->span.mid = -e.mid;
	r->span.high = -e.low;
}

static int by_position(const void *x, const void *y)
{
	const struct stretch *a = x, *b = y;

	return a->position < b->position ? -1 : a->position > b->position;
}

/* The runs of the files from which the variable is taken, in order. */
static void collect(struct axis *x, const struct series *s,
	const struct spread *from)
{
	size_t room = 0;

	for (size_t i = 0; i < s->nparts; i++)
		room += s->parts[i].n;
	for (size_t i = 0; i < from->nparts; i++)
		room += from->parts[i].nruns;
	x->at = ARENA_NEW(x->d->a, struct stretch, room);
	for (size_t i = 0; i < s->nparts; i++) {
		const struct series_part *p = &s->parts[i];
		const struct spread_part *in = spread_part(from, p->member);
		size_t j = 0, k = 0;

		while (in != NULL && j < p->n && k < in->nruns) {
			const struct series_run *r = &p->runs[j];

			add_stretch(x, r, &in->runs[k], p->member);
			if (r->place + r->count - 1 < in->runs[k].last)
				j++;
			else
				k++;
		}
	}
	for (size_t i = 0; x->sign < 0 && i < x->n; i++)
		turn(&x->at[i].run);
	if (x->n > 1)
		qsort(x->at, x->n, sizeof(*x->at), by_position);
}

/* A step of a file to itself, within a run, or from one run to the next. */
struct stride {
	double low, mid, high;
	uint64_t count, weight; /* places where it is, and steps that it is */
	uint64_t position;      /* of the file it leads to */
	struct spread_key file; /* that one */
	double from, to;
	bool inside; /* of a file */
};

enum { INSIDE, ALONG, ACROSS, NSTRIDES };

static double end_of(const struct series_run *r)
{
	return r->span.last + (double)(r->count - 1) * r->step;
}

/* False if there is no such step. */
static bool get_stride(const struct axis *x, size_t i, int kind,
	struct stride *out)
{
	const struct stretch *s = &x->at[i];
	const struct extent *e = &s->run.span;

	*out = (struct stride){ .count = 1, .weight = 1 };
	out->position = s->position;
	out->file = (struct spread_key){ s->member, s->run.place };
	out->from = e->first;
	out->to = e->last;
	if (kind == INSIDE) {
		out->inside = true;
		out->low = e->low;
		out->mid = e->mid;
		out->high = e->high;
		out->count = s->run.count;
		out->weight = s->run.count * (e->n - 1);
		return e->n > 1;
	}
	out->from = kind == ALONG ? e->last : end_of(&s->run);
	if (kind == ALONG) {
		out->position++;
		out->file.position++;
		out->to = e->first + s->run.step;
		out->count = out->weight = s->run.count - 1;
	} else if (i + 1 < x->n) {
		out->position = s[1].position;
		out->file = (struct spread_key){ s[1].member, s[1].run.place };
		out->to = s[1].run.span.first;
	}
	out->low = out->mid = out->high = out->to - out->from;
	return kind == ALONG ? s->run.count > 1 : i + 1 < x->n;
}

/* Only a refusal names the file: what is told in the schema must not depend on
 * what else can be asked. */
static const char *place_text(const struct axis *x, const struct stride *s)
{
	struct arena *a = x->d->a;
	const char *url = x->refuses ? schema_url(a, x->d->s, s->file) : NULL;
	const char *text = arena_printf(a, "%.100s=%llu", x->name,
		(unsigned long long)s->position);

	return url ? arena_printf(a, "%s, '%.200s'", text, url) : text;
}

static void note(const struct axis *x, struct finding *f,
	const struct stride *s)
{
	if (f->count == 0)
		f->position = s->position;
	if (f->count < 2)
		f->text = arena_printf(x->d->a, "%s%s%s%s to %s (%s)",
			f->text ? f->text : "", f->text ? ", " : "",
			s->inside ? "within a file that goes from " : "from ",
			value_text(x, s->from), value_text(x, s->to),
			place_text(x, s));
	f->count += s->count;
}

static int check_order(struct axis *x, struct err *err)
{
	const char *order = x->d->policy->order;
	struct finding f = { .count = 0 };
	struct stride s;

	x->refuses = true;
	for (size_t i = 0; i < x->n; i++)
		for (int k = 0; k < NSTRIDES; k++)
			if (get_stride(x, i, k, &s) && !(s.low > 0))
				note(x, &f, &s);
	if (f.count == 0)
		return 0;
	return err_set(err, ERR_DATA,
		"coordinate '%.200s' is not %s in %llu places: %s; put the "
		"files in order and take out what overlaps, or set "
		"combine.order ('increasing', 'decreasing', 'any')",
		x->name, order, (unsigned long long)f.count, f.text);
}

static int by_size(const void *x, const void *y)
{
	const struct stride *a = x, *b = y;

	return a->mid < b->mid ? -1 : a->mid > b->mid;
}

/* The step of which half of all are no longer; 0 if there are too few. */
static double usual_step(const struct axis *x)
{
	struct arena a = ARENA_INIT;
	struct stride *at = ARENA_NEW(&a, struct stride, NSTRIDES * x->n);
	uint64_t total = 0, below = 0;
	size_t n = 0, i = 0;
	double usual = 0;

	for (size_t j = 0; j < x->n; j++)
		for (int k = 0; k < NSTRIDES; k++)
			if (get_stride(x, j, k, &at[n]))
				total += at[n++].weight;
	if (n > 0)
		qsort(at, n, sizeof(*at), by_size);
	for (; total > 1 && i < n && 2 * below < total; i++) {
		below += at[i].weight;
		usual = at[i].mid;
	}
	arena_release(&a);
	return usual;
}

static int check_gaps(struct axis *x, struct err *err)
{
	double usual = usual_step(x);
	struct finding f = { .count = 0 };
	uint64_t at[PLACE_MAX_DIMS] = { 0 };
	struct spread_key file = { "", 0 };
	const char *text;
	struct stride s;

	x->refuses = str_eq(x->d->policy->gaps, "error");
	for (size_t i = 0; usual > 0 && i < x->n; i++)
		for (int k = 0; k < NSTRIDES; k++)
			if (get_stride(x, i, k, &s) &&
				s.high > gap_factor * usual)
				note(x, &f, &s);
	if (f.count == 0)
		return 0;
	text = arena_printf(x->d->a,
		"%llu steps are longer than %g times the usual %s: %s",
		(unsigned long long)f.count, gap_factor, step_text(x, usual),
		f.text);
	if (x->refuses)
		return err_set(err, ERR_DATA,
			"coordinate '%.200s' has gaps: %s; get the files that "
			"are missing, or set combine.gaps ('allow', 'warn')",
			x->name, text);
	at[x->number] = f.position;
	if (!place_pack(x->d->out->nconcat, at, &file.position))
		file.position = 0;
	decision_add(x->d->a, &x->d->told,
		&(struct decision){
			.what = "gaps",
			.var = x->name,
			.name = "",
			.decided = text,
			.policy = "combine.gaps",
			.at = &file,
		});
	return 0;
}

static struct answer *answer_of(const struct fact *f, struct spread_key k)
{
	for (size_t i = 1; i < f->n; i++)
		if (spread_has(&f->answers[i]->files, k))
			return f->answers[i];
	return f->answers[0];
}

/* Files of no length have no values to tell. */
static const struct answer *empty_files(const struct decider *d,
	const char *name)
{
	const struct fact *f =
		schema_find(d->s, (struct fact_key){ "", FACT_DIM, name });

	return f ? fact_find(f, "0", NULL) : NULL;
}

/* Files whose records tell no values, or tell them otherwise than the first
 * (seen: those that do): it is said that nothing is known of them. */
static void tell_unseen(struct decider *d, const struct layout_var *v,
	const struct answer *seen)
{
	const struct answer *empty = empty_files(d, v->name);
	struct spread left = { 0 }, unseen = { 0 };
	struct spread_key first, last;

	spread_subtract(d->a, &v->from, seen ? &seen->files : &left, &left);
	spread_subtract(d->a, &left, empty ? &empty->files : &unseen, &unseen);
	if (unseen.nparts == 0)
		return;
	first = spread_first(&unseen);
	last = spread_last(&unseen);
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = "order",
			.var = v->name,
			.name = "",
			.files = &unseen,
			.decided = arena_printf(d->a,
				"not checked, nor gaps, of %llu files that "
				"tell no values of it (first %s, last %s)",
				(unsigned long long)spread_count(&unseen),
				schema_key_text(d->a, d->s, first),
				schema_key_text(d->a, d->s, last)),
			.policy = "combine.order",
			.at = &first,
		});
}

static int check_axis(struct decider *d, unsigned c, struct err *err)
{
	const char *name = d->out->concat[c].name;
	const struct layout_var *v = layout_var(d->out, name);
	const struct fact *f =
		schema_find(d->s, (struct fact_key){ name, FACT_SERIES, "" });
	struct axis x = { .d = d, .name = name, .number = c, .sign = 1 };
	struct answer *from;
	const char *calendar;

	if (v == NULL || v->from.nparts == 0)
		return 0;
	from = f ? answer_of(f, spread_first(&v->from)) : NULL;
	tell_unseen(d, v, from);
	if (from == NULL)
		return 0;
	series_settle(&from->series);
	calendar = js_text(decider_value(d, from->value));
	x.is_time = calendar != NULL && calendar_find(calendar, &x.calendar);
	if (str_eq(d->policy->order, "decreasing"))
		x.sign = -1;
	collect(&x, &from->series, &v->from);
	if (check_order(&x, err) < 0)
		return -1;
	return str_eq(d->policy->gaps, "allow") ? 0 : check_gaps(&x, err);
}

int decider_axes(struct decider *d, struct err *err)
{
	if (str_eq(d->policy->order, "any"))
		return 0;
	for (unsigned c = 0; c < d->out->nconcat; c++)
		if (check_axis(d, c, err) < 0)
			return -1;
	return 0;
}
