/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands between two holes is compared as bytes, so that a text of the mold
 * has the same members with the same meaning: a hole begins and ends where a
 * value does.
 */
#include "record/mold.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct hole {
	size_t number, at, len; /* bytes of the text */
};

struct mold {
	char *text;
	size_t len, n;
	struct hole holes[]; /* as they stand in the text */
};

static int by_place(const void *x, const void *y)
{
	const struct hole *a = x, *b = y;

	return (a->at > b->at) - (a->at < b->at);
}

struct mold *mold_open(struct span text, const struct span *values, size_t n)
{
	struct mold *m;

	if (n > MOLD_HOLES)
		return NULL;
	m = mem_alloc(sizeof(*m) + n * sizeof(*m->holes));
	m->n = n;
	m->len = text.len;
	m->text = mem_alloc(text.len);
	memcpy(m->text, text.text, text.len);
	for (size_t i = 0; i < n; i++)
		m->holes[i] = (struct hole){ i,
			(size_t)(values[i].text - text.text), values[i].len };
	qsort(m->holes, n, sizeof(*m->holes), by_place);
	return m;
}

void mold_close(struct mold *m)
{
	if (m == NULL)
		return;
	mem_free(m->text);
	mem_free(m);
}

/* Pass what the text has in common with len bytes of the mold. */
static bool pass(struct span *text, const char *like, size_t len)
{
	if (text->len < len || memcmp(text->text, like, len) != 0)
		return false;
	text->text += len;
	text->len -= len;
	return true;
}

bool mold_read(const struct mold *m, struct span text, struct span *values)
{
	size_t at = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct hole *h = &m->holes[i];
		struct span value;

		if (!pass(&text, m->text + at, h->at - at) ||
			!scan_value(text, &value))
			return false;
		values[h->number] = value;
		text.len -= (size_t)(value.text + value.len - text.text);
		text.text = value.text + value.len;
		at = h->at + h->len;
	}
	return text.len == m->len - at && pass(&text, m->text + at, text.len);
}
