/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that live as long as the work: starting one costs less than the first
 * item it does.  Children with shared memory were refused: how they died, what
 * they counted and why they failed would each need a way back of its own.
 *
 * Items are handed out in order, so every item before one that failed was begun;
 * when all hands have come back, the failure of the first is known.
 */
#include "base/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/jobserver.h"
#include "base/mem.h"
#include "base/num.h"

struct crew {
	unsigned most;
	struct jobserver_share *share;
	pthread_mutex_t lock;
};

struct crew *crew_open(unsigned most, const char *makeflags)
{
	struct crew *c = mem_alloc(sizeof(*c));
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	memset(c, 0, sizeof(*c));
	pthread_mutex_init(&c->lock, NULL);
	if (most != 1)
		c->share = jobserver_join(makeflags);
	if (most == 0 && c->share != NULL && processors > 1)
		most = processors < CREW_MOST ? (unsigned)processors :
						CREW_MOST;
	c->most = (unsigned)num_min(num_max(most, 1), CREW_MOST);
	return c;
}

void crew_close(struct crew *c)
{
	if (c == NULL)
		return;
	jobserver_leave(c->share);
	pthread_mutex_destroy(&c->lock);
	mem_free(c);
}

unsigned crew_most(const struct crew *c)
{
	return c->most;
}

void crew_lock(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
}

void crew_unlock(struct crew *c)
{
	pthread_mutex_unlock(&c->lock);
}

struct shift;

struct hand {
	struct shift *shift;
	unsigned number;
	pthread_t thread;
};

/* One crew_run. */
struct shift {
	const struct crew_work *work;
	atomic_size_t next; /* item */
	atomic_size_t end;  /* no item from here on is begun */
	pthread_mutex_t lock;
	struct err *err; /* of the first item that failed, which is end */
	unsigned n;      /* hands beside the caller's */
	struct hand hands[CREW_MOST];
};

static void note_failure(struct shift *s, size_t i, const struct err *err)
{
	pthread_mutex_lock(&s->lock);
	if (i < atomic_load(&s->end)) {
		atomic_store(&s->end, i);
		*s->err = *err;
	}
	pthread_mutex_unlock(&s->lock);
}

static bool is_more(const struct shift *s)
{
	return atomic_load(&s->next) < atomic_load(&s->end);
}

/* False when there is nothing left to do. */
static bool work_one(struct shift *s, unsigned hand)
{
	size_t i = atomic_fetch_add(&s->next, 1);
	struct err err = ERR_INIT;

	if (i >= atomic_load(&s->end))
		return false;
	if (s->work->one(s->work->state, hand, i, &err) < 0)
		note_failure(s, i, &err);
	return true;
}

static void *work(void *p)
{
	struct hand *h = p;

	while (work_one(h->shift, h->number))
		continue;
	return NULL;
}

/* Signals are for the thread that there was before. */
static bool start(struct hand *h)
{
	sigset_t all, old;
	int cause;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	cause = pthread_create(&h->thread, NULL, work, h);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return cause == 0;
}

/* As many hands as are free and of use. */
static void recruit(struct crew *c, struct shift *s)
{
	unsigned most = c ? (unsigned)num_min(s->work->hands, c->most) : 1;

	while (s->n + 1 < most && is_more(s)) {
		struct hand *h = &s->hands[s->n];

		if (c->share != NULL && !jobserver_take(c->share))
			return;
		*h = (struct hand){ .shift = s, .number = s->n + 1 };
		if (!start(h)) {
			if (c->share != NULL)
				jobserver_give(c->share);
			return;
		}
		s->n++;
	}
}

static void dismiss(struct crew *c, struct shift *s)
{
	while (s->n > 0) {
		pthread_join(s->hands[--s->n].thread, NULL);
		if (c->share != NULL)
			jobserver_give(c->share);
	}
}

int crew_run(struct crew *c, const struct crew_work *w, struct err *err)
{
	struct shift *s = mem_alloc(sizeof(*s));
	bool failed;

	memset(s, 0, sizeof(*s));
	s->work = w;
	s->err = err;
	atomic_init(&s->next, 0);
	atomic_init(&s->end, w->n);
	pthread_mutex_init(&s->lock, NULL);
	do
		recruit(c, s);
	while (work_one(s, 0));
	dismiss(c, s);
	failed = atomic_load(&s->end) < w->n;
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
	return failed ? -1 : 0;
}
