/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time left is guessed from files and not from bytes, since nobody knows the
 * size of a file before its server is asked.
 */
#include "net/meter.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/num.h"
#include "base/size.h"
#include "base/str.h"
#include "record/json_write.h"

enum { LIVE_EVERY = 250 /* ms */ };

bool meter_read_form(const char *text, enum meter_form *out)
{
	static const char *const words[] = { "auto", "json", "none" };

	for (int i = 0; i < 3; i++)
		if (str_eq(text, words[i])) {
			*out = (enum meter_form)i;
			return true;
		}
	return false;
}

/* Seconds for waiting files if done took past ms, or -1 if it cannot be told. */
static double time_left(int64_t past, uint64_t done, uint64_t waiting)
{
	if (done == 0)
		return -1;
	return (double)past / 1000 * (double)waiting / (double)done;
}

static void add_left(struct buf *line, double seconds)
{
	if (seconds >= 7200)
		buf_addf(line, ", %.0f h left", seconds / 3600);
	else if (seconds >= 120)
		buf_addf(line, ", %.0f min left", seconds / 60);
	else if (seconds >= 0)
		buf_addf(line, ", %.0f s left", seconds);
}

/* Those with the most under way, and then those that bring most, at most METER_HOSTS; all
 * is how many have anything to do. */
static size_t busiest(struct host *hosts, struct host **out, size_t *all)
{
	size_t n = 0;

	*all = 0;
	for (struct host *h = hosts; h != NULL; h = h->next) {
		size_t i;

		if (h->running == 0 && h->waiting == 0)
			continue;
		(*all)++;
		for (i = n; i > 0 &&
			(out[i - 1]->running < h->running ||
				(out[i - 1]->running == h->running &&
					out[i - 1]->told.rate < h->told.rate));
			i--)
			if (i < METER_HOSTS)
				out[i] = out[i - 1];
		if (i < METER_HOSTS)
			out[i] = h;
		n += n < METER_HOSTS;
	}
	return n;
}

static int by_name(const void *a, const void *b)
{
	const struct host *const *x = a, *const *y = b;

	return strcmp((*x)->origin, (*y)->origin);
}

static const char *name_of(const struct host *h)
{
	const char *at = strstr(h->origin, "://");

	return at != NULL ? at + 3 : h->origin;
}

static void add_host(struct buf *text, const struct host *h, int width,
	int64_t past)
{
	char rate[SIZE_TEXT];

	size_text(h->told.rate, rate);
	buf_addf(text, "  %-*.*s  %8s/s  %3u under way  %llu done", width,
		width, name_of(h), rate, h->running,
		(unsigned long long)h->done);
	if (h->waiting > 0)
		buf_addf(text, ", %u to come", h->waiting);
	add_left(text, time_left(past, h->done, h->waiting + h->running));
	buf_addc(text, '\n');
}

/* A line a host, as far as there is room, in the order of their names, which keeps them
 * where they are. */
static void add_hosts(struct buf *text, const struct meter *m,
	const struct meter_state *s)
{
	const struct log_screen screen = log_screen();
	struct host *at[METER_HOSTS];
	size_t all, n = busiest(s->hosts, at, &all), width = 0;
	size_t most = screen.columns > 70 ? screen.columns - 50 : 20;

	if (screen.rows < n + 4)
		n = screen.rows > 4 ? screen.rows - 4 : 0;
	qsort(at, n, sizeof(struct host *), by_name);
	for (size_t i = 0; i < n; i++)
		width = num_max(width, strlen(name_of(at[i])));
	for (size_t i = 0; i < n; i++)
		add_host(text, at[i], (int)num_min(width, most),
			m->at - m->begun);
	if (n < all)
		buf_addf(text, "  and %zu more host%s\n", all - n,
			all - n == 1 ? "" : "s");
}

static void add_total(struct buf *line, const struct meter *m,
	const struct meter_state *s, double left)
{
	char bytes[SIZE_TEXT], rate[SIZE_TEXT];

	size_text((double)s->now.bytes, bytes);
	size_text(m->rate, rate);
	buf_addf(line, "%llu files, %llu to come, %u under way, %s, %s/s",
		(unsigned long long)s->now.done,
		(unsigned long long)s->now.left, s->now.running, bytes, rate);
	add_left(line, left);
}

static void tell_people(const struct meter *m, const struct meter_state *s,
	double left)
{
	struct buf text = BUF_INIT;

	if (log_is_live())
		add_hosts(&text, m, s);
	add_total(&text, m, s, left);
	if (log_is_live())
		log_live("%s", text.data);
	else
		log_warn("%s", text.data);
	buf_release(&text);
}

static void add_host_json(struct arena *a, struct js *list,
	const struct host *h)
{
	struct js *one = js_new_object(a);

	js_set_text(one, "host", name_of(h));
	js_set_u64(one, "done", h->done);
	js_set_u64(one, "waiting", h->waiting);
	js_set_u64(one, "running", h->running);
	js_set_u64(one, "bytes", h->bytes);
	js_set_u64(one, "rate", (uint64_t)h->told.rate);
	js_add(list, one);
}

static void tell_json(const struct meter *m, const struct meter_state *s,
	double left)
{
	struct arena a = ARENA_INIT;
	struct js *doc = js_new_object(&a), *all = js_new_object(&a);
	struct js *hosts = js_new_list(&a);
	struct buf line = BUF_INIT;

	js_set_u64(all, "done", s->now.done);
	js_set_u64(all, "waiting", s->now.left);
	js_set_u64(all, "running", s->now.running);
	js_set_u64(all, "bytes", s->now.bytes);
	js_set_u64(all, "rate", (uint64_t)m->rate);
	js_set(all, "seconds",
		js_new_real(&a, (double)(m->at - m->begun) / 1000));
	if (left >= 0)
		js_set(all, "left", js_new_real(&a, left));
	for (const struct host *h = s->hosts; h != NULL; h = h->next)
		add_host_json(&a, hosts, h);
	js_set(all, "hosts", hosts);
	js_set(doc, "progress", all);
	js_write(&line, doc, JS_RECORD);
	log_pass(line.data);
	buf_release(&line);
	arena_release(&a);
}

static double smooth(double old, uint64_t bytes, int64_t past)
{
	return 0.8 * old + 0.2 * 1000.0 * (double)bytes / (double)past;
}

void meter_show(struct meter *m, const struct meter_state *s)
{
	int64_t at = clock_ms(), past = at - m->at;
	bool live = log_is_live() && m->form == METER_AUTO;
	double left;

	if (m->begun == 0) {
		m->begun = m->at = at;
		return;
	}
	if (m->form == METER_NONE ||
		past < (live ? LIVE_EVERY : m->every * 1000))
		return;
	m->rate = smooth(m->rate, s->now.bytes - m->bytes, past);
	for (struct host *h = s->hosts; h != NULL; h = h->next) {
		h->told.rate =
			smooth(h->told.rate, h->bytes - h->told.bytes, past);
		h->told.bytes = h->bytes;
	}
	m->at = at;
	m->bytes = s->now.bytes;
	left = s->all ? time_left(m->at - m->begun, s->now.done, s->now.left) :
			-1;
	if (m->form == METER_JSON)
		tell_json(m, s, left);
	else
		tell_people(m, s, left);
}
