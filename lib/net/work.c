/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fsync has no form that does not block, and a file system commits many of
 * them at the price of one if they come together: hence a few threads that do
 * nothing else.  Two queues under one lock are enough, since a task takes a
 * thousand times longer than the lock.
 */
#include "net/work.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/mem.h"

struct queue {
	struct work_task *first, **last;
};

struct work {
	pthread_mutex_t lock;
	pthread_cond_t more, came;
	struct queue todo, done;
	bool stop;
	void (*wake)(void *);
	void *state;
	unsigned int n;
	pthread_t threads[];
};

static void push(struct queue *q, struct work_task *task)
{
	task->next = NULL;
	*q->last = task;
	q->last = &task->next;
}

static struct work_task *pop(struct queue *q)
{
	struct work_task *task = q->first;

	if (task == NULL)
		return NULL;
	q->first = task->next;
	if (q->first == NULL)
		q->last = &q->first;
	return task;
}

static void *serve(void *arg)
{
	struct work *w = arg;
	struct work_task *task;

	pthread_mutex_lock(&w->lock);
	while (!w->stop) {
		task = pop(&w->todo);
		if (task == NULL) {
			pthread_cond_wait(&w->more, &w->lock);
			continue;
		}
		pthread_mutex_unlock(&w->lock);
		task->fn(task);
		pthread_mutex_lock(&w->lock);
		push(&w->done, task);
		pthread_cond_signal(&w->came);
		w->wake(w->state);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

struct work *work_open(unsigned int threads, void (*wake)(void *), void *state,
	struct err *err)
{
	struct work *w = mem_alloc(sizeof(*w) + threads * sizeof(pthread_t));

	*w = (struct work){ .wake = wake, .state = state };
	w->todo.last = &w->todo.first;
	w->done.last = &w->done.first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	pthread_cond_init(&w->came, NULL);
	while (w->n < threads) {
		errno = pthread_create(&w->threads[w->n], NULL, serve, w);
		if (errno != 0)
			break;
		w->n++;
	}
	if (w->n == threads)
		return w;
	err_sys(err, "cannot start a thread");
	work_close(w);
	return NULL;
}

void work_add(struct work *w, struct work_task *task)
{
	pthread_mutex_lock(&w->lock);
	push(&w->todo, task);
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
}

struct work_task *work_take(struct work *w)
{
	struct work_task *task;

	pthread_mutex_lock(&w->lock);
	task = pop(&w->done);
	pthread_mutex_unlock(&w->lock);
	return task;
}

void work_wait(struct work *w)
{
	pthread_mutex_lock(&w->lock);
	while (w->done.first == NULL)
		pthread_cond_wait(&w->came, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

void work_close(struct work *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_broadcast(&w->more);
	pthread_mutex_unlock(&w->lock);
	while (w->n > 0)
		pthread_join(w->threads[--w->n], NULL);
	pthread_cond_destroy(&w->more);
	pthread_cond_destroy(&w->came);
	pthread_mutex_destroy(&w->lock);
	mem_free(w);
}
