/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A queue of pages still to be asked for, walked as net/fetch walks its jobs.
 * FTP has three ways to list a folder, of which a server need not know the best:
 * what was refused for one folder is not tried for the next.
 * Fetching pages through the cache was refused: a listing is asked for because
 * it may have changed.
 */
#include "net/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "recipe/pattern_url.h"
#include "net/bucket.h"
#include "net/http.h"
#include "net/retry.h"
#include "net/url.h"

enum { /* ms */
	PAGE_TIME_MAX = 600000,
	TURN_MAX = 1000
};

#define REMEDY "list a folder below it, or name the files in a pattern"

/* How FTP is asked, from what tells most to what all know. */
enum way { WAY_MLSD, WAY_LIST, WAY_NLST };
static const char *const commands[] = { "MLSD", "LIST", "NLST" };

struct visit {
	struct walk *walk;
	struct visit *next;
	const char *url, *prefix; /* as of struct page */
	struct url parts;         /* what is asked for; in the arena */
	struct arena arena;       /* while it is */
	unsigned int depth;       /* levels still to be gone down from here */
	struct retry retry;
	unsigned int barren; /* pages without a link that led here */
	int64_t due;         /* ms */
	enum way way;        /* it was asked for */
	bool follows;        /* as a further page of a list */
	bool busy, done;
	struct buf text;
};

struct walk {
	const struct listing_options *options;
	struct arena *arena;
	struct http_pool *pool;
	struct visit *first, **last;
	struct page_links links; /* of the page at hand */
	struct page_links *out;  /* files; NULL: the text is wanted */
	struct pattern_seen seen;
	struct buf *text;
	size_t held; /* bytes of all pages under way */
	unsigned int running;
	enum way way; /* of the next page */
	int64_t end;  /* ms */
	size_t npages;
	struct err err; /* ends all */
};

static int fail(struct visit *v, const struct err *why)
{
	struct walk *w = v->walk;

	if (w->err.kind != ERR_NONE)
		return -1;
	w->err = *why;
	if (v->retry.tries > 0)
		err_in(&w->err, "tried %u times", v->retry.tries + 1);
	return err_in(&w->err, "cannot list '%s'", url_show(w->arena, v->url));
}

static bool has_lists(const struct url *url)
{
	return url->kind == URL_OBJECT ? !str_eq(url->service, "az") :
					 !str_starts(url->wire, "scp:");
}

/* Where it leads is found out twice: what is known of a million pages that wait
 * is their URL. */
static int check_place(struct walk *w, const char *url, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct url parts;
	int result =
		bucket_find_place(w->options->access, &a, url, &parts, err);

	if (result == 0 && parts.kind == URL_LOCAL)
		result = err_set(err, ERR_DATA,
			"it is a folder of this machine: use 'glob'");
	else if (result == 0 && w->out != NULL && !has_lists(&parts))
		result = err_set(err, ERR_DATA,
			"it cannot be listed, as scp: and az: have no lists: " REMEDY);
	arena_release(&a);
	return result;
}

static int add_visit(struct walk *w, const struct visit *what, struct err *err)
{
	struct visit *v;

	if (!pattern_seen_add(&w->seen, what->url, strlen(what->url))) {
		if (what->follows)
			return err_set(err, ERR_DATA,
				"the server leads in a circle: the next page "
				"of its list is one that was there before: " REMEDY);
		return 0;
	}
	if (what->barren > LISTING_BARREN_MAX)
		return err_set(err, ERR_DATA,
			"%d pages in a row list nothing: " REMEDY,
			LISTING_BARREN_MAX);
	if (++w->npages > LISTING_PAGES_MAX)
		return err_set(err, ERR_DATA,
			"it has more than %d pages: " REMEDY,
			LISTING_PAGES_MAX);
	if (check_place(w, what->url, err) < 0)
		return -1;
	v = ARENA_NEW(w->arena, struct visit, 1);
	*v = *what;
	v->walk = w;
	*w->last = v;
	w->last = &v->next;
	return 0;
}

/* Below the stated depth?  A bucket lists all there is, whatever its level. */
static bool is_deep(const struct walk *w, const struct page_link *link)
{
	unsigned int level = 0;

	if (!bucket_is(w->options->url))
		return false;
	for (const char *c = link->name; *c != '\0'; c++)
		level += *c == '/';
	return level > w->options->depth;
}

static int take_link(struct visit *v, const struct page_link *link,
	struct err *err)
{
	struct walk *w = v->walk;
	struct visit next = { .url = link->url,
		.prefix = link->name,
		.depth = v->depth };

