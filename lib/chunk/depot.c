/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sparse file, so that an offset in the original is one in the copy and every
 * reader of files reads it.  A cache of blocks in memory was refused: it would
 * need a reader of its own in each place, and room that nobody counts.
 */
#include "chunk/depot.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/names.h"
#include "base/num.h"
#include "base/str.h"
#include "chunk/ferry.h"
#include "chunk/sparse.h"

enum { PATH_SIZE = 4096 };

/* Bytes that come along rather than cost a request: what a server sends, 8 requests
 * at once, in the time that another takes to arrive (10 MB/s for 50 ms).  Of the
 * ends of a file, and ahead of a reader. */
enum { GAP = 1 << 16, ENDS = 1 << 20, AHEAD_MAX = 1 << 20 };

struct depot_copy {
	struct depot *depot;
	struct depot_copy *next;
	const struct origin *origin;
	struct origin object; /* of an object: its origin */
	uint64_t base;
	struct spans have, want;
	uint64_t last, ahead; /* end of what was brought last, and how much */
};

struct depot {
	uint64_t block;
	const char *recipe;
	struct depot *first; /* whose ferry it is: often itself */
	struct ferry *ferry; /* NULL until the first copy, and so is */
	int fd;
	uint64_t end; /* of the last copy */
	struct depot_copy *copies;
	struct arena arena;
	struct names objects; /* by tag and URL: numbers among */
	struct depot_copy **of;
	struct err failed;
	pthread_mutex_t lock; /* of all that depot_need touches */
};

struct depot *depot_open(uint64_t block, const char *recipe)
{
	struct depot *d = mem_alloc(sizeof(*d));

	*d = (struct depot){ .block = block, .recipe = recipe, .fd = -1 };
	d->first = d;
	pthread_mutex_init(&d->lock, NULL);
	return d;
}

struct depot *depot_open_beside(struct depot *first)
{
	struct depot *d = depot_open(first->block, first->recipe);

	d->first = first->first;
	return d;
}

static struct ferry *ferry_of(const struct depot *d)
{
	return d->first->ferry;
}

static void forget(struct depot *d)
{
	while (d->copies != NULL) {
		struct depot_copy *c = d->copies;

		d->copies = c->next;
		spans_release(&c->have);
		spans_release(&c->want);
		mem_free(c);
	}
	d->end = 0;
	arena_reset(&d->arena);
	d->objects = (struct names){ 0 };
}

void depot_close(struct depot *d)
{
	if (d == NULL)
		return;
	forget(d);
	arena_release(&d->arena);
	mem_free(d->of);
	ferry_close(d->ferry);
	if (d->fd >= 0)
		close(d->fd);
	pthread_mutex_destroy(&d->lock);
	mem_free(d);
}

void depot_reset(struct depot *d)
{
	err_clear(&d->failed);
	if (d->end == 0)
		return;
	forget(d);
	/* a file that does not shrink is replaced */
	if (ftruncate(d->fd, 0) < 0) {
		close(d->fd);
		d->fd = -1;
	}
}

/* Its name goes at once, so that nothing is left whatever happens. */
static int need_file(struct depot *d, struct err *err)
{
	char path[PATH_SIZE];

	if (ferry_of(d) == NULL)
		d->first->ferry = ferry_open(d->recipe);
	if (d->fd >= 0)
		return 0;
	d->fd = sparse_make(path, sizeof(path), err);
	if (d->fd >= 0)
		unlink(path);
	return d->fd < 0 ? -1 : 0;
}

static int copy_all(const struct depot *d, int to, struct err *err)
{
	struct buf b = BUF_INIT;
	int r = ftruncate(to, (off_t)d->end) < 0 ?
		err_sys(err, "cannot make a copy") :
		0;

	for (struct depot_copy *c = d->copies; c != NULL; c = c->next)
		for (size_t i = 0; r == 0 && i < c->have.n; i++) {
			struct span_range x = c->have.at[i];

			x.start += c->base;
			x.end += c->base;
			r = sparse_copy(&b, d->fd, to, x, err);
		}
	buf_release(&b);
	return r;
}

/* A file without a name cannot be given one again, so there is another. */
int depot_name(struct depot *d, char *path, size_t size, struct err *err)
{
	int fd = sparse_make(path, size, err), r = fd < 0 ? -1 : 0;

	if (r == 0)
		r = copy_all(d, fd, err);
	if (r == 0 && dup2(fd, d->fd) < 0)
		r = err_sys(err, "cannot make a copy");
	if (r < 0 && fd >= 0)
		unlink(path);
	if (fd >= 0)
		close(fd);
	(void)fcntl(d->fd, F_SETFD, FD_CLOEXEC);
	return r;
}

struct depot *depot_of(const struct depot_copy *c)
{
	return c->depot;
}

