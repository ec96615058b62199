/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs that are not done stand in one list in the order they came; each turn
 * walks over it and starts what is due and has room at its host, so the oldest
 * goes first and nothing starves.  Leaving the limit per host to libcurl was
 * refused: what waits inside it holds a file and its clock runs.  A file that
 * has come is published by another thread, so that no transfer waits for a
 * disk; the job is that thread's alone until it is back.
 */
#include "net/fetch.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "net/condition.h"
#include "net/http.h"
#include "net/part.h"
#include "net/work.h"

enum {
	CONNECTIONS = 64,   /* all hosts together */
	AHEAD = 4,          /* jobs per connection that may be under way */
	PAUSE_FIRST = 1000, /* ms before the second try, then twice that */
	PAUSE_MAX = 60 * 1000,
	RETRY_AFTER_MAX = 300, /* s: what a server may ask for */
	LOCKED_PAUSE = 200,    /* ms until a file held by another is tried */
	THREADS = 8,           /* that publish */
	TURN_MAX = 1000,       /* ms */
	PROGRESS = 1 << 20,    /* bytes that make a try count as none */
};

struct host {
	struct host *next;
	char *origin;
	unsigned int running;
};

struct fetch_job {
	struct fetch pub;
	struct fetcher *fetcher;
	struct fetch_job *next;
	const struct url *url;
	const char *shown;
	struct cache_place place;
	struct part part;
	struct host *host;
	int64_t due;        /* ms, not to be started before */
	unsigned int tries; /* that failed */
	uint64_t kept;      /* most bytes after one of them */
	bool holds;         /* the lock of the part */
	bool busy;          /* a transfer or a thread has it */
	struct work_task publish;
	struct err publish_err; /* if not published */
	bool published;
};

struct fetcher {
	struct fetch_options options;
	struct http_pool *pool;
	struct work *work;
	struct fetch_job *first, **last;
	struct host *hosts;
	unsigned int connections, waiting;
	uint64_t random;
	struct fetch_stats stats;
};

static int64_t now_ms(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
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
		.timeout = options->timeout };
	struct fetcher *f = mem_alloc(sizeof(*f));

	*f = (struct fetcher){ .options = *options, .connections = n };
	f->pool = http_open(&http, err);
	if (f->pool != NULL)
		f->work = work_open(THREADS, wake, f->pool, err);
	if (f->work == NULL) {
		fetcher_close(f);
		return NULL;
	}
	f->last = &f->first;
	f->random = ((uint64_t)now_ms() ^ (uint64_t)getpid() << 32) | 1;
	return f;
}

static void end_job(struct fetch_job *j)
{
	j->pub.done = true;
	j->holds = false;
	j->fetcher->stats.done++;
}

static void fail_job(struct fetch_job *j, const struct err *why)
{
	j->pub.err = *why;
	if (j->tries > 0)
		err_in(&j->pub.err, "tried %u times", j->tries + 1);
	err_in(&j->pub.err, "cannot fetch '%s'", j->shown);
	part_close(&j->part);
	end_job(j);
}

static struct host *find_host(struct fetcher *f, const char *origin)
{
	struct host *h = f->hosts;
	size_t size = strlen(origin) + 1;

	while (h != NULL && !str_eq(h->origin, origin))
		h = h->next;
	if (h != NULL)
		return h;
	h = mem_alloc(sizeof(*h));
	*h = (struct host){ .next = f->hosts, .origin = mem_alloc(size) };
	memcpy(h->origin, origin, size);
	f->hosts = h;
	return h;
}

/* Done with what is in the cache? */
static bool find_cached(struct fetch_job *j)
{
	if (!cache_find(&j->place, &j->pub.file))
		return false;
	j->pub.hit = true;
	part_close(&j->part);
	end_job(j);
	return true;
}