	if (link->kind == PAGE_FILE && is_deep(w, link))
		return 0;
	if (link->kind == PAGE_FILE) {
		if (w->out->n >= LISTING_FILES_MAX)
			return err_set(err, ERR_DATA,
				"it has more than %d files: " REMEDY,
				LISTING_FILES_MAX);
		*page_add(w->out, PAGE_FILE) = *link;
		return 0;
	}
	if (link->kind == PAGE_FOLDER && next.depth-- == 0)
		return 0;
	next.follows = link->kind == PAGE_NEXT;
	if (next.follows && w->links.n == 1)
		next.barren = v->barren + 1;
	return add_visit(w, &next, err);
}

/* A folder of FTP, whose list is wanted? */
static bool is_ftp_folder(const struct visit *v)
{
	return v->walk->out != NULL && str_starts(v->parts.wire, "ftp") &&
		str_ends(v->parts.wire, "/");
}

/* Names do not tell what is a folder: some would be missed, others taken for
 * files, if it mattered. */
static int check_names(const struct visit *v, struct err *err)
{
	if (v->depth == 0)
		return 0;
	return err_set(err, ERR_DATA,
		"the server tells names only, and not which of them are "
		"folders: list each folder by itself, without depth");
}

static int read_links(struct visit *v, struct err *err)
{
	struct walk *w = v->walk;
	struct page page = { .url = bucket_is(v->url) ? v->url : v->parts.wire,
		.prefix = v->prefix,
		.text = &v->text,
		.names = is_ftp_folder(v) && v->way == WAY_NLST };

	w->links.n = 0;
	if (page.names && check_names(v, err) < 0)
		return -1;
	return page_read(&page, &w->links, err);
}

/* Ask FTP again in the next way. */
static bool try_next_way(struct visit *v)
{
	if (!is_ftp_folder(v) || v->way == WAY_NLST)
		return false;
	if (v->walk->way == v->way)
		v->walk->way++;
	return true;
}

/* Sets v->done. */
static int read_page(struct visit *v, struct err *err)
{
	struct walk *w = v->walk;
	struct page_links before = w->links;

	if (w->out == NULL) {
		buf_add(w->text, v->text.data, v->text.len);
		v->done = true;
		return 0;
	}
	if (read_links(v, err) < 0) {
		w->links.odd = before.odd;
		return try_next_way(v) ? 0 : -1;
	}
	v->done = true;
	for (size_t i = 0; i < w->links.n; i++)
		if (take_link(v, &w->links.at[i], err) < 0)
			return -1;
	return 0;
}

/* Forget the text of the page. */
static void forget(struct visit *v)
{
	v->walk->held -= v->text.len;
	buf_release(&v->text);
}

static int on_head(void *state, const struct http_head *head, struct err *err)
{
	struct visit *v = state;

	forget(v);
	if (head->length != HTTP_UNKNOWN && head->length > LISTING_PAGE_MAX)
		return err_set(err, ERR_DATA,
			"the page is too large, more than %d MB: " REMEDY,
			LISTING_PAGE_MAX >> 20);
	return 0;
}

static int on_body(void *state, const void *p, size_t len, struct err *err)
{
	struct visit *v = state;

	if (len > LISTING_PAGE_MAX - v->text.len)
		return err_set(err, ERR_DATA,
			"the page is too large, more than %d MB: " REMEDY,
			LISTING_PAGE_MAX >> 20);
	v->walk->held += len;
	if (v->walk->held > LISTING_HELD_MAX)
		return err_set(err, ERR_DATA,
			"the pages are too large: lower --per-host");
	buf_add(&v->text, p, len);
	return 0;
}

static void try_later(struct visit *v, const struct http_result *r)
{
	const struct retry_try t = { .most = v->walk->options->retries,
		.retry_after = r->retry_after,
		.random = (uint64_t)clock_ms() * 7919 + v->walk->npages };
	int64_t pause;

	if (!retry_again(&v->retry, &t, &pause)) {
		fail(v, &r->err);
		return;
	}
	v->due = clock_ms() + pause;
	log_info("'%s': %s; trying again in %lld ms",
		url_show(v->walk->arena, v->url), r->err.msg, (long long)pause);
}

static void on_done(void *state, const struct http_result *r)
{
	struct visit *v = state;
	struct http_result result = *r;

	v->busy = false;
	v->walk->running--;
	if (r->ok && read_page(v, &result.err) < 0) {
		result.ok = v->done = false;
		result.retryable = result.err.kind == ERR_TEMP;
	}
	if (r->absent && is_ftp_folder(v)) {
		result.ok = try_next_way(v);
		result.err = (struct err)ERR_INIT;
		err_set(&result.err, ERR_DATA,
			"the server lists no folders, neither by MLSD, nor by "
			"LIST, nor by NLST");
	}
	if (result.ok)
		;
	else if (result.retryable)
		try_later(v, &result);
	else
		fail(v, &result.err);
	if (v->done)
		forget(v);
	arena_release(&v->arena);
}

