/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make knows which tasks failed, the ledger why: a task that was killed has left
 * no reason.  The messages themselves have scrolled by.
 */
#include "build/failures.h"

#include <string.h>

#include "base/names.h"
#include "base/str.h"
#include "build/history.h"

/* More are in the ledger, for pgf log. */
enum { MOST = 50 };

/* A task is named by its output, which for make may be behind a stamp. */
static const char *task_of(struct arena *a, const char *target)
{
	if (str_eq(target, "schema.ok"))
		return "schema.json";
	if (strchr(target, '/') != NULL && str_ends(target, ".ok"))
		return arena_strndup(a, target, strlen(target) - strlen(".ok"));
	return target;
}

/* The last reason of each task in names, whose values number the reasons. */
static void find_reasons(const struct failures *f, struct arena *a,
	const struct names *names, const char **reasons)
{
	struct history h = HISTORY_INIT;
	struct err ignored = ERR_INIT;
	struct arena one = ARENA_INIT;
	struct js *rec;

	if (history_open(&h, f->ledger, f->from, &ignored) < 0)
		return;
	while ((rec = history_next(&h, &one)) != NULL) {
		struct history_task t = history_task(rec);
		const struct names_entry *e =
			t.name ? names_find(names, t.name) : NULL;

		if (e != NULL && t.error != NULL)
			reasons[e->value] = arena_strdup(a, t.error);
		arena_reset(&one);
	}
	history_close(&h);
	arena_release(&one);
}

void failures_tell(const struct failures *f, struct arena *a, struct words *out)
{
	struct names names = { .n = 0 };
	size_t n = f->targets->n;
	const char **reasons = ARENA_NEW(a, const char *, n);

	for (size_t i = 0; i < n; i++)
		names_add(&names, a, task_of(a, f->targets->at[i]), i);
	find_reasons(f, a, &names, reasons);
	words_add(out, a,
		arena_printf(a, "%zu task%s failed:", n,
			n == 1 ? " has" : "s have"));
	for (size_t i = 0; i < n && i < MOST; i++)
		words_add(out, a,
			arena_printf(a, "  %s: %s",
				task_of(a, f->targets->at[i]),
				reasons[i] ? reasons[i] :
					     "ended without a word"));
	if (n > MOST)
		words_add(out, a,
			arena_printf(a, "  and %zu more: see pgf log",
				n - MOST));
	words_add(out, a,
		arena_printf(a, "to try just these again: %s", f->again));
}