const char *depot_recipe(const struct depot *d)
{
	return d->recipe;
}

static bool same(const struct origin *a, const struct origin *b)
{
	const char *s = a->etag ? a->etag : "", *t = b->etag ? b->etag : "";
	const char *u = a->modified ? a->modified : "";
	const char *v = b->modified ? b->modified : "";

	return a->size == b->size && str_eq(a->url, b->url) && str_eq(s, t) &&
		str_eq(u, v);
}

static struct depot_copy *add_copy(struct depot *d, const struct origin *o,
	struct err *err)
{
	uint64_t end;
	struct depot_copy *c;

	if (!num_add(d->end, o->size, &end) || end > INT64_MAX ||
		ftruncate(d->fd, (off_t)end) < 0) {
		err_sys(err, "no room for a sparse copy of '%s'", o->shown);
		return NULL;
	}
	c = mem_alloc(sizeof(*c));
	*c = (struct depot_copy){ .depot = d,
		.next = d->copies,
		.origin = o,
		.base = d->end };
	d->copies = c;
	d->end = end;
	return c;
}

struct depot_copy *depot_copy_of(struct depot *d, const struct origin *o,
	struct err *err)
{
	struct depot_copy *c = d->copies;

	while (c != NULL && !same(c->origin, o))
		c = c->next;
	if (c != NULL)
		return c;
	if (need_file(d, err) < 0)
		return NULL;
	return add_copy(d, o, err);
}

/* The place among depot->of of the object's copy, which may not be there yet. */
static struct depot_copy **place_of(struct depot *d,
	const struct depot_object *o)
{
	size_t n = d->objects.n;
	struct names_entry *e;
	struct buf key = BUF_INIT;

	buf_addf(&key, "%" PRIx64 " %s %s", o->tag, o->folder->url, o->name);
	e = names_find(&d->objects, key.data);
	if (e == NULL) {
		e = names_add(&d->objects, &d->arena,
			arena_strdup(&d->arena, key.data), n);
		if ((n & (n - 1)) == 0) /* room for as many as there are */
			d->of = mem_resize(d->of,
				(n ? 2 * n : 1) * sizeof(*d->of));
		d->of[n] = NULL;
	}
	buf_release(&key);
	return &d->of[e->value];
}

static struct depot_copy *add_object(struct depot *d,
	const struct depot_object *o, struct err *err)
{
	struct origin origin = { .url = origin_object(&d->arena, o->folder->url,
					 o->name),
		.shown = origin_object(&d->arena, o->folder->shown, o->name),
		.size = o->end,
		.tag = o->tag };
	struct depot_copy *c = add_copy(d, &origin, err);

	if (c == NULL)
		return NULL;
	c->object = origin;
	c->origin = &c->object;
	return c;
}

/* A copy in which nothing is can still be elsewhere. */
static int enlarge(struct depot_copy *c, uint64_t size, struct err *err)
{
	struct depot *d = c->depot;
	uint64_t end;

	if (!num_add(d->end, size, &end) || end > INT64_MAX ||
		ftruncate(d->fd, (off_t)end) < 0)
		return err_sys(err, "no room for a sparse copy of '%s'",
			c->object.shown);
	c->base = d->end;
	c->object.size = size;
	d->end = end;
	return 0;
}

static struct depot_copy *copy_object(struct depot *d, struct depot_object o,
	struct err *err)
{
	struct depot_copy **at, *c;

	if (need_file(d, err) < 0)
		return NULL;
	at = place_of(d, &o);
	c = *at;
	if (c != NULL && c->origin->size >= o.end)
		return c;
	if (c != NULL && c->origin->size <= INT64_MAX / 4)
		o.end = num_max(o.end, 2 * c->origin->size);
	if (c != NULL && c->have.n == 0 && c->want.n == 0)
		return enlarge(c, o.end, err) < 0 ? NULL : c;
	c = add_object(d, &o, err);
	*at = c != NULL ? c : *at;
	return c;
}

struct depot_copy *depot_copy_object(struct depot *d,
	const struct depot_object *o, struct err *err)
{
	struct depot_copy *c;

	pthread_mutex_lock(&d->lock);
	c = copy_object(d, *o, err);
	pthread_mutex_unlock(&d->lock);
	return c;
}

struct depot_place depot_place(const struct depot_copy *c)
{
	return (struct depot_place){ c->depot->fd, c->base };
}

uint64_t depot_bytes(const struct depot *d)
{
	return ferry_of(d) != NULL ? ferry_bytes(ferry_of(d)) : 0;
}

static void want(struct depot_copy *c, struct span_range r)
{
	struct spans missing = SPANS_INIT;

	r.end = num_min(r.end, c->origin->size);
	spans_missing(&c->have, r, &missing);
	for (size_t i = 0; i < missing.n; i++)
		spans_add(&c->want, missing.at[i], GAP);
	spans_release(&missing);
}

