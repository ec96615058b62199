/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts may come twice, so they are added up at the end, sorted by region. */
#include "store/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"

struct entry {
	const char *region, *mode;
	size_t number; /* in order of coming */
	uint64_t chunks, in, out, peak;
	double seconds;
};

struct tally {
	struct arena *a;
	size_t n, cap;
	struct entry *at;
};

struct tally *tally_open(struct arena *a)
{
	struct tally *t = ARENA_NEW(a, struct tally, 1);

	t->a = a;
	return t;
}

static struct entry *new_entry(struct tally *t)
{
	t->at = arena_grow(t->a, t->at, t->n, &t->cap, sizeof(*t->at));
	t->at[t->n].number = t->n;
	return &t->at[t->n++];
}

/* The same word, kept once. */
static const char *keep_mode(struct tally *t, const char *mode)
{
	if (t->n > 0 && str_eq(t->at[t->n - 1].mode, mode))
		return t->at[t->n - 1].mode;
	return arena_strdup(t->a, mode);
}

void tally_add(struct tally *t, const struct js *receipt)
{
	const char *region = js_get_text(receipt, "region");
	const char *mode = js_get_text(receipt, "mode");
	struct entry *e;

	mode = keep_mode(t, mode ? mode : "decode");
	e = new_entry(t);
	e->region = arena_strdup(t->a, region ? region : "");
	e->mode = mode;
	e->chunks = js_count(js_get(receipt, "objects"));
	js_u64(js_get(receipt, "bytes_in"), &e->in);
	js_u64(js_get(receipt, "bytes_out"), &e->out);
	js_u64(js_get(receipt, "rss"), &e->peak);
	js_real(js_get(receipt, "seconds"), &e->seconds);
}

static int by_region(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int r = strcmp(a->region, b->region);

	return r ? r : a->number < b->number ? -1 : a->number > b->number;
}

static void count_mode(struct js *modes, const struct entry *e)
{
	uint64_t n = 0;

	js_u64(js_get(modes, e->mode), &n);
	if (!num_add(n, e->chunks, &n))
		n = UINT64_MAX;
	js_set_u64(modes, e->mode, n);
}

static void add(uint64_t *sum, uint64_t n)
{
	if (!num_add(*sum, n, sum))
		*sum = UINT64_MAX;
}

struct js *tally_sum(struct tally *t)
{
	struct js *out = js_new_object(t->a), *modes = js_new_object(t->a);
	struct entry sum = { .seconds = 0 };

	if (t->n > 0)
		qsort(t->at, t->n, sizeof(*t->at), by_region);
	for (size_t i = 0; i < t->n; i++) {
		const struct entry *e = &t->at[i];

		if (i + 1 < t->n && str_eq(e->region, e[1].region))
			continue;
		count_mode(modes, e);
		add(&sum.in, e->in);
		add(&sum.out, e->out);
		sum.seconds += e->seconds;
		sum.peak = num_max(sum.peak, e->peak);
	}
	js_set(out, "modes", modes);
	js_set_u64(out, "bytes_in", sum.in);
	js_set_u64(out, "bytes_out", sum.out);
	js_set(out, "seconds", js_new_real(t->a, sum.seconds));
	js_set_u64(out, "peak", sum.peak);
	return out;
}
