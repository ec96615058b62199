/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command is a process of its own, so a thread that waits for it would be more than is
 * needed; but to unpack is not, and one way for both is less than two.
 */
#include "net/finisher.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jobserver.h"
#include "net/work.h"

enum { MOST = 16 }; /* at once */

struct task {
	struct work_task work;
	struct task *next; /* that waits for a job */
	const struct finish *how;
	size_t n;
	struct finish_item *items[];
};

struct finisher {
	const struct finish *how;
	atomic_bool stop;
	struct jobserver_share *share; /* NULL: there is no make */
	struct work *work;
	unsigned int most, running;
	struct task *first, **last;
};

/* How many at once? */
static unsigned int count_hands(struct finisher *f)
{
	const char *makeflags = getenv("MAKEFLAGS"), *flags;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct arena a = ARENA_INIT;
	enum jobserver found = jobserver_find(&a, makeflags, &flags);

	arena_release(&a);
	if (found == JOBSERVER_SHARED)
		f->share = jobserver_join(makeflags);
	if (f->share == NULL &&
		(found != JOBSERVER_NONE || getenv("MAKELEVEL") != NULL))
		return 1; /* the one that make has given to us */
	return processors < 1     ? 1 :
		processors > MOST ? MOST :
				    (unsigned int)processors;
}

struct finisher *finisher_open(struct finish *how, void (*wake)(void *),
	void *state, struct err *err)
{
	struct finisher *f = mem_alloc(sizeof(*f));

	*f = (struct finisher){ .how = how };
	f->last = &f->first;
	f->most = count_hands(f);
	how->errand.stop = &f->stop;
	f->work = work_open(f->most, wake, state, err);
	if (f->work != NULL)
		return f;
	finisher_close(f);
	return NULL;
}

static void run_task(struct work_task *work)
{
	struct task *t = work->state;

	finish_next(t->how, t->items, t->n);
}

void finisher_add(struct finisher *f, struct finish_item **items, size_t n)
{
	struct task *t =
		mem_alloc(sizeof(*t) + n * sizeof(struct finish_item *));

	*t = (struct task){ .how = f->how, .n = n };
	t->work = (struct work_task){ .fn = run_task, .state = t };
	for (size_t i = 0; i < n; i++) {
		t->items[i] = items[i];
		items[i]->busy = true;
	}
	*f->last = t;
	f->last = &t->next;
}

static void free_task(struct task *t)
{
	for (size_t i = 0; i < t->n; i++)
		t->items[i]->busy = false;
	mem_free(t);
}

/* The first has the job that we run in; each of the others takes one. */
static bool has_job(struct finisher *f)
{
	return f->running == 0 || f->share == NULL || jobserver_take(f->share);
}

static void begin_more(struct finisher *f)
{
	while (f->first != NULL && f->running < f->most && has_job(f)) {
		struct task *t = f->first;

		f->first = t->next;
		if (f->first == NULL)
			f->last = &f->first;
		f->running++;
		work_add(f->work, &t->work);
	}
}

static void take_back(struct finisher *f)
{
	struct work_task *done;

	while (f->work != NULL && (done = work_take(f->work)) != NULL) {
		free_task(done->state);
		f->running--;
		if (f->share != NULL && f->running > 0)
			jobserver_give(f->share);
	}
}

void finisher_turn(struct finisher *f)
{
	take_back(f);
	begin_more(f);
}

bool finisher_wait(struct finisher *f)
{
	begin_more(f);
	if (f->running == 0)
		return false;
	work_wait(f->work);
	finisher_turn(f);
	return true;
}

void finisher_close(struct finisher *f)
{
	if (f == NULL)
		return;
	atomic_store(&f->stop, true);
	while (f->running > 0) {
		work_wait(f->work);
		take_back(f);
	}
	while (f->first != NULL) {
		struct task *t = f->first;

		f->first = t->next;
		free_task(t);
	}
	work_close(f->work);
	jobserver_leave(f->share);
	mem_free(f);
}
