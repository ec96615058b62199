/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is not done stands in one list in the order it came, and each turn starts
 * what is due and has room at its host.  If-Range was refused: of a file that has
 * changed it brings all the bytes, which nobody wants.
 */
#include "net/pull.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "base/xxh.h"
#include "net/condition.h"
#include "net/share.h"

enum {
	CONNECTIONS = 64, /* all hosts together */
	TURN_MAX = 250,   /* ms: others come and go */
};

struct pull_host {
	struct pull_host *next;
	char *origin;
	unsigned int running, asked; /* asked: and not done */
	struct rate rate;
	struct share_host share;
	unsigned int part; /* how many may run */
	bool full;         /* no more of them can start in this turn */
};

struct puller {
	struct pull_options options;
	struct share share;
	struct http_pool *pool;
	struct pull *first, **last;
	struct pull_host *hosts;
	unsigned int connections, running;
	size_t ended; /* done, and still in the list */
	uint64_t bytes;
};

int pull_check(const struct url *url, const char *shown, struct err *err)
{
	if (url->kind == URL_OBJECT || url_is_http(url))
		return 0;
	return err_set(err, ERR_DATA,
		"'%s': parts of files come from http, https, s3, gs and az only: " PULL_REMEDY,
		shown);
}

struct puller *puller_open(const struct pull_options *options, struct err *err)
{
	unsigned int n = options->per_host > CONNECTIONS ? options->per_host :
							   CONNECTIONS;
	struct http_options http = { .connections = n,
		.timeout = options->timeout,
		.speed = options->speed };
	struct puller *p = mem_alloc(sizeof(*p));

	access_transport(options->access, &http);
	*p = (struct puller){ .options = *options, .connections = n };
	p->last = &p->first;
	p->pool = http_open(&http, err);
	if (p->pool == NULL) {
		mem_free(p);
		return NULL;
	}
	p->share = share_open(options->shared, options->per_host);
	return p;
}

static struct pull_host *find_host(struct puller *p, const char *origin)
{
	struct pull_host *h = p->hosts;
	size_t size = strlen(origin) + 1;

	while (h != NULL && !str_eq(h->origin, origin))
		h = h->next;
	if (h != NULL)
		return h;
	h = mem_alloc(sizeof(*h));
	*h = (struct pull_host){ .next = p->hosts, .origin = mem_alloc(size) };
	memcpy(h->origin, origin, size);
	p->hosts = h;
	return h;
}

void puller_add(struct puller *p, struct pull *one)
{
	one->puller = p;
	one->next = NULL;
	one->host = find_host(p, one->url->origin);
	one->got = 0;
	one->due = one->end = 0;
	if (p->options.deadline > 0)
		one->end = clock_ms() + p->options.deadline * 1000;
	one->retry = (struct retry){ 0, 0 };
	one->done = one->busy = one->lasting = false;
	one->host->asked++;
	share_join(&p->share, &one->host->share, one->url->origin);
	*p->last = one;
	p->last = &one->next;
}

uint64_t puller_bytes(const struct puller *p)
{
	return p != NULL ? p->bytes : 0;
}

void pull_time(const struct http_head *head, char out[CLOCK_TEXT])
{
	int64_t t = http_date(head->validators.modified);

	out[0] = '\0';
	if (t >= 0)
		clock_text(t, 0, out);
}

static int changed(struct pull *one, struct err *err)
{
	one->lasting = true;
	return err_set(err, ERR_TEMP, "changed since it was opened: run again");
}

/* What is looked at, or known by a number, is one of many objects, of which there
 * are no copies. */
static int refuse(struct pull *one, const char *why, struct err *err)
{
	one->lasting = true;
	if (one->look || one->version.tag != 0)
		return err_set(err, ERR_DATA, "%s", why);
	return err_set(err, ERR_DATA, "%s: " PULL_REMEDY, why);
}

uint64_t pull_tag(const struct http_head *head)
{
	char time[CLOCK_TEXT], text[HTTP_TAG_MAX + 32];
	const char *version = head->validators.etag;
	int n;

	pull_time(head, time);
	if (*version == '\0')
		version = time;
	if (*version == '\0' || head->length == HTTP_UNKNOWN)
		return 0;
	n = snprintf(text, sizeof(text), "%" PRIu64 " %s", head->length,
		version);
	return num_max(xxh_short(text, (size_t)n), 1);
}

/* Is it the version that is wanted?  A tag tells more than a time; one that was
 * there and is not in this answer tells nothing, so the bytes are not taken. */
