/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datasets come in any order, so pieces are collected per array and sorted at
 * the end.  What is kept of a chunk is 16 to 20 bytes, of a piece 32 more.
 */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "model/place.h"
#include "plan/plan_grid.h"
#include "plan/plan_state.h"
#include "plan/plan_update.h"
#include "record/json_write.h"
#include "record/scan.h"

static void release(void *v)
{
	struct plan *p = v;

	for (size_t i = 0; i < p->narrays; i++) {
		mem_free(p->of[i].pieces);
		mem_free(p->close[i].pieces);
	}
	plan_keep_close(&p->keeper);
	plan_reader_close(p->reader);
	mem_free(p->keys);
	arena_release(&p->record);
}

struct plan *plan_open(struct arena *a, const struct plan_target *target)
{
	struct plan *p = ARENA_NEW(a, struct plan, 1);

	p->a = a;
	p->target = *target;
	p->of = ARENA_NEW(a, struct plan_collection, target->arrays->n);
	p->close = ARENA_NEW(a, struct plan_collection, target->arrays->n);
	p->stores = ARENA_NEW(a, const struct js *, target->arrays->n);
	p->axes = plan_axes(a, target->layout);
	p->reader = plan_reader_open(target->arrays);
	p->taken = ARENA_NEW(a, struct plan_kept, target->arrays->n);
	p->keeper.a = a;
	p->narrays = target->arrays->n;
	arena_defer(a, release, p);
	return p;
}

/* The URL as it stands in the text of a file, with its quotes. */
static struct span url_span(const struct plan_file *f)
{
	const size_t name = strlen("\"url\":");
	struct span url = { "", 0 };

	scan_value((struct span){ f->text + name, f->len - name }, &url);
	return url;
}

static const char *url_text(struct arena *a, const struct plan_file *f)
{
	const struct span url = url_span(f);
	struct err ignored = ERR_INIT;
	const char *text = js_text(js_parse(a, url.text, url.len, &ignored));

	return text ? text : "";
}

static int compare_urls(const struct plan_file *x, const struct plan_file *y)
{
	const struct span a = url_span(x), b = url_span(y);
	size_t least = a.len < b.len ? a.len : b.len;
	int c = x == y ? 0 : memcmp(a.text, b.text, least);

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

static int by_place(const void *x, const void *y)
{
	const struct plan_kept *a = x, *b = y;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return compare_urls(a->file, b->file);
}

/* "time=3 lat=0 of sst": a place of a variable. */
static const char *place_text(const struct plan *p, const struct array *t,
	uint64_t place)
{
	const struct layout_var *v = t->var;
	const char *member = v->from.parts[0].member, *text = "";
	uint64_t at[PLACE_MAX_DIMS];

	place_unpack(place, at);
	for (unsigned i = 0; i < v->ndim; i++)
		if (v->concat[i] >= 0)
			text = arena_printf(p->a, "%s%s%s=%llu", text,
				*text ? " " : "", v->dims[i],
				(unsigned long long)at[v->concat[i]]);
	return arena_printf(p->a, "%s%s%s",
		*text ? text : "the file it is taken from",
		*member ? " of " : "", member);
}

/* The same record twice is once; two files at one place are refused. */
static int drop_doubles(const struct plan *p, struct plan_collection *c,
	const struct array *t, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct plan_kept *last = n ? &c->pieces[n - 1] : NULL;

		if (last == NULL || last->place != c->pieces[i].place) {
			c->pieces[n++] = c->pieces[i];
			continue;
		}
		if (compare_urls(last->file, c->pieces[i].file) != 0)
			return err_set(err, ERR_DATA,
				"two files for %s: '%.300s' and '%.300s'; give "
				"each position one file",
				place_text(p, t, last->place),
				url_text(p->a, last->file),
				url_text(p->a, c->pieces[i].file));
	}
	c->n = n;
	return 0;
}

