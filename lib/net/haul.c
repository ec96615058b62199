/* SPDX-License-Identifier: Apache-2.0 */
#include "net/haul.h"

#include <stdatomic.h>

#include "base/log.h"
#include "base/str.h"
#include "net/finisher.h"
#include "net/meter.h"
#include "net/order.h"
#include "record/ledger.h"
#include "record/tool.h"

enum {
	HELD_MAX = 1024, /* records under way */
};

struct haul {
	struct sources *from;
	struct stream_in *in;
	struct stream_out *out;
	struct order *first, **last;
	unsigned int held;
	bool ended;  /* the input */
	bool is_raw; /* there may be files to be finished */
	struct meter meter;
	struct finisher *finisher;         /* NULL until a file needs it */
	_Atomic(struct fetcher *) fetcher; /* to be woken; NULL: none */
};

/* Take one record into the queue; marks the end of the input. */
static void admit(struct haul *h)
{
	struct order *o = order_new();
	int got = stream_next(h->in, &o->arena, &o->rec, &o->err);

	if (got == 0) {
		h->ended = true;
		order_free(o);
		return;
	}
	if (got < 0)
		o->rec = tool_bad_line(&o->arena, h->in);
	o->place = tool_place(&o->arena, h->in, o->rec);
	if (got > 0)
		order_begin(o, h->from);
	h->is_raw = h->is_raw || h->from->finish.errand.command.text != NULL ||
		o->finish.what.kind != BUNDLE_NONE;
	*h->last = o;
	h->last = &o->next;
	h->held++;
}

static bool can_admit(const struct haul *h)
{
	return !h->ended && h->held < HELD_MAX &&
		(h->from->fetcher == NULL ||
			fetcher_has_room(h->from->fetcher));
}

/* On another thread. */
static void wake(void *state)
{
	struct haul *h = state;
	struct fetcher *f = atomic_load(&h->fetcher);

	if (f != NULL)
		fetcher_wake(f);
}

/* Does it wait to be finished? */
static bool is_raw(const struct haul *h, struct order *o)
{
	return order_has_come(o) && !o->finish.busy &&
		finish_needs(&h->from->finish, &o->finish);
}

/* What is to be finished together with the first: an archive is read once for all that
 * is wanted of it, as far as that can be known now.  0: more of it will come. */
static size_t gather(struct haul *h, struct order *first,
	struct finish_item **items)
{
	const struct bundle_name *what = &first->finish.what;
	bool many = what->kind == BUNDLE_ARCHIVE;
	size_t n = 0;

	items[n++] = &first->finish;
	if (!finish_is_packed(&first->finish))
		return n;
	if (many && can_admit(h))
		return 0;
	for (struct order *o = first->next; o != NULL; o = o->next) {
		if (o->finish.what.kind != what->kind ||
			!str_eq(o->finish.what.container, what->container))
			continue;
		if (!order_has_come(o) && many)
			return 0;
		if (is_raw(h, o))
			items[n++] = &o->finish;
	}
	return n;
}

/* Begin what can be done with the files that have come. */
static int finish_more(struct haul *h, struct err *err)
{
	struct finish_item *items[HELD_MAX];
	size_t n;

	for (struct order *o = h->first; h->is_raw && o != NULL; o = o->next) {
		if (!is_raw(h, o))
			continue;
		if (h->finisher == NULL)
			h->finisher =
				finisher_open(&h->from->finish, wake, h, err);
		if (h->finisher == NULL)
			return -1;
		n = gather(h, o, items);
		if (n > 0)
			finisher_add(h->finisher, items, n);
	}
	if (h->finisher != NULL)
		finisher_turn(h->finisher);
	return 0;
}

/* It is whole, or has failed. */
static bool is_done(const struct haul *h, struct order *o)
{
	return order_has_come(o) && !o->finish.busy &&
		!finish_needs(&h->from->finish, &o->finish);
}

static int emit(struct haul *h, struct order *o, struct err *err)
{
	if (order_fill(o) == 0)
		return stream_put(h->out, o->rec, err);
	err_in(&o->err, "%s", o->place);
	if (!o->absent || !h->from->set->skip_missing)
		return tool_refuse(o->rec, &o->err, err);
	log_warn("skipped: %s", o->err.msg);
	order_fill_missing(o);
	return stream_put(h->out, o->rec, err);
}

static void drop_first(struct haul *h)
{
	struct order *o = h->first;

	h->first = o->next;
	if (h->first == NULL)
		h->last = &h->first;
	h->held--;
	order_free(o);
}

/* Write what is done, up to the first that is not. */
static int emit_done(struct haul *h, struct err *err)
{
	int got = 0;

	while (got == 0 && h->first != NULL && is_done(h, h->first)) {
		got = emit(h, h->first, err);
		drop_first(h);
	}
	return got;
}

/* One step: take a record, or let the transfers go on.  While transfers run,
 * nobody waits for a record that has not come. */
static int step(struct haul *h, struct err *err)
{
	int fd = -1;

	if (can_admit(h) &&
		(h->first == NULL || h->from->fetcher == NULL ||
			stream_ready(h->in, &fd))) {
		admit(h);
		return 0;
	}
	if (h->from->puller != NULL)
		return puller_run(h->from->puller, fd, err);
	if (h->from->fetcher != NULL)
		return fetcher_run(h->from->fetcher, fd, err);
	if (h->finisher != NULL)
		(void)finisher_wait(h->finisher);
	return 0;
}

static int run_all(struct haul *h, struct err *err)
{
	while (!h->ended || h->first != NULL) {
		if (step(h, err) < 0)
			return -1;
		atomic_store(&h->fetcher, h->from->fetcher);
		if (finish_more(h, err) < 0 || emit_done(h, err) < 0)
			return -1;
		meter_show(&h->meter,
			&(struct meter_state){
				.now = fetcher_stats(h->from->fetcher),
				.hosts = fetcher_hosts(h->from->fetcher),
				.all = h->ended });
	}
	return 0;
}

int haul_run(struct sources *s, struct stream_in *in, struct stream_out *out,
	struct err *err)
{
	struct haul h = { .from = s, .in = in, .out = out };
	int got;

	h.last = &h.first;
	h.meter.form = s->set->form;
	h.meter.every = s->set->every;
	got = run_all(&h, err);
	log_live(NULL);
	ledger_count(fetcher_stats(s->fetcher).bytes, 0, 0);
	finisher_close(h.finisher);
	sources_stop(s); /* what it runs lives in the arenas of orders */
	while (h.first != NULL)
		drop_first(&h);
	return got;
}
