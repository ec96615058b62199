/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch: from URLs to whole files in the cache, many at once.
 *
 * Puts http, part and cache together: looks into the cache, waits for its turn
 * at the host, continues what a former run left, tries again what can heal.
 * A failure of one file is that file's; only what no other file would survive
 * (the event loop) is an error of fetcher_run.
 */
#ifndef PGF_FETCH_H
#define PGF_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/access.h"
#include "net/cache.h"
#include "net/check.h"
#include "net/host.h"
#include "net/url.h"

struct fetch_options {
	const char *cache;     /* folder, absolute */
	unsigned int per_host; /* transfers at once from one host; > 0 */
	unsigned int retries;  /* after the first try, without progress */
	unsigned int timeout;  /* seconds below the speed; > 0 */
	unsigned int speed;    /* bytes a second; 0: any byte will do */
	int64_t deadline;      /* s from now to the end of all; 0: none */
	bool revalidate;       /* ask whether what is cached still holds */
	uint64_t rate;         /* bytes a second from one host; 0: any */
	struct access *access; /* borrowed */
};

struct fetch_stats {
	uint64_t done;        /* files, good or bad */
	uint64_t bytes;       /* that came over the network */
	unsigned int running; /* transfers */
	unsigned int left;    /* files that are not done */
};

struct fetcher;

/* One file under way. */
struct fetch {
	bool done;
	bool hit;               /* done with what was in the cache */
	struct cache_file file; /* if done and err.kind is ERR_NONE */
	bool absent;            /* err: the server has no such file */
	struct err err;         /* names the URL, not the record */
	struct fetch_job *job;  /* fetch.c's own */
};

struct fetcher *fetcher_open(const struct fetch_options *options,
	struct err *err) PGF_CHECKED;

/* Ask for url, which access has resolved, and for nothing but what passes the
 * checks.  What is returned, and all it refers to, lives in arena a, which must
 * outlive the fetch's end (done) or fetcher_close.  A file that is in the cache
 * is done at once, unless it is to be revalidated: then the server is asked for
 * anything but that version, and what comes replaces it.  Never fails: the failure is in the fetch. */
struct fetch *fetcher_add(struct fetcher *f, struct arena *a,
	const struct url *url, const struct checks *given);

/* False if more fetches should wait until some are done. */
bool fetcher_has_room(const struct fetcher *f);

/* Go on for one turn; returns when something happened, fd (-1: none) can be
 * read, or a second went by. */
int fetcher_run(struct fetcher *f, int fd, struct err *err) PGF_CHECKED;

/* Have fetcher_run return soon; any thread may. */
void fetcher_wake(struct fetcher *f);

/* All zero of NULL. */
struct fetch_stats fetcher_stats(const struct fetcher *f);

/* Those that were asked, or will be, a list; nothing of NULL. */
struct host *fetcher_hosts(const struct fetcher *f);

/* Breaks off what is not done; large parts stay for the next run. */
void fetcher_close(struct fetcher *f);

#endif
