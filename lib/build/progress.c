/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time that is left is guessed from the tasks of the stage that is at work,
 * since a task of another stage takes another time; so it is that of the stage.
 */
#include "build/progress.h"

#include "base/usage.h"
#include "base/size.h"

int progress_open(struct progress *p, const char *path, uint64_t offset,
	struct err *err)
{
	*p = (struct progress){ .begin = usage_seconds() };
	p->shown_at = p->begin;
	return history_open(&p->history, path, offset, err);
}

static void count(struct progress *p, const struct history_task *t)
{
	if (t->name == NULL || t->end == NULL)
		return;
	if (t->code != 0)
		p->failed++;
	else
		stages_count(p->done, t->stage);
	p->in += t->in;
	p->out += t->out;
	p->objects += t->objects;
}

void progress_follow(struct progress *p)
{
	struct arena one = ARENA_INIT;
	const struct js *rec;

	while ((rec = history_next(&p->history, &one)) != NULL) {
		const struct history_task t = history_task(rec);

		count(p, &t);
		arena_reset(&one);
	}
	arena_release(&one);
}

static size_t total(const struct progress *p, int stage)
{
	return p->wanted[stage] > p->done[stage] ? p->wanted[stage] :
						   p->done[stage];
}

/* The first stage that is not done: how fast, how long still. */
static void show_speed(const struct progress *p, double past, struct buf *out)
{
	for (int i = 0; i < STAGES; i++) {
		size_t left = total(p, i) - p->done[i];

		if (left == 0)
			continue;
		if (p->done[i] > 0 && past > 0)
			buf_addf(out, "%.1f/s  ETA %.0f s  ",
				(double)p->done[i] / past,
				(double)left * past / (double)p->done[i]);
		return;
	}
}

void progress_show(struct progress *p, struct buf *out)
{
	double now = usage_seconds(), since = now - p->shown_at;
	char rate[SIZE_TEXT];

	for (int i = 0; i < STAGES; i++)
		if (total(p, i) > 0)
			buf_addf(out, "%s %zu/%zu  ", stages[i], p->done[i],
				total(p, i));
	show_speed(p, now - p->begin, out);
	if (since >= 0.2) {
		p->rate = 0.7 * p->rate +
			0.3 * (double)(p->in + p->out - p->shown) / since;
		p->shown = p->in + p->out;
		p->shown_at = now;
	}
	if (p->rate >= 1) {
		size_text(p->rate, rate);
		buf_addf(out, "%s/s  ", rate);
	}
	if (p->failed > 0)
		buf_addf(out, "failed %zu  ", p->failed);
	buf_addf(out, "%.0f s", now - p->begin);
}

void progress_close(struct progress *p)
{
	history_close(&p->history);
}