struct fetch *fetcher_add(struct fetcher *f, struct arena *a,
	const struct url *url)
{
	struct fetch_job *j = ARENA_NEW(a, struct fetch_job, 1);

	j->pub.job = j;
	j->fetcher = f;
	j->url = url;
	j->shown = url_show(a, url->wire);
	j->part = (struct part)PART_INIT;
	cache_place(a, f->options.cache, url, &j->place);
	if (!f->options.revalidate && find_cached(j))
		return &j->pub;
	j->host = find_host(f, url->origin);
	*f->last = j;
	f->last = &j->next;
	f->waiting++;
	return &j->pub;
}

bool fetcher_has_room(const struct fetcher *f)
{
	return f->waiting < f->connections * AHEAD;
}

/* xorshift64: spreads retries, no more is asked of it. */
static uint64_t next_random(struct fetcher *f)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 7;
	f->random ^= f->random << 17;
	return f->random;
}

/* Half of the pause is chance, so that what failed together does not come back
 * together. */
static int64_t pause_before(struct fetch_job *j, const struct http_result *r)
{
	int64_t pause = PAUSE_FIRST;

	for (unsigned int i = 0; i < j->tries && pause < PAUSE_MAX; i++)
		pause *= 2;
	if (pause > PAUSE_MAX)
		pause = PAUSE_MAX;
	pause = pause / 2 +
		(int64_t)(next_random(j->fetcher) % (uint64_t)(pause / 2));
	if (r->retry_after > RETRY_AFTER_MAX)
		return RETRY_AFTER_MAX * 1000;
	if (pause < (int64_t)r->retry_after * 1000)
		return (int64_t)r->retry_after * 1000;
	return pause;
}

static void try_later(struct fetch_job *j, const struct http_result *r)
{
	int64_t pause;

	if (j->part.if_range[0] != '\0' && j->part.len >= j->kept + PROGRESS)
		j->tries = 0;
	if (j->kept < j->part.len)
		j->kept = j->part.len;
	if (j->tries >= j->fetcher->options.retries) {
		fail_job(j, &r->err);
		return;
	}
	pause = pause_before(j, r);
	j->tries++;
	j->due = now_ms() + pause;
	log_info("'%s': %s; trying again in %lld ms", j->shown, r->err.msg,
		(long long)pause);
}

/* On another thread. */
static void publish(struct work_task *task)
{
	struct fetch_job *j = task->state;

	j->published =
		part_publish(&j->part, &j->pub.file, &j->publish_err) == 0;
}

static void finish_job(struct fetch_job *j)
{
	j->busy = true;
	err_clear(&j->publish_err);
	j->publish = (struct work_task){ .fn = publish, .state = j };
	work_add(j->fetcher->work, &j->publish);
}