static void start(struct visit *v)
{
	struct http_request req = {
		.on_head = on_head,
		.on_body = on_body,
		.on_done = on_done,
		.state = v,
	};
	struct access *access = v->walk->options->access;
	struct arena secrets = ARENA_INIT;
	struct err err = ERR_INIT;

	req.limit = v->walk->end - clock_ms() + 1;
	if (req.limit < 1 || req.limit > PAGE_TIME_MAX)
		req.limit = req.limit < 1 ? 1 : PAGE_TIME_MAX;
	v->way = v->walk->way;
	if (bucket_find_place(access, &v->arena, v->url, &v->parts, &err) < 0) {
		fail(v, &err);
		return;
	}
	if (is_ftp_folder(v))
		req.command = commands[v->way];
	access_request(access, &secrets, &v->parts, &req);
	if (http_start(v->walk->pool, &req, &err) < 0) {
		fail(v, &err);
	} else {
		v->busy = true;
		v->walk->running++;
	}
	arena_release(&secrets);
}

/* Start what is due; how long until the next is. */
static int64_t start_due(struct walk *w)
{
	int64_t now = clock_ms(), wait = TURN_MAX;

	for (struct visit *v = w->first; v != NULL; v = v->next) {
		if (w->running >= w->options->per_host)
			break;
		if (v->busy || v->done)
			continue;
		if (v->due <= now)
			start(v);
		else if (v->due - now < wait)
			wait = v->due - now;
	}
	return wait;
}

/* Forget pages at the front that are done. */
static void drop_done(struct walk *w)
{
	while (w->first != NULL && w->first->done)
		w->first = w->first->next;
	if (w->first == NULL)
		w->last = &w->first;
}

static int fail_late(struct walk *w)
{
	err_set(&w->err, ERR_TEMP, "the deadline, %u s, has passed",
		w->options->deadline);
	return err_in(&w->err, "cannot list '%s'",
		url_show(w->arena, w->options->url));
}

static int run(struct walk *w)
{
	struct http_options http = { .connections = w->options->per_host,
		.timeout = w->options->timeout };
	struct visit top = { .url = w->out ?
			bucket_first_page(w->arena, w->options->url,
				w->options->depth) :
			w->options->url,
		.prefix = "",
		.depth = w->options->depth };
	struct err err = ERR_INIT;

	access_transport(w->options->access, &http);
	w->pool = http_open(&http, &w->err);
	if (w->pool == NULL)
		return -1;
	w->end = clock_ms() + (int64_t)w->options->deadline * 1000;
	top.walk = w;
	if (add_visit(w, &top, &err) < 0)
		return fail(&top, &err);
	while (w->first != NULL && w->err.kind == ERR_NONE) {
		int64_t wait = start_due(w), left = w->end - clock_ms();

		if (left <= 0)
			return fail_late(w);
		if (left < wait)
			wait = left;
		if (w->err.kind == ERR_NONE &&
			http_run(w->pool, (int)wait, -1, &w->err) < 0)
			return -1;
		drop_done(w);
	}
	return w->err.kind == ERR_NONE ? 0 : -1;
}

static int walk(struct walk *w, struct err *err)
{
	int result;

	w->last = &w->first;
	w->links.arena = w->arena;
	result = run(w);
	http_close(w->pool);
	for (struct visit *v = w->first; v != NULL; v = v->next) {
		buf_release(&v->text);
		arena_release(&v->arena);
	}
	if (w->out != NULL) {
		w->out->odd = w->links.odd;
		w->out->first_odd = w->links.first_odd;
		w->out->away = w->links.away;
	}
	page_links_release(&w->links);
	pattern_seen_release(&w->seen);
	if (result < 0)
		*err = w->err;
	return result;
}

static int by_name(const void *a, const void *b)
{
	const struct page_link *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->url, y->url);
}

static void sort_and_drop_doubles(struct page_links *out)
{
	size_t kept = 0;

	if (out->n > 0)
		qsort(out->at, out->n, sizeof(*out->at), by_name);
	for (size_t i = 0; i < out->n; i++)
		if (kept == 0 || !str_eq(out->at[i].url, out->at[kept - 1].url))
			out->at[kept++] = out->at[i];
	out->n = kept;
}

int listing_read(const struct listing_options *options, struct page_links *out,
	struct err *err)
{
	struct walk w = { .options = options, .arena = out->arena, .out = out };

	if (walk(&w, err) < 0)
		return -1;
	sort_and_drop_doubles(out);
	return 0;
}

int listing_fetch(const struct listing_options *options, struct buf *out,
	struct err *err)
{
	struct arena a = ARENA_INIT;
	struct walk w = { .options = options, .arena = &a, .text = out };
	int result = walk(&w, err);

	arena_release(&a);
	return result;
}
