/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs wait in a queue of their host in the order they came; each turn starts
 * what is due while there is room, so the oldest goes first and nothing
 * starves.  Leaving the limit per host to libcurl was refused: what waits inside
 * it holds a file and its clock runs.  A file that has come is published by
 * other threads, so that no transfer waits for a disk; the job is theirs alone
 * until it is back.
 */
#include "net/fetch.h"

#include <stddef.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/condition.h"
#include "net/host.h"
#include "net/http.h"
#include "net/part.h"
#include "net/publish.h"
#include "net/retry.h"

enum {
	CONNECTIONS = 64,   /* all hosts together */
	JOBS = 1024,        /* that may be under way */
	LOCKED_PAUSE = 200, /* ms until a file held by another is tried */
	TURN_MAX = 1000,    /* ms */
};

struct fetch_job {
	struct fetch pub;
	struct turn turn; /* at the host */
	struct fetcher *fetcher;
	struct fetch_job *older, *younger; /* of all that are not done */
	const struct url *url;
	const struct checks *given;
	struct arena *arena;
	struct cache_place place;
	struct part part;
	struct host *host;
	struct retry retry;
	bool holds; /* the lock of the part */
	bool gone;  /* what its sidecar tells of */
	struct publish_item publish;
};

struct fetcher {
	struct fetch_options options;
	struct http_pool *pool;
	struct lock *lock;
	struct publisher *publisher;
	struct trails *trails;
	struct fetch_job *youngest;
	struct host *hosts;
	unsigned int connections, jobs;
	int64_t end; /* ms, or 0 */
	uint64_t random;
	struct fetch_stats stats;
};

static struct fetch_job *job_of(struct turn *t)
{
	return (struct fetch_job *)((char *)t -
		offsetof(struct fetch_job, turn));
}

static void wake(void *pool)
{
	http_wake(pool);
}

struct fetcher *fetcher_open(const struct fetch_options *options,
	struct err *err)
{
	unsigned int n = options->per_host > CONNECTIONS ? options->per_host :
							   CONNECTIONS;
	struct http_options http = { .connections = n,
		.timeout = options->timeout,
		.speed = options->speed };
	struct fetcher *f = mem_alloc(sizeof(*f));

	*f = (struct fetcher){ .options = *options, .connections = n };
	access_transport(options->access, &http);
	f->pool = http_open(&http, err);
	if (f->pool != NULL)
		f->lock = lock_open(options->cache, err);
	if (f->lock != NULL)
		f->publisher =
			publisher_open(options->cache, wake, f->pool, err);
	if (f->publisher != NULL)
		f->trails = trails_open(err);
	if (f->trails == NULL) {
		fetcher_close(f);
		return NULL;
	}
	if (options->deadline > 0)
		f->end = clock_ms() + options->deadline * 1000;
	f->random = ((uint64_t)clock_ms() ^ (uint64_t)getpid() << 32) | 1;
	return f;
}

static void end_job(struct fetch_job *j)
{
	struct fetcher *f = j->fetcher;

	if (j->younger != NULL)
		j->younger->older = j->older;
	else
		f->youngest = j->older;
	if (j->older != NULL)
		j->older->younger = j->younger;
	part_close(&j->part);
	j->pub.done = true;
	f->jobs--;
	f->stats.done++;
	if (j->host != NULL)
		j->host->done++;
}

static void fail_job(struct fetch_job *j, const struct err *why)
{
	j->pub.err = *why;
	if (j->retry.tries > 0)
		err_in(&j->pub.err, "tried %u times", j->retry.tries + 1);
	err_in(&j->pub.err, "cannot fetch '%s'",
		url_show(j->arena, j->url->key));
	end_job(j);
}

/* What is in the cache counts if its digest is the one that is wanted, too. */
static bool has_cached(struct fetch_job *j)
{
	return cache_find(&j->place, &j->pub.file) &&
		cache_agrees(&j->pub.file, j->given);
}

/* Done with what is in the cache? */
static bool find_cached(struct fetch_job *j)
{
	if (!has_cached(j))
		return false;
	j->pub.hit = true;
	end_job(j);
	return true;
}