static bool is_wanted(const struct pull *one, const struct http_head *head)
{
	const struct pull_version *v = &one->version;
	char time[CLOCK_TEXT];

	if (v->tag != 0)
		return pull_tag(head) == v->tag;
	if (v->size != HTTP_UNKNOWN && head->length != HTTP_UNKNOWN &&
		head->length != v->size)
		return false;
	if (*v->etag != '\0')
		return str_eq(head->validators.etag, v->etag);
	pull_time(head, time);
	return *v->modified == '\0' || str_eq(time, v->modified);
}

/* What there is of what was asked for, and of which version. */
static int settle(struct pull *one, const struct http_head *head,
	struct err *err)
{
	if (head->status != 206)
		return refuse(one, "the server sends no ranges of files", err);
	if (head->offset == HTTP_UNKNOWN || head->offset >= head->length)
		return refuse(one, "the server does not say how large it is",
			err);
	if (pull_tag(head) == 0)
		return refuse(one,
			"the server gives neither ETag nor Last-Modified, so a "
			"change would not be seen",
			err);
	if (one->last)
		one->offset = head->offset;
	one->length = num_min(one->length, head->length - one->offset);
	one->version.tag = pull_tag(head);
	one->last = false;
	return 0;
}

static int on_head(void *state, const struct http_head *head, struct err *err)
{
	struct pull *one = state;

	if (one->look && one->version.tag == 0 && settle(one, head, err) < 0)
		return -1;
	if (!is_wanted(one, head))
		return changed(one, err);
	if (head->status != 206)
		return refuse(one, "the server sends no ranges of files", err);
	if (head->offset != one->offset + one->got)
		return refuse(one,
			"the server sends other ranges than it is asked for",
			err);
	return 0;
}

static int on_body(void *state, const void *p, size_t len, struct err *err)
{
	struct pull *one = state;
	uint64_t at = one->offset + one->got;

	if (len > one->length - one->got)
		return refuse(one,
			"the server sends other ranges than it is asked for",
			err);
	one->puller->bytes += len;
	if (one->put != NULL && one->put(one->state, at, p, len, err) < 0) {
		one->lasting = true;
		return -1;
	}
	one->got += len;
	return 0;
}

static void end(struct pull *one)
{
	one->done = true;
	one->puller->ended++;
}

static void fail(struct pull *one, const struct err *why)
{
	one->err = *why;
	if (one->retry.tries > 0)
		err_in(&one->err, "tried %u times", one->retry.tries + 1);
	err_in(&one->err, "'%s'", one->shown);
	end(one);
}

static bool is_late(const struct pull *one, int64_t now)
{
	return one->end > 0 && one->end <= now;
}

static void fail_late(struct pull *one)
{
	struct err err = ERR_INIT;

	err_set(&err, ERR_TEMP, "the deadline, %lld s, has passed",
		(long long)one->puller->options.deadline);
	fail(one, &err);
}

static void try_later(struct pull *one, const struct http_result *r)
{
	const struct retry_try t = {
		.most = one->puller->options.retries,
		.kept = one->got,
		.retry_after = r->retry_after,
		.random = (uint64_t)clock_ms() * 7919 + one->offset,
	};
	int64_t pause;

	if (!retry_again(&one->retry, &t, &pause)) {
		fail(one, &r->err);
		return;
	}
	one->due = clock_ms() + pause;
	log_info("'%s': %s; trying again in %lld ms", one->shown, r->err.msg,
		(long long)pause);
}

static void on_done(void *state, const struct http_result *result)
{
	struct pull *one = state;
	struct http_result r = *result;

	one->busy = false;
	share_give(&one->puller->share, &one->host->share, one->slot,
		clock_ms());
	one->host->running--;
	one->puller->running--;
	one->head = r.head;
	one->absent = r.absent && r.head.status == 404;
	if (one->absent && !one->look && one->version.tag != 0) {
		err_clear(&r.err);
		err_set(&r.err, ERR_TEMP,
			"gone since it was opened: run again");
		one->lasting = true;
	}
	if (one->got == one->length && r.head.status == 206 && !one->lasting) {
		end(one);
		return;
	}
	if (r.head.status == 416 && one->version.tag == 0 &&
		one->version.size == HTTP_UNKNOWN) {
		err_clear(&r.err);
		refuse(one, "it is empty, or the server sends no ranges",
			&r.err);
	} else if (r.head.status == 412 || r.head.status == 416) {
		err_clear(&r.err);
		changed(one, &r.err);
	} else if (r.ok) {
		err_set(&r.err, ERR_TEMP, "the server sends too few bytes");
		r.retryable = true;
	}
	if (is_late(one, clock_ms()))
		fail_late(one);
	else if (one->lasting || !r.retryable)
		fail(one, &r.err);
	else
		try_later(one, &r);
}