static void want_ends(struct depot_copy *c)
{
	uint64_t size = c->origin->size;

	want(c, (struct span_range){ 0, ENDS });
	want(c, (struct span_range){ size - num_min(size, ENDS), size });
}

/* Of a file nothing is known of, its ends; then whole blocks, and more of them the
 * longer the reader goes forward. */
static struct span_range widen(struct depot_copy *c, struct span_range r)
{
	uint64_t block = c->depot->block;
	bool goes_on = r.start <= c->last && c->last - r.start <= block;

	if (c->have.n == 0)
		want_ends(c);
	c->ahead =
		goes_on ? num_min(num_max(c->ahead * 2, block), AHEAD_MAX) : 0;
	r.start -= r.start % block;
	r.end = (r.end + c->ahead + block - 1) / block * block;
	c->last = num_min(r.end, c->origin->size);
	return r;
}

void depot_want(struct depot_copy *c, struct span_range r)
{
	if (!spans_has(&c->have, r))
		want(c, r);
}

static int bring(struct depot_copy *c, struct err *err)
{
	struct depot *d = c->depot;

	if (c->want.n == 0)
		return 0;
	return ferry_ask(ferry_of(d), c->origin, &c->want,
		(struct ferry_to){ d->fd, c->base }, err);
}

/* What was asked for is there. */
static void settle(struct depot_copy *c)
{
	for (size_t i = 0; i < c->want.n; i++)
		spans_add(&c->have, c->want.at[i], 0);
	spans_reset(&c->want);
}

static int fail(struct depot *d, const struct err *err)
{
	if (d->failed.kind == ERR_NONE)
		d->failed = *err;
	return -1;
}

int depot_look(struct depot *d, struct ferry_look *looks, size_t n,
	struct err *err)
{
	uint64_t end;

	if (need_file(d, err) < 0)
		return fail(d, err);
	for (size_t i = 0; i < n; i++) {
		if (looks[i].to.fd < 0)
			continue;
		if (!num_add(d->end, looks[i].bytes, &end) || end > INT64_MAX)
			return err_set(err, ERR_DATA, "too much to look at");
		looks[i].to = (struct ferry_to){ d->fd, d->end };
		d->end = end;
	}
	return ferry_look(ferry_of(d), looks, n, err) < 0 ? fail(d, err) : 0;
}

int depot_bring(struct depot *d, struct err *err)
{
	for (struct depot_copy *c = d->copies; c != NULL; c = c->next)
		if (bring(c, err) < 0)
			return fail(d, err);
	if (ferry_of(d) != NULL && ferry_wait(ferry_of(d), err) < 0)
		return fail(d, err);
	for (struct depot_copy *c = d->copies; c != NULL; c = c->next)
		settle(c);
	return 0;
}

static int ask_ends(struct depot *d, struct err *err)
{
	int r = 0;

	for (struct depot_copy *c = d->copies; r == 0 && c != NULL;
		c = c->next) {
		want_ends(c);
		r = bring(c, err);
	}
	return r;
}

void depot_bring_ends(struct depot *const *d, size_t n)
{
	struct err ignored = ERR_INIT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = ask_ends(d[i], &ignored);
	if (r == 0 && n > 0 && ferry_of(d[0]) != NULL)
		r = ferry_wait(ferry_of(d[0]), &ignored);
	for (size_t i = 0; i < n; i++)
		for (struct depot_copy *c = d[i]->copies; c != NULL;
			c = c->next)
			if (r == 0)
				settle(c);
			else
				spans_reset(&c->want);
}

int depot_bring_of(struct depot_copy *c, struct err *err)
{
	if (c->want.n == 0)
		return 0;
	if (bring(c, err) < 0 || ferry_wait(ferry_of(c->depot), err) < 0)
		return fail(c->depot, err);
	settle(c);
	return 0;
}

int depot_verdict(const struct depot *d, struct err *err)
{
	if (d->failed.kind == ERR_NONE)
		return 0;
	*err = d->failed;
	return -1;
}

static int need(struct depot_copy *c, struct span_range r, struct err *err)
{
	if (spans_has(&c->have, r))
		return 0;
	if (r.end > c->origin->size)
		return err_set(err, ERR_DATA,
			"'%s' is truncated: it has %" PRIu64
			" bytes, one at %" PRIu64 " is wanted",
			c->origin->shown, c->origin->size, r.end - 1);
	want(c, c->depot->block > 0 && c->origin->tag == 0 ? widen(c, r) : r);
	return depot_bring_of(c, err);
}

int depot_need(struct depot_copy *c, struct span_range r, struct err *err)
{
	int got;

	pthread_mutex_lock(&c->depot->lock);
	got = need(c, r, err);
	pthread_mutex_unlock(&c->depot->lock);
	return got;
}