struct fetch *fetcher_add(struct fetcher *f, struct arena *a,
	const struct url *url, const struct checks *given)
{
	struct fetch_job *j = ARENA_NEW(a, struct fetch_job, 1);

	j->pub.job = j;
	j->fetcher = f;
	j->url = url;
	j->given = given;
	j->arena = a;
	j->part = (struct part)PART_INIT;
	j->older = f->youngest;
	if (f->youngest != NULL)
		f->youngest->younger = j;
	f->youngest = j;
	f->jobs++;
	cache_place(a, f->options.cache, url, &j->place);
	if (!f->options.revalidate && find_cached(j))
		return &j->pub;
	j->host = host_find(&f->hosts, url->origin);
	j->host->rate.per_second = f->options.rate;
	host_append(j->host, &j->turn);
	return &j->pub;
}

bool fetcher_has_room(const struct fetcher *f)
{
	return f->jobs < JOBS;
}

/* xorshift64: spreads retries, no more is asked of it. */
static uint64_t next_random(struct fetcher *f)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 7;
	f->random ^= f->random << 17;
	return f->random;
}

static int64_t until_end(const struct fetcher *f)
{
	int64_t left = f->end - clock_ms();

	return left > 0 ? left : 0;
}

static bool is_over(const struct fetcher *f)
{
	return f->end > 0 && until_end(f) == 0;
}

static void fail_late(struct fetch_job *j)
{
	struct err err = ERR_INIT;

	err_set(&err, ERR_TEMP, "the deadline, %lld s, has passed",
		(long long)j->fetcher->options.deadline);
	fail_job(j, &err);
}

static void try_later(struct fetch_job *j, const struct err *why,
	uint32_t retry_after)
{
	const struct retry_try t = {
		.most = j->fetcher->options.retries,
		.kept = j->part.version.if_range[0] ? j->part.len : 0,
		.retry_after = retry_after,
		.random = next_random(j->fetcher),
	};
	int64_t pause;

	if (is_over(j->fetcher)) {
		fail_late(j);
		return;
	}
	if (!retry_again(&j->retry, &t, &pause)) {
		fail_job(j, why);
		return;
	}
	j->turn.due = clock_ms() + pause;
	/* One that was started goes before those that were not. */
	host_put(j->host, &j->host->first, &j->turn);
	log_info("'%s': %s; trying again in %lld ms",
		url_show(j->arena, j->url->key), why->msg, (long long)pause);
}

static void finish_job(struct fetch_job *j)
{
	j->publish = (struct publish_item){ .part = &j->part, .state = j };
	publisher_add(j->fetcher->publisher, &j->publish);
}

static void take_published(struct fetcher *f)
{
	struct publish_item *item;

	while ((item = publisher_take(f->publisher)) != NULL) {
		struct fetch_job *j = item->state;

		if (item->err.kind == ERR_NONE) {
			j->pub.file = item->file;
			end_job(j);
		} else if (item->err.kind == ERR_TEMP) {
			try_later(j, &item->err, 0);
		} else {
			fail_job(j, &item->err);
		}
	}
}

static int on_head(void *state, const struct http_head *head, struct err *err)
{
	struct fetch_job *j = state;

	return part_begin(&j->part, head, err);
}

static int on_body(void *state, const void *p, size_t len, struct err *err)
{
	struct fetch_job *j = state;

	j->fetcher->stats.bytes += len;
	j->host->bytes += len;
	return part_add(&j->part, p, len, err);
}

/* Nothing newer than what the sidecar tells of; if that is not there, it is asked
 * for once more, whatever it is. */
static void keep_cached(struct fetch_job *j)
{
	if (cache_has(&j->pub.file)) {
		j->pub.hit = true;
		end_job(j);
		return;
	}
	j->gone = true;
	host_put(j->host, &j->host->first, &j->turn);
}

static void on_done(void *state, const struct http_result *r)
{
	struct fetch_job *j = state;
	struct err err = ERR_INIT;

	j->host->running--;
	j->fetcher->stats.running--;
	j->pub.absent = r->absent;
	if (r->ok)
		finish_job(j);
	else if (r->unchanged)
		keep_cached(j);
	else if (!r->retryable)
		fail_job(j, &r->err);
	else if (r->head.status == 416 && part_restart(&j->part, &err) < 0)
		fail_job(j, &err);
	else
		try_later(j, &r->err, r->retry_after);
}

/* Does the sidecar tell of a version that will do, if it still is the server's? */
static bool has_version(struct fetch_job *j)
{
	return j->fetcher->options.revalidate && !j->gone &&
		cache_read_sidecar(&j->place, &j->pub.file) &&
		cache_agrees(&j->pub.file, j->given);
}

