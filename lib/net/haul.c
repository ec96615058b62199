/* SPDX-License-Identifier: Apache-2.0 */
#include "net/haul.h"

#include "base/log.h"
#include "net/meter.h"
#include "net/order.h"
#include "record/ledger.h"
#include "record/tool.h"

enum {
	HELD_MAX = 1024, /* records under way */
	LINE_EVERY = 60, /* s, where there is no terminal */
};

struct haul {
	struct sources *from;
	struct stream_in *in;
	struct stream_out *out;
	struct order *first, **last;
	unsigned int held;
	bool ended; /* the input */
	struct meter meter;
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
	*h->last = o;
	h->last = &o->next;
	h->held++;
}

/* What is left to do with a file holds up transfers, and is best done for many:
 * so it waits until no more records or files will come, or there is no room for
 * them. */
static bool is_done(struct haul *h, struct order *first)
{
	struct finish_item *items[HELD_MAX];
	size_t n = 0;

	if (!order_has_come(first))
		return false;
	if (!finish_needs(&h->from->finish, &first->finish))
		return true;
	if (h->held < HELD_MAX &&
		(!h->ended || fetcher_stats(h->from->fetcher).running > 0))
		return false;
	for (struct order *o = first; o != NULL; o = o->next)
		if (order_has_come(o))
			items[n++] = &o->finish;
	finish_first(&h->from->finish, items, n);
	return true;
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

static bool can_admit(const struct haul *h)
{
	return !h->ended && h->held < HELD_MAX &&
		(h->from->fetcher == NULL ||
			fetcher_has_room(h->from->fetcher));
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
	return h->from->puller ? puller_run(h->from->puller, fd, err) :
				 fetcher_run(h->from->fetcher, fd, err);
}

static int run_all(struct haul *h, struct err *err)
{
	while (!h->ended || h->first != NULL) {
		if (step(h, err) < 0)
			return -1;
		if (emit_done(h, err) < 0)
			return -1;
		meter_show(&h->meter, fetcher_stats(h->from->fetcher), h->held,
			h->ended);
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
	h.meter.every = s->set->form == METER_JSON ? 1 : LINE_EVERY;
	got = run_all(&h, err);
	log_live(NULL);
	ledger_count(fetcher_stats(s->fetcher).bytes, 0, 0);
	sources_stop(s); /* what it runs lives in the arenas of orders */
	while (h.first != NULL)
		drop_first(&h);
	return got;
}
