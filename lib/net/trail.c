/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading back what has just been written costs one copy out of the page cache, as
 * handing it over would, and needs no memory, no bound of it, and no second way for
 * bytes to the file.  A kernel that is not asked leaves gigabytes for the last sync.
 */
#define _GNU_SOURCE /* sync_file_range */
#include "net/trail.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

enum {
	THREADS = 2,
	STRIDE = 4 << 20, /* bytes that are worth a thread's while */
	PIECE = 1 << 17,  /* read at once: they stay in the processor's cache */
};

struct trail {
	struct trails *all;
	struct trail *next; /* that waits */
	int fd;
	struct digests digests;
	uint64_t told;       /* the owner's */
	uint64_t here, done; /* under the lock, as what follows */
	bool busy;           /* waits or is being read */
	bool failed;
};

struct trails {
	pthread_mutex_t lock;
	pthread_cond_t more, idle;
	struct trail *first, **last; /* that wait */
	bool stop;
	unsigned int n;
	pthread_t threads[THREADS];
};

void digests_open(struct digests *d, const bool want[DIGEST_KINDS])
{
	for (int i = 0; i < DIGEST_KINDS; i++)
		d->of[i] = want[i] ? digest_open((enum digest_kind)i) : NULL;
}

void digests_add(struct digests *d, const void *bytes, size_t len)
{
	for (int i = 0; i < DIGEST_KINDS; i++)
		if (d->of[i] != NULL)
			digest_add(d->of[i], bytes, len);
}

void digests_close(struct digests *d)
{
	for (int i = 0; i < DIGEST_KINDS; i++)
		digest_close(d->of[i]);
}

int digests_add_file(struct digests *d, const struct digests_span *span,
	struct err *err)
{
	struct buf piece = BUF_INIT;
	uint64_t at = span->from;
	ssize_t n = 1;

	buf_resize(&piece, PIECE);
	while (at < span->to) {
		uint64_t left = span->to - at;

		n = pread(span->fd, piece.data,
			left < PIECE ? (size_t)left : PIECE, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		digests_add(d, piece.data, (size_t)n);
		at += (uint64_t)n;
	}
	buf_release(&piece);
	if (n < 0)
		return err_sys(err, "cannot read '%s'", span->path);
	if (at < span->to)
		return err_set(err, ERR_TEMP, "'%s' changed meanwhile",
			span->path);
	return 0;
}

static void push(struct trails *all, struct trail *t)
{
	t->next = NULL;
	t->busy = true;
	*all->last = t;
	all->last = &t->next;
	pthread_cond_signal(&all->more);
}

static struct trail *pop(struct trails *all)
{
	struct trail *t = all->first;

	if (t == NULL)
		return NULL;
	all->first = t->next;
	if (all->first == NULL)
		all->last = &all->first;
	return t;
}

/* The lock is held but for the reading. */
static void read_on(struct trails *all, struct trail *t)
{
	const struct digests_span span = { t->fd, "", t->done, t->here };
	struct err ignored = ERR_INIT; /* who reads it all again will tell */
	bool ok;

	pthread_mutex_unlock(&all->lock);
	(void)sync_file_range(span.fd, (off_t)span.from,
		(off_t)(span.to - span.from), SYNC_FILE_RANGE_WRITE);
	ok = digests_add_file(&t->digests, &span, &ignored) == 0;
	pthread_mutex_lock(&all->lock);
	t->done = span.to;
	t->failed |= !ok;
	t->busy = false;
	pthread_cond_broadcast(&all->idle);
}

static void *serve(void *arg)
{
	struct trails *all = arg;
	struct trail *t;

	pthread_mutex_lock(&all->lock);
	while (!all->stop) {
		t = pop(all);
		if (t == NULL)
			pthread_cond_wait(&all->more, &all->lock);
		else
			read_on(all, t);
	}
	pthread_mutex_unlock(&all->lock);
	return NULL;
}

struct trails *trails_open(struct err *err)
{
	struct trails *all = mem_alloc(sizeof(*all));

	*all = (struct trails){ .n = 0 };
	all->last = &all->first;
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->more, NULL);
	pthread_cond_init(&all->idle, NULL);
	while (all->n < THREADS) {
		errno = pthread_create(&all->threads[all->n], NULL, serve, all);
		if (errno != 0)
			break;
		all->n++;
	}
	if (all->n == THREADS)
		return all;
	err_sys(err, "cannot start a thread");
	trails_close(all);
	return NULL;
}

void trails_close(struct trails *all)
{
	if (all == NULL)
		return;
	pthread_mutex_lock(&all->lock);
	all->stop = true;
	pthread_cond_broadcast(&all->more);
	pthread_mutex_unlock(&all->lock);
	while (all->n > 0)
		pthread_join(all->threads[--all->n], NULL);
	pthread_cond_destroy(&all->idle);
	pthread_cond_destroy(&all->more);
	pthread_mutex_destroy(&all->lock);
	mem_free(all);
}

struct trail *trail_begin(struct trails *all, int fd,
	const bool want[DIGEST_KINDS])
{
	struct trail *t = mem_alloc(sizeof(*t));

	*t = (struct trail){ .all = all, .fd = fd };
	digests_open(&t->digests, want);
	return t;
}

void trail_tell(struct trail *t, uint64_t len)
{
	if (len < t->told || len - t->told < STRIDE)
		return;
	t->told = len;
	pthread_mutex_lock(&t->all->lock);
	t->here = len;
	if (!t->busy && !t->failed)
		push(t->all, t);
	pthread_mutex_unlock(&t->all->lock);
}

uint64_t trail_end(struct trail *t, struct digests *d)
{
	uint64_t done;
	bool failed;

	pthread_mutex_lock(&t->all->lock);
	while (t->busy)
		pthread_cond_wait(&t->all->idle, &t->all->lock);
	done = t->done;
	failed = t->failed;
	pthread_mutex_unlock(&t->all->lock);
	if (failed) {
		bool want[DIGEST_KINDS];

		for (int i = 0; i < DIGEST_KINDS; i++)
			want[i] = t->digests.of[i] != NULL;
		digests_close(&t->digests);
		digests_open(&t->digests, want);
		done = 0;
	}
	*d = t->digests;
	mem_free(t);
	return done;
}
