/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file is synced by itself, many by syncfs, which costs the same for one and
 * for thousands; that it also waits for what others write there is why it is
 * not used for few.  The names of a batch are synced together with the contents
 * of the next one, so a stream of files costs one wait a batch and not two.
 */
#define _GNU_SOURCE /* syncfs */
#include "net/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"

enum {
	THREADS = 4, /* that check and write */
	FEW = 8,     /* files that are synced one by one */
	PAUSE = 20,  /* ms that the first waits for others */
};

struct queue {
	struct publish_item *first, **last;
	size_t n;
};

struct publisher {
	const char *folder;
	int fd; /* of the folder */
	struct work *work;
	void (*wake)(void *);
	void *state;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t changed, hurried;
	bool called, hurry, stop;    /* under the lock */
	struct queue done;           /* under the lock */
	struct queue written, named; /* the thread's own */
};

static void empty(struct queue *q)
{
	*q = (struct queue){ .last = &q->first };
}

static void push(struct queue *q, struct publish_item *item)
{
	item->next = NULL;
	*q->last = item;
	q->last = &item->next;
	q->n++;
}

static struct publish_item *pop(struct queue *q)
{
	struct publish_item *item = q->first;

	if (item == NULL)
		return NULL;
	q->first = item->next;
	q->n--;
	if (q->first == NULL)
		q->last = &q->first;
	return item;
}

static void write_down(struct work_task *task)
{
	struct publish_item *item = task->state;

	item->failed = part_stow(item->part, &item->file, &item->err) < 0;
}

static void call(void *publisher)
{
	struct publisher *p = publisher;

	pthread_mutex_lock(&p->lock);
	p->called = true;
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

static void finish(struct publisher *p, struct publish_item *item)
{
	bool first;

	pthread_mutex_lock(&p->lock);
	first = p->done.n == 0;
	push(&p->done, item);
	pthread_mutex_unlock(&p->lock);
	if (first)
		p->wake(p->state);
}

/* The folder of a name; and the cache and the one that it is in, which may be as new
 * and are synced as well as they can be. */
static int sync_name(const struct publish_item *item, struct err *err)
{
	struct err ignored = ERR_INIT;
	struct buf folder = BUF_INIT;
	int r = 0;

	buf_adds(&folder, item->file.path);
	for (int up = 0; up < 3; up++) {
		char *slash = strrchr(folder.data, '/');

		if (slash == NULL || slash == folder.data)
			break;
		*slash = '\0';
		if (io_sync_dir(folder.data, up == 0 ? err : &ignored) < 0 &&
			up == 0)
			r = -1;
	}
	buf_release(&folder);
	return r;
}

static void sync_few(struct publisher *p)
{
	for (struct publish_item *i = p->written.first; i; i = i->next)
		if (fsync(i->part->fd) < 0)
			i->failed = err_sys(&i->err, "cannot write '%s'",
					    i->file.path) < 0;
	for (struct publish_item *i = p->named.first; i; i = i->next)
		i->failed = sync_name(i, &i->err) < 0;
}

static void fail_all(struct queue *q, int error)
{
	for (struct publish_item *i = q->first; i != NULL; i = i->next)
		i->failed = err_set(&i->err, ERR_FAIL, "cannot write '%s': %s",
				    i->file.path, strerror(error)) < 0;
}

static void sync_many(struct publisher *p)
{
	int error;

	if (syncfs(p->fd) == 0)
		return;
	error = errno;
	fail_all(&p->written, error);
	fail_all(&p->named, error);
}

/* What is written lasts now and is named; what was named lasts and is done. */
static void settle(struct publisher *p)
{
	struct publish_item *item;
	size_t n = p->written.n;

	if (n + p->named.n <= FEW)
		sync_few(p);
	else
		sync_many(p);
	while ((item = pop(&p->named)) != NULL)
		finish(p, item);
	while (n-- > 0) {
		item = pop(&p->written);
		if (item->failed ||
			part_name(item->part, &item->file, &item->err) < 0)
			finish(p, item);
		else
			push(&p->named, item);
	}
}

static void take_written(struct publisher *p)
{
	struct work_task *task;

	while ((task = work_take(p->work)) != NULL) {
		struct publish_item *item = task->state;

		if (item->failed)
			finish(p, item);
		else
			push(&p->written, item);
	}
}

/* More are about to come: let them share a wait for the disk. */
static void linger(struct publisher *p)
{
	struct timespec end = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += PAUSE * 1000000L;
	if (end.tv_nsec >= 1000000000L) {
		end.tv_nsec -= 1000000000L;
		end.tv_sec++;
	}
	while (!p->hurry && !p->stop)
		if (pthread_cond_timedwait(&p->hurried, &p->lock, &end) != 0)
			return;
}

/* False at the end. */
static bool wait_for_call(struct publisher *p)
{
	bool go_on;

	pthread_mutex_lock(&p->lock);
	while (!p->called && !p->stop && p->named.n == 0)
		pthread_cond_wait(&p->changed, &p->lock);
	linger(p);
	p->called = false;
	go_on = !p->stop;
	pthread_mutex_unlock(&p->lock);
	return go_on;
}

static void *serve(void *arg)
{
	struct publisher *p = arg;

	while (wait_for_call(p)) {
		take_written(p);
		if (p->written.n + p->named.n > 0)
			settle(p);
	}
	return NULL;
}

static int start(struct publisher *p, struct err *err)
{
	p->fd = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->fd < 0)
		return err_sys(err, "cannot open '%s'", p->folder);
	p->work = work_open(THREADS, call, p, err);
	if (p->work == NULL)
		return -1;
	errno = pthread_create(&p->thread, NULL, serve, p);
	if (errno != 0)
		return err_sys(err, "cannot start a thread");
	p->started = true;
	return 0;
}

struct publisher *publisher_open(const char *folder, void (*wake)(void *),
	void *state, struct err *err)
{
	struct publisher *p = mem_alloc(sizeof(*p));
	pthread_condattr_t attr;

	*p = (struct publisher){ .folder = folder,
		.fd = -1,
		.wake = wake,
		.state = state };
	empty(&p->done);
	empty(&p->written);
	empty(&p->named);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->hurried, &attr);
	pthread_condattr_destroy(&attr);
	if (start(p, err) == 0)
		return p;
	publisher_close(p);
	return NULL;
}

void publisher_add(struct publisher *p, struct publish_item *item)
{
	item->task = (struct work_task){ .fn = write_down, .state = item };
	work_add(p->work, &item->task);
}

void publisher_hurry(struct publisher *p, bool hurry)
{
	pthread_mutex_lock(&p->lock);
	if (hurry && !p->hurry)
		pthread_cond_signal(&p->hurried);
	p->hurry = hurry;
	pthread_mutex_unlock(&p->lock);
}

struct publish_item *publisher_take(struct publisher *p)
{
	struct publish_item *item;

	pthread_mutex_lock(&p->lock);
	item = pop(&p->done);
	pthread_mutex_unlock(&p->lock);
	return item;
}

void publisher_close(struct publisher *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_signal(&p->changed);
	pthread_cond_signal(&p->hurried);
	pthread_mutex_unlock(&p->lock);
	if (p->started)
		pthread_join(p->thread, NULL);
	work_close(p->work);
	if (p->fd >= 0)
		close(p->fd);
	pthread_cond_destroy(&p->changed);
	pthread_cond_destroy(&p->hurried);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}
