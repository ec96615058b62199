/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A transfer is one exchange after another on one wire: redirects are followed
 * here, each as a request of its own.  libcurl would follow them by itself, but
 * take the headers of a request along to any host.
 */
#include "net/http.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"
#include "net/condition.h"
#include "net/http_status.h"
#include "net/url.h"
#include "net/wire.h"

enum {
	REDIRECTS = 10,
	DRAIN_MAX = 64 * 1024, /* of an error page, to keep the connection */
	PAGE_MAX = 1024,       /* of it, to look at */
};

struct transfer {
	struct http_pool *pool;
	struct transfer *next; /* in running */
	struct wire *wire;
	struct arena arena; /* of the request and of what is below */
	struct http_request req;
	const char *url; /* where the redirects have led */
	struct http_head head;
	struct err err; /* of a callback */
	uint64_t drained;
	unsigned int hops;
	bool http; /* and not one of the others */
	bool home; /* url is of the origin of req.url */
	bool head_given;
	bool drain; /* the body is an error page */
	bool conditional;
	bool digest; /* the server does not hear of Basic */
	bool paused; /* until the rate allows more */
	char page[PAGE_MAX];
};

struct http_pool {
	struct wire_pool *wires;
	struct http_options options;
	struct transfer *running;
	unsigned int paused;
};

int64_t http_date(const char *text)
{
	return wire_date(text);
}

struct http_pool *http_open(const struct http_options *options, struct err *err)
{
	struct http_pool *pool = mem_alloc(sizeof(*pool));
	struct wire_options wires = {
		.connections = options->connections,
		.timeout = options->timeout,
		.speed = options->speed > 0 ? options->speed : 1,
		.netrc = options->netrc,
		.known_hosts = options->known_hosts,
		.ssh_key = options->ssh_key,
		.authorities = options->authorities,
	};

	*pool = (struct http_pool){ .options = *options };
	pool->wires = wire_open(&wires, err);
	if (pool->wires != NULL)
		return pool;
	mem_free(pool);
	return NULL;
}

static void take_line(void *state, const char *line, size_t len)
{
	struct transfer *t = state;

	http_head_line(&t->head, line, len);
}

/* What the other schemes know of a file, said in the words of HTTP.  A part of
 * it can be had, but not by scp. */
static void make_head(struct transfer *t, const struct wire_info *info)
{
	struct http_head *head = &t->head;
	char modified[CLOCK_TEXT], now[CLOCK_TEXT];

	head->status = t->req.offset > 0 || t->req.length > 0 ? 206 : 200;
	head->offset = t->req.offset;
	head->ranges = !str_starts(t->url, "scp:");
	clock_now(now);
	(void)condition_date(now, head->date);
	clock_text(info->modified, 0, modified);
	if (info->modified >= 0)
		(void)condition_date(modified, head->validators.modified);
	if (t->conditional && *head->validators.modified != '\0' &&
		str_ends(t->req.unless, head->validators.modified))
		head->status = 304;
}

/* The head is complete: tell the owner of the request, once. */
static int give_head(struct transfer *t)
{
	struct http_head *head = &t->head;
	struct wire_info info;

	if (t->head_given)
		return 0;
	t->head_given = true;
	wire_info(t->wire, &info);
	head->status = info.status;
	if (!t->http)
		make_head(t, &info);
	t->drain = head->status != 200 && head->status != 206;
	if (t->drain)
		return 0;
	if (head->status == 200)
		head->offset = 0;
	if (head->status == 200)
		head->length = HTTP_UNKNOWN;
	if (head->length == HTTP_UNKNOWN && info.length >= 0 &&
		(head->status == 200 || t->req.length == 0) &&
		head->offset < HTTP_UNKNOWN - (uint64_t)info.length)
		head->length = head->offset + (uint64_t)info.length;
	return t->req.on_head(t->req.state, head, &t->err);
}

/* An error page; the others have none, and nobody waits for their file. */
static enum wire_next drain(struct transfer *t, const char *p, size_t n)
{
	size_t have = strlen(t->page), most = PAGE_MAX - 1 - have;

	memcpy(t->page + have, p, n < most ? n : most);
	t->drained += n;
	return t->drained > DRAIN_MAX || !t->http ? WIRE_STOP : WIRE_GO;
}

static enum wire_next take_body(void *state, const char *p, size_t n)
{
	struct transfer *t = state;
	struct rate *rate = t->req.rate;