static void take_published(struct fetcher *f)
{
	struct work_task *task;

	while ((task = work_take(f->work)) != NULL) {
		struct fetch_job *j = task->state;
		struct http_result r = { .err = j->publish_err };

		j->busy = false;
		if (j->published) {
			part_close(&j->part);
			end_job(j);
		} else if (r.err.kind == ERR_TEMP) {
			try_later(j, &r);
		} else {
			fail_job(j, &r.err);
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
	return part_add(&j->part, p, len, err);
}

/* The server has nothing newer; but somebody may have emptied the cache. */
static void keep_cached(struct fetch_job *j)
{
	struct http_result r = { .ok = false };

	if (find_cached(j))
		return;
	err_set(&r.err, ERR_TEMP, "its copy went while it was asked for");
	try_later(j, &r);
}

static void on_done(void *state, const struct http_result *r)
{
	struct fetch_job *j = state;
	struct err err = ERR_INIT;

	j->busy = false;
	j->host->running--;
	j->fetcher->stats.running--;
	if (r->ok)
		finish_job(j);
	else if (r->unchanged)
		keep_cached(j);
	else if (!r->retryable)
		fail_job(j, &r->err);
	else if (r->head.status == 416 && part_restart(&j->part, &err) < 0)
		fail_job(j, &err);
	else
		try_later(j, r);
}

static int start_transfer(struct fetch_job *j, struct err *err)
{
	struct http_request req = {
		.url = j->url->wire,
		.user = j->url->user,
		.password = j->url->password,
		.on_head = on_head,
		.on_body = on_body,
		.on_done = on_done,
		.state = j,
	};
	char unless[CONDITION_MAX];

	if (part_offset(&j->part, &req.offset, err) < 0)
		return -1;
	if (j->part.if_range[0] != '\0')
		req.if_range = j->part.if_range;
	if (j->fetcher->options.revalidate &&
		cache_find(&j->place, &j->pub.file) &&
		condition_unless(j->pub.file.etag, j->pub.file.modified,
			unless))
		req.unless = unless;
	if (http_start(j->fetcher->pool, &req, err) < 0)
		return -1;
	j->busy = true;
	j->host->running++;
	j->fetcher->stats.running++;
	return 0;
}

/* Locks of flock tell processes apart, but on NFS not two files of one. */
static bool held_here(const struct fetch_job *j)
{
	for (const struct fetch_job *k = j->fetcher->first; k; k = k->next)
		if (k != j && k->holds && str_eq(k->place.data, j->place.data))
			return true;
	return false;
}

/* 1: this job holds the part.  0: it is done or must wait. */
static int take_part(struct fetch_job *j, struct err *err)
{
	int got = 0;

	if (j->holds)
		return 1;
	if (!held_here(j))
		got = part_open(&j->part, &j->place, err);
	if (got < 0)
		return -1;
	if (!j->fetcher->options.revalidate && find_cached(j))
		return 0;
	j->holds = got > 0;
	j->due = now_ms() + LOCKED_PAUSE;
	return got;
}

static void begin_job(struct fetch_job *j)
{
	struct err err = ERR_INIT;
	int got = take_part(j, &err);

	if (got == 0)
		return;
	if (got > 0 && j->part.whole)
		finish_job(j);
	else if (got < 0 || start_transfer(j, &err) < 0)
		fail_job(j, &err);
}

/* Start what can be started; returns how long nothing else will come due. */
static int64_t start_due(struct fetcher *f)
{
	int64_t now = now_ms(), wait = TURN_MAX;

	for (struct fetch_job *j = f->first; j != NULL; j = j->next) {
		if (f->stats.running >= f->connections)
			break;
		if (j->busy || j->pub.done ||
			j->host->running >= f->options.per_host)
			continue;
		if (j->due <= now)
			begin_job(j);
		if (j->pub.done)
			wait = 0;
		else if (!j->busy && j->due - now < wait)
			wait = j->due - now;
	}
	return wait > 0 ? wait : 0;
}

static void drop_done(struct fetcher *f)
{
	struct fetch_job **at = &f->first;

	while (*at != NULL) {
		if ((*at)->pub.done) {
			*at = (*at)->next;
			f->waiting--;
		} else {
			at = &(*at)->next;
		}
	}
	f->last = at;
}

int fetcher_run(struct fetcher *f, int fd, struct err *err)
{
	int64_t wait = start_due(f);
	int r = http_run(f->pool, (int)wait, fd, err);

	take_published(f);
	drop_done(f);
	return r;
}

struct fetch_stats fetcher_stats(const struct fetcher *f)
{
	return f != NULL ? f->stats : (struct fetch_stats){ .done = 0 };
}

void fetcher_close(struct fetcher *f)
{
	if (f == NULL)
		return;
	work_close(f->work);
	http_close(f->pool);
	for (struct fetch_job *j = f->first; j != NULL; j = j->next)
		part_close(&j->part);
	while (f->hosts != NULL) {
		struct host *h = f->hosts;

		f->hosts = h->next;
		mem_free(h->origin);
		mem_free(h);
	}
	mem_free(f);
}
