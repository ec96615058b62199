/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list: no more tasks are under way at once than there are jobs, and those
 * that were killed are forgotten when the next run begins.
 */
#include "build/pending.h"

#include "base/str.h"
#include "build/state.h"

static void drop(struct pending *p, const struct history_task *t)
{
	struct pending_task **at = &p->first;

	while (*at != NULL &&
		((*at)->pid != t->pid || !str_eq((*at)->name, t->name)))
		at = &(*at)->next;
	if (*at != NULL)
		*at = (*at)->next;
}

void pending_add(struct pending *p, const struct history_task *t)
{
	struct pending_task *new;

	if (t->name == NULL)
		return;
	drop(p, t);
	if (t->end != NULL)
		return;
	new = ARENA_NEW(p->arena, struct pending_task, 1);
	*new = (struct pending_task){
		.next = p->first,
		.name = arena_strdup(p->arena, t->name),
		.program = arena_strdup(p->arena, t->program),
		.stage = arena_strdup(p->arena, t->stage),
		.start = arena_strdup(p->arena, t->start),
		.pid = t->pid,
	};
	p->first = new;
}

void pending_clear(struct pending *p)
{
	p->first = NULL;
}

bool pending_runs(const struct pending_task *t)
{
	return state_process_lives(t->pid);
}