static int start_transfer(struct fetch_job *j, struct err *err)
{
	struct http_request req = {
		.rate = &j->host->rate,
		.on_head = on_head,
		.on_body = on_body,
		.on_done = on_done,
		.state = j,
	};
	struct arena secrets = ARENA_INIT;
	char unless[CONDITION_MAX];
	int r;

	if (j->fetcher->end > 0)
		req.limit = until_end(j->fetcher) + 1;
	if (part_offset(&j->part, &req.offset, err) < 0)
		return -1;
	if (j->part.version.if_range[0] != '\0')
		req.if_range = j->part.version.if_range;
	if (has_version(j) &&
		condition_unless(j->pub.file.etag, j->pub.file.modified,
			unless))
		req.unless = unless;
	access_request(j->fetcher->options.access, &secrets, j->url, &req);
	r = http_start(j->fetcher->pool, &req, err);
	arena_release(&secrets);
	if (r < 0)
		return -1;
	j->host->running++;
	j->fetcher->stats.running++;
	return 0;
}

/* 1: this job holds the part.  0: it is done or must wait. */
static int take_part(struct fetch_job *j, struct err *err)
{
	const struct part_want want = { j->fetcher->lock, &j->place, j->given,
		j->fetcher->trails };
	int got;

	if (j->holds)
		return 1;
	got = part_open(&j->part, &want, err);
	if (got < 0)
		return -1;
	j->holds = got > 0;
	if (!j->fetcher->options.revalidate && find_cached(j))
		return 0;
	j->turn.due = clock_ms() + LOCKED_PAUSE;
	return got;
}

/* False: it waits on. */
static bool begin_job(struct fetch_job *j)
{
	struct err err = ERR_INIT;
	int got;

	if (is_over(j->fetcher)) {
		fail_late(j);
		return true;
	}
	got = take_part(j, &err);
	if (got == 0)
		return j->pub.done;
	if (got > 0 && j->part.whole)
		finish_job(j);
	else if (got < 0 || start_transfer(j, &err) < 0)
		fail_job(j, &err);
	return true;
}

/* Start what can be started from one host; *wait shrinks to when more is due. */
static void start_from(struct fetcher *f, struct host *h, int64_t now,
	int64_t *wait)
{
	struct turn **at = &h->first;
	int64_t held = rate_wait(&h->rate, now);

	if (held > 0) {
		*wait = held < *wait ? held : *wait;
		return;
	}
	while (*at != NULL && h->running < f->options.per_host &&
		f->stats.running < f->connections) {
		struct turn *t = *at;
		struct fetch_job *j = job_of(t);

		if (t->due <= now || is_over(f)) {
			host_take(h, at);
			if (begin_job(j)) {
				if (j->pub.done)
					*wait = 0;
				continue;
			}
			host_put(h, at, t);
		}
		if (t->due - now < *wait)
			*wait = t->due - now;
		at = &t->next;
	}
}

int fetcher_run(struct fetcher *f, int fd, struct err *err)
{
	int64_t now = clock_ms(), wait = TURN_MAX;
	int r;

	if (f->end > 0 && f->end - now < wait)
		wait = until_end(f);
	for (struct host *h = f->hosts; h != NULL; h = h->next)
		start_from(f, h, now, &wait);
	publisher_hurry(f->publisher, f->stats.running == 0);
	r = http_run(f->pool, wait > 0 ? (int)wait : 0, fd, err);
	take_published(f);
	return r;
}

void fetcher_wake(struct fetcher *f)
{
	http_wake(f->pool);
}

struct fetch_stats fetcher_stats(const struct fetcher *f)
{
	struct fetch_stats s = { .done = 0 };

	if (f != NULL) {
		s = f->stats;
		s.left = f->jobs;
	}
	return s;
}

struct host *fetcher_hosts(const struct fetcher *f)
{
	return f != NULL ? f->hosts : NULL;
}

void fetcher_close(struct fetcher *f)
{
	if (f == NULL)
		return;
	publisher_close(f->publisher);
	http_close(f->pool);
	for (struct fetch_job *j = f->youngest; j != NULL; j = j->older)
		part_close(&j->part);
	trails_close(f->trails);
	lock_close(f->lock);
	hosts_release(&f->hosts);
	mem_free(f);
}