static int check_complete(const struct plan *p, const struct array *t,
	const struct plan_collection *c, struct err *err)
{
	struct spread have = { 0 }, want = { 0 }, left = { 0 };
	struct arena a = ARENA_INIT;

	if (c->n == spread_count(&t->var->from))
		return 0;
	for (size_t i = 0; i < c->n; i++)
		spread_add(&a, &have, "",
			(struct run){ c->pieces[i].place, c->pieces[i].place });
	spread_project(&a, &t->var->from, layout_mask(p->target.layout, t->var),
		&want);
	spread_subtract(&a, &want, &have, &left);
	err_set(err, ERR_DATA,
		"no dataset for %s, which the schema counts on for variable "
		"'%.200s'; give pgf-plan all datasets that pgf-schema read",
		left.nparts ? place_text(p, t, spread_first(&left).position) :
			      "a place",
		t->name);
	arena_release(&a);
	return -1;
}

/* Files to compare with: as many as the layout says. */
static int collect_close(struct plan *p, size_t i, bool complete,
	struct err *err)
{
	const struct array *t = &p->target.arrays->at[i];
	struct plan_collection *c = &p->close[i];
	uint64_t want = spread_count(&t->var->close);
	size_t n = 0;

	if (c->n > 0)
		qsort(c->pieces, c->n, sizeof(*c->pieces), by_place);
	for (size_t k = 0; k < c->n; k++)
		if (n == 0 || by_place(&c->pieces[n - 1], &c->pieces[k]) != 0)
			c->pieces[n++] = c->pieces[k];
	c->n = n;
	if (n == want || !complete)
		return 0;
	return err_set(err, ERR_DATA,
		"%zu datasets to compare variable '%.200s' with, and the "
		"schema counts on %llu; give pgf-plan the datasets that "
		"pgf-schema read, each once",
		n, t->name, (unsigned long long)want);
}

static int collect(struct plan *p, size_t i, bool complete, struct err *err)
{
	const struct array *t = &p->target.arrays->at[i];
	struct plan_collection *c = &p->of[i];

	if (c->n > 0)
		qsort(c->pieces, c->n, sizeof(*c->pieces), by_place);
	if (drop_doubles(p, c, t, err) < 0)
		return -1;
	return complete ? check_complete(p, t, c, err) : 0;
}

int plan_collect(struct plan *p, bool complete, struct plan_all *all,
	struct err *err)
{
	const struct arrays *arrays = p->target.arrays;
	struct plan_frame *frames =
		ARENA_NEW(p->a, struct plan_frame, arrays->n);
	struct plan_grid *grids = ARENA_NEW(p->a, struct plan_grid, arrays->n);

	*all = (struct plan_all){
		&p->target,
		p->axes,
		p->of,
		p->close,
		p->stores,
		frames,
		grids,
	};
	for (size_t i = 0; i < arrays->n; i++) {
		if (collect(p, i, complete, err) < 0 ||
			collect_close(p, i, complete, err) < 0)
			return -1;
		frames[i] = plan_frame(p->a, &arrays->at[i],
			p->target.documents[i]);
		if (complete)
			grids[i] = plan_grid_of(all, i);
	}
	return 0;
}

int plan_cut(struct plan *p, const struct plan_sink *sink, struct err *err)
{
	struct plan_all all;

	return plan_collect(p, true, &all, err) < 0 ?
		-1 :
		plan_cut_arrays(&all, sink, err);
}

int plan_cut_by_input(struct plan *p, const struct plan_sink *sink,
	struct plan_account *account, struct err *err)
{
	struct plan_draws *draws = NULL;
	struct plan_all all;
	int r;

	if (plan_collect(p, true, &all, err) < 0)
		return -1;
	if (account != NULL)
		draws = ARENA_NEW(p->a, struct plan_draws, account->n);
	r = plan_cut_inputs(&all, NULL, draws, sink, err);
	if (r == 0 && account != NULL)
		plan_update_account(p, &all, draws, account);
	return r;
}