	if (give_head(t) < 0)
		return WIRE_STOP;
	if (t->drain)
		return drain(t, p, n);
	if (rate != NULL && rate_wait(rate, clock_ms()) > 0) {
		t->pool->paused += !t->paused;
		t->paused = true;
		return WIRE_PAUSE;
	}
	if (rate != NULL)
		rate_spend(rate, n, clock_ms());
	return t->req.on_body(t->req.state, p, n, &t->err) < 0 ? WIRE_STOP :
								 WIRE_GO;
}

static const char *range_text(struct transfer *t)
{
	unsigned long long first = t->req.offset;

	if (t->req.last)
		return arena_printf(&t->arena, "-%llu",
			(unsigned long long)t->req.length);
	if (t->req.length > 0)
		return arena_printf(&t->arena, "%llu-%llu", first,
			first + t->req.length - 1);
	if (t->req.offset > 0)
		return arena_printf(&t->arena, "%llu-", first);
	return NULL;
}

/* The headers to send: those of the request only to where it was meant. */
static void add_headers(struct transfer *t, struct wire_ask *ask)
{
	const struct http_request *req = &t->req;
	const char **to;
	size_t n = 0;

	while (req->headers != NULL && req->headers[n] != NULL)
		n++;
	to = ARENA_NEW(&t->arena, const char *, n + 3);
	ask->headers = to;
	for (size_t i = 0; t->home && i < n; i++) {
		*to++ = req->headers[i];
		if (strncasecmp(req->headers[i], "authorization:", 14) == 0)
			ask->netrc = false;
	}
	if (t->http && req->only_if != NULL)
		*to++ = req->only_if;
	if (t->http && t->conditional)
		*to++ = req->unless;
	else if (t->http && ask->range != NULL && req->if_range != NULL)
		*to++ = arena_printf(&t->arena, "If-Range: %s", req->if_range);
}

/* Ask for t->url; netrc knows who we are where the request does not say. */
static bool begin(struct transfer *t)
{
	const struct http_request *req = &t->req;
	struct wire_ask ask = {
		.url = t->url,
		.user = t->home ? req->user : NULL,
		.password = t->home && req->user ? req->password : NULL,
		.range = range_text(t),
		.netrc = true,
		.digest = t->digest,
		.head_only = req->head_only,
		.limit = req->limit,
		.command = req->command,
	};

	ask.netrc = ask.password == NULL;
	t->conditional = ask.range == NULL && req->unless != NULL;
	ask.short_answer = t->conditional || req->head_only;
	if (t->conditional && !t->http && strchr(req->unless, ' ') != NULL)
		ask.since = http_date(strchr(req->unless, ' ') + 1);
	add_headers(t, &ask);
	t->head_given = t->drain = false;
	t->drained = 0;
	memset(t->page, 0, sizeof(t->page));
	http_head_reset(&t->head);
	return wire_begin(t->wire, &ask);
}

static void tell_stalled(const struct http_options *o, struct err *err)
{
	if (o->speed > 1)
		err_set(err, ERR_TEMP, "less than %u bytes a second for %u s",
			o->speed, o->timeout);
	else
		err_set(err, ERR_TEMP, "no byte came for %u s", o->timeout);
}

static void judge_transport(struct transfer *t, const struct wire_end *end,
	struct http_result *r)
{
	if (t->err.kind != ERR_NONE)
		r->err = t->err;
	else if (end->failure == HTTP_STALLED)
		tell_stalled(&t->pool->options, &r->err);
	else
		http_failure_tell(end->failure, end->cause, &r->err);
	r->retryable = r->err.kind == ERR_TEMP;
	/* scp says the same of a file that it may not read. */
	r->absent = t->err.kind == ERR_NONE && end->failure == HTTP_MISSING &&
		!str_starts(t->url, "scp:");
}

static void judge_status(struct transfer *t, struct http_result *r)
{
	int status = t->head.status;

	/* 416: the range is past the end, for the file has changed. */
	r->retryable = http_status_heals(status) ||
		(status == 416 && t->req.offset > 0 && t->req.length == 0);
	r->absent = http_status_absent(status, t->page);
	err_set(&r->err, r->retryable ? ERR_TEMP : ERR_DATA, "%s",
		http_status_text(status, t->page));
}

static void judge(struct transfer *t, const struct wire_end *end,
	struct http_result *r)
{
	bool asked = !t->drain || t->err.kind != ERR_NONE;

