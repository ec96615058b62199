/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks for the tests of graphs and their printers; included after cmocka. */
#ifndef PGF_TEST_GRAPHING_H
#define PGF_TEST_GRAPHING_H

#include <string.h>

#include "build/graph.h"

/* Add the words of a text with a blank between them. */
static inline void split_words(struct words *w, struct arena *a, const char *s)
{
	while (*s != '\0') {
		size_t n = strcspn(s, " ");

		words_add(w, a, arena_strndup(a, s, n));
		s += n + (s[n] == ' ');
	}
}

/* id, command, inputs, outputs, stamp or NULL; the stage is the id up to '-'. */
struct drawn {
	const char *id, *argv, *inputs, *outputs, *stamp;
	uint64_t memory;
};

static const struct pool drawn_pool = { "memory", 3 };

static inline int draw(struct graph *g, const struct drawn *d, struct err *err)
{
	struct task t = { .id = d->id, .stamp = d->stamp };

	t.stage = arena_strndup(g->arena, d->id, strcspn(d->id, "-"));
	t.memory = d->memory;
	t.pool = d->memory > 0 ? &drawn_pool : NULL;
	t.weight = 7;
	split_words(&t.argv, g->arena, d->argv);
	split_words(&t.inputs, g->arena, d->inputs);
	split_words(&t.outputs, g->arena, d->outputs);
	return graph_add(g, &t, err);
}

/* Two batches through three stages. */
static const struct drawn drawn_demo[] = {
	{ "fetch-0", "/b/pgf-fetch -o f/0 k/0", "k/0 conf.fetch", "f/0", NULL,
		0 },
	{ "fetch-1", "/b/pgf-fetch $x k/1", "k/1 conf.fetch", "f/1", NULL, 0 },
	{ "open-0", "/b/pgf-open f/0", "f/0", "o/0", "o/0.ok", 0 },
	{ "plan", "/b/pgf-plan", "o/0 f/1", "r/0 r/1", "plan.ok", 1000 },
};

enum { NDRAWN = sizeof(drawn_demo) / sizeof(drawn_demo[0]) };

static inline void draw_demo(struct graph *g)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < NDRAWN; i++)
		assert_int_equal(draw(g, &drawn_demo[i], &err), 0);
}

#endif
