/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A queue of pages still to be asked for, walked as net/fetch walks its jobs.
 * Fetching pages through the cache was refused: a listing is asked for because
 * it may have changed.
 */
#include "net/listing.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/str.h"
#include "recipe/pattern_url.h"
#include "net/http.h"
#include "net/link.h"
#include "net/url.h"

enum { PAUSE_FIRST = 1000, PAUSE_MAX = 60000, TURN_MAX = 1000 }; /* ms */

struct visit {
	struct walk *walk;
	struct visit *next;
	const char *url, *prefix; /* as of struct page */
	struct url parts;         /* what is asked for */
	unsigned int depth;       /* levels still to be gone down from here */
	unsigned int tries;       /* that failed */
	int64_t due;              /* ms */
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
	unsigned int running;
	size_t npages;
	struct err err; /* ends all */
};

static int64_t now_ms(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static bool is_bucket(const char *url)
{
	return str_starts(url, "s3://") || str_starts(url, "gs://");
}

static int fail(struct visit *v, const struct err *why)
{
	struct walk *w = v->walk;

	if (w->err.kind != ERR_NONE)
		return -1;
	w->err = *why;
	if (v->tries > 0)
		err_in(&w->err, "tried %u times", v->tries + 1);
	return err_in(&w->err, "cannot list '%s'", url_show(w->arena, v->url));
}

/* What to ask for: of a page of a bucket, which is the URL of the bucket and a
 * query, the URL behind the bucket and that query. */
static int find_place(struct visit *v, struct err *err)
{
	struct arena *a = v->walk->arena;
	const char *query = strchr(v->url, '?');

	if (!is_bucket(v->url) || query == NULL)
		return url_parse(a, v->url, &v->parts, err);
	if (url_parse(a, arena_strndup(a, v->url, (size_t)(query - v->url)),
		    &v->parts, err) < 0 ||
		access_resolve(v->walk->options->access, a, &v->parts, err) < 0)
		return -1;
	v->parts.wire = arena_printf(a, "%s%s", v->parts.wire, query);
	return 0;
}

static int add_visit(struct walk *w, const struct visit *what, struct err *err)
{
	struct visit *v;

	if (!pattern_seen_add(&w->seen, what->url, strlen(what->url)))
		return 0;
	if (++w->npages > LISTING_PAGES_MAX)
		return err_set(err, ERR_DATA, "it has more than %d pages",
			LISTING_PAGES_MAX);
	v = ARENA_NEW(w->arena, struct visit, 1);
	*v = *what;
	v->walk = w;
	if (find_place(v, err) < 0)
		return -1;
	if (v->parts.kind == URL_LOCAL)
		return err_set(err, ERR_DATA,
			"it is a folder of this machine: use 'glob'");
	if (v->parts.wire == NULL)
		return err_set(err, ERR_DATA, "it cannot be listed");
	*w->last = v;
	w->last = &v->next;
	return 0;
}

/* Below the stated depth?  A bucket lists all there is, whatever its level. */
static bool is_deep(const struct walk *w, const struct page_link *link)
{
	unsigned int level = 0;

	if (!is_bucket(w->options->url))
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
				"it has more than %d files", LISTING_FILES_MAX);
		*page_add(w->out, PAGE_FILE) = *link;
		return 0;
	}
	if (link->kind == PAGE_FOLDER && next.depth-- == 0)
		return 0;
	return add_visit(w, &next, err);
}

static int read_page(struct visit *v, struct err *err)
{
	struct walk *w = v->walk;
	struct page page = { .url = is_bucket(v->url) ? v->url : v->parts.wire,
		.prefix = v->prefix,
		.text = &v->text };

	if (w->out == NULL) {
		buf_add(w->text, v->text.data, v->text.len);
		return 0;
	}
	w->links.n = 0;
	if (page_read(&page, &w->links, err) < 0)
		return -1;
	for (size_t i = 0; i < w->links.n; i++)
		if (take_link(v, &w->links.at[i], err) < 0)
			return -1;
	return 0;
}

static int on_head(void *state, const struct http_head *head, struct err *err)
{
	struct visit *v = state;

	buf_reset(&v->text);
	if (head->length != HTTP_UNKNOWN && head->length > LISTING_PAGE_MAX)
		return err_set(err, ERR_DATA, "the page is too large");
	return 0;
}

static int on_body(void *state, const void *p, size_t len, struct err *err)
{
	struct visit *v = state;

	if (len > LISTING_PAGE_MAX - v->text.len)
		return err_set(err, ERR_DATA, "the page is too large");
	buf_add(&v->text, p, len);
	return 0;
}

static void try_later(struct visit *v, const struct http_result *r)
{
	int64_t pause = PAUSE_FIRST;

	if (v->tries >= v->walk->options->retries) {
		fail(v, &r->err);
		return;
	}
	for (unsigned int i = 0; i < v->tries && pause < PAUSE_MAX; i++)
		pause *= 2;
	if (pause < (int64_t)r->retry_after * 1000)
		pause = (int64_t)r->retry_after * 1000;
	if (pause > PAUSE_MAX)
		pause = PAUSE_MAX;
	v->tries++;
	v->due = now_ms() + pause;
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
		result.ok = false;
		result.retryable = result.err.kind == ERR_TEMP;
	}
	if (result.ok)
		v->done = true;
	else if (result.retryable)
		try_later(v, &result);
	else
		fail(v, &result.err);
	if (v->done)
		buf_release(&v->text);
}

static void start(struct visit *v)
{
	struct http_request req = {
		.on_head = on_head,
		.on_body = on_body,
		.on_done = on_done,
		.state = v,
	};
	struct arena secrets = ARENA_INIT;
	struct err err = ERR_INIT;

	access_request(v->walk->options->access, &secrets, &v->parts, &req);
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
	int64_t now = now_ms(), wait = TURN_MAX;

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

/* "s3://bucket/a/b" lists the keys that begin with "a/b"; where no folders are
 * to be looked into, the server need not list what is in them. */
static const char *first_page(const struct walk *w)
{
	const char *url = w->options->url, *prefix;
	struct buf out = BUF_INIT;
	const char *page;

	if (!is_bucket(url) || w->out == NULL)
		return url;
	prefix = strchr(url + 5, '/');
	buf_addf(&out, "%.*s/?list-type=2&encoding-type=url",
		prefix ? (int)(prefix - url) : (int)strlen(url), url);
	if (w->options->depth == 0)
		buf_adds(&out, "&delimiter=%2F");
	buf_adds(&out, "&prefix=");
	link_encode_argument(&out, prefix ? prefix + 1 : "");
	page = arena_strdup(w->arena, out.data);
	buf_release(&out);
	return page;
}

static int run(struct walk *w)
{
	struct http_options http = { .connections = w->options->per_host,
		.timeout = w->options->timeout };
	struct visit top = { .url = first_page(w),
		.prefix = "",
		.depth = w->options->depth };
	struct err err = ERR_INIT;

	access_transport(w->options->access, &http);
	w->pool = http_open(&http, &w->err);
	if (w->pool == NULL)
		return -1;
	top.walk = w;
	if (add_visit(w, &top, &err) < 0)
		return fail(&top, &err);
	while (w->first != NULL && w->err.kind == ERR_NONE) {
		int64_t wait = start_due(w);

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
	for (struct visit *v = w->first; v != NULL; v = v->next)
		buf_release(&v->text);
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