	r->head = t->head;
	r->retry_after = end->retry_after;
	r->unchanged = t->conditional && t->head.status == 304;
	r->ok = asked && end->failure == HTTP_FINE && t->err.kind == ERR_NONE;
	if (r->ok || r->unchanged)
		return;
	if (asked)
		judge_transport(t, end, r);
	else
		judge_status(t, r);
	/* A server may put into the query what it was told in ours. */
	if (t->hops > 0)
		err_in(&r->err, "redirected to '%s'",
			url_show(&t->arena,
				arena_strndup(&t->arena, t->url,
					strcspn(t->url, "?"))));
}

/* Give the transfer's room back before its owner is told, who may want it. */
static void finish(struct transfer *t, const struct wire_end *end)
{
	struct http_result r = { .ok = false };
	struct transfer **at = &t->pool->running;
	struct http_request req = t->req;

	judge(t, end, &r);
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	wire_give_back(t->wire);
	arena_release(&t->arena);
	mem_free(t);
	req.on_done(req.state, &r);
}

/* Ask again elsewhere: -1 if that leads nowhere. */
static int follow(struct transfer *t, const char *to)
{
	struct url url, first; /* the one that secrets may be sent to */

	if (t->hops == REDIRECTS)
		return err_set(&t->err, ERR_DATA,
			"the server redirects in a circle, or too often");
	if (url_parse(&t->arena, t->req.url, &first, &t->err) < 0 ||
		url_parse(&t->arena, to, &url, &t->err) < 0)
		return -1;
	if (!url_is_http(&url))
		return err_set(&t->err, ERR_DATA,
			"the server redirects to another scheme: "
			"only http and https are followed");
	t->url = url.wire;
	t->digest = false;
	t->home = str_eq(url.origin, first.origin);
	if (!begin(t))
		return err_set(&t->err, ERR_FAIL,
			"libcurl cannot follow a redirect");
	t->hops++;
	return 0;
}

/* Once more, in the one way the server takes a password. */
static bool try_digest(struct transfer *t, const struct wire_end *end)
{
	if (!t->http || t->head.status != 401 || t->digest || !end->digest)
		return false;
	t->digest = true;
	return begin(t);
}

static void take_end(void *state, const struct wire_end *end)
{
	struct transfer *t = state;

	t->pool->paused -= t->paused;
	t->paused = false;
	if (end->failure == HTTP_FINE)
		(void)give_head(t);
	if (end->redirect != NULL && http_status_redirects(t->head.status) &&
		follow(t, end->redirect) == 0)
		return;
	if (try_digest(t, end))
		return;
	finish(t, end);
}

int http_start(struct http_pool *pool, const struct http_request *request,
	struct err *err)
{
	struct transfer *t = mem_alloc(sizeof(*t));
	struct wire_user user = { take_line, take_body, take_end, t };

	*t = (struct transfer){ .pool = pool };
	http_request_copy(&t->arena, request, &t->req);
	t->url = t->req.url;
	t->http = str_starts(t->url, "http");
	t->wire = wire_take(pool->wires, &user);
	t->home = true;
	if (t->wire != NULL && begin(t)) {
		t->next = pool->running;
		pool->running = t;
		return 0;
	}
	err_set(err, ERR_FAIL, "libcurl cannot start a transfer by %.*s",
		(int)strcspn(t->url, ":"), t->url);
	if (t->wire != NULL)
		wire_give_back(t->wire);
	arena_release(&t->arena);
	mem_free(t);
	return -1;
}

/* Let those go on whose rate allows it; how long the others must wait. */
static int64_t resume(struct http_pool *pool, int64_t wait)
{
	int64_t now = clock_ms();

	for (struct transfer *t = pool->running; t != NULL; t = t->next) {
		int64_t more = t->paused ? rate_wait(t->req.rate, now) : 0;

		if (t->paused && more == 0) {
			t->paused = false;
			pool->paused--;
			wire_resume(t->wire);
			more = t->paused ? rate_wait(t->req.rate, now) : 0;
		}
		if (t->paused && more < wait)
			wait = more;
	}
	return wait;
}

int http_run(struct http_pool *pool, int wait_ms, int fd, struct err *err)
{
	if (pool->paused > 0)
		wait_ms = (int)resume(pool, wait_ms);
	return wire_run(pool->wires, wait_ms, fd, err);
}

void http_wake(struct http_pool *pool)
{
	wire_wake(pool->wires);
}

void http_close(struct http_pool *pool)
{
	if (pool == NULL)
		return;
	wire_close(pool->wires);
	while (pool->running != NULL) {
		struct transfer *t = pool->running;

		pool->running = t->next;
		arena_release(&t->arena);
		mem_free(t);
	}
	mem_free(pool);
}