static void start(struct pull *one, int64_t now)
{
	char only_if[CONDITION_MAX];
	struct http_request req = {
		.rate = &one->host->rate,
		.offset = one->offset + one->got,
		.length = one->length - one->got,
		.last = one->last,
		.limit = one->end > 0 ? one->end - now : 0,
		.on_head = on_head,
		.on_body = on_body,
		.on_done = on_done,
		.state = one,
	};
	struct err err = ERR_INIT;
	struct arena secrets = ARENA_INIT;
	int r;

	if (condition_only_if(one->version.etag, one->version.modified,
		    only_if))
		req.only_if = only_if;
	access_request(one->puller->options.access, &secrets, one->url, &req);
	r = http_start(one->puller->pool, &req, &err);
	arena_release(&secrets);
	if (r < 0) {
		share_give(&one->puller->share, &one->host->share, one->slot,
			now);
		fail(one, &err);
		return;
	}
	one->busy = true;
	one->host->running++;
	one->puller->running++;
}

/* ms to the time of one that waits, if that is before wait. */
static int64_t sooner(const struct pull *one, int64_t now, int64_t wait)
{
	int64_t at = one->due;

	if (one->end > 0 && one->end < at)
		at = one->end;
	return at - now < wait ? at - now : wait;
}

/* If it has its turn.  Slots that others give back tell nobody. */
static void start_if(struct pull *one, int64_t now, int64_t *wait)
{
	struct pull_host *h = one->host;

	if (h->running < h->part)
		one->slot = share_take(&one->puller->share, &h->share, now);
	h->full = h->running >= h->part || one->slot < 0;
	if (!h->full)
		start(one, now);
	else if (h->running<h->part && * wait> SHARE_POLL)
		*wait = SHARE_POLL;
}

/* What is ours of the host at the moment. */
static void divide(const struct puller *p, struct pull_host *h, int64_t now)
{
	unsigned int n = share_askers(&p->share, &h->share, now);

	h->part = (p->options.per_host + n - 1) / n;
	h->full = h->running >= h->part;
	if (p->options.rate > 0)
		h->rate.per_second = num_max(p->options.rate / n, 1);
}

/* One more may start: else tens of thousands would be looked at in vain. */
static bool has_room(const struct puller *p)
{
	const struct pull_host *h = p->hosts;

	while (h != NULL && (h->asked == 0 || h->full))
		h = h->next;
	return h != NULL && p->running < p->connections;
}

/* Start what can be started; returns how long nothing else will come due. */
static int64_t start_due(struct puller *p)
{
	int64_t now = clock_ms(), wait = TURN_MAX;

	for (struct pull_host *h = p->hosts; h != NULL; h = h->next)
		if (h->asked > 0)
			divide(p, h, now);
	for (struct pull *x = p->first; x != NULL && has_room(p); x = x->next) {
		if (x->busy || x->done)
			continue;
		if (is_late(x, now))
			fail_late(x);
		else if (x->due <= now && !x->host->full)
			start_if(x, now, &wait);
		if (x->done)
			wait = 0;
		else if (!x->busy && x->due > now)
			wait = sooner(x, now, wait);
	}
	return wait > 0 ? wait : 0;
}

static void drop_done(struct puller *p)
{
	struct pull **at = &p->first;

	for (; p->ended > 0; p->ended--) {
		while (!(*at)->done)
			at = &(*at)->next;
		(*at)->host->asked--;
		*at = (*at)->next;
		if (*at == NULL)
			p->last = at;
	}
	for (struct pull_host *h = p->hosts; h != NULL; h = h->next)
		if (h->asked == 0)
			share_leave(&p->share, &h->share);
}

int puller_run(struct puller *p, int fd, struct err *err)
{
	int64_t wait = start_due(p);
	int r = http_run(p->pool, (int)wait, fd, err);

	drop_done(p);
	return r;
}

void puller_close(struct puller *p)
{
	if (p == NULL)
		return;
	http_close(p->pool);
	share_close(&p->share);
	while (p->hosts != NULL) {
		struct pull_host *h = p->hosts;

		p->hosts = h->next;
		mem_free(h->origin);
		mem_free(h);
	}
	mem_free(p);
}
