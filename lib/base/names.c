/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open addressing, at most half full.  A sorted list was refused: names are looked
 * up while they are added.
 */
#include "base/names.h"

#include <string.h>

#include "base/str.h"
#include "base/xxh.h"

static struct names_entry *place(const struct names *t, const char *name)
{
	size_t i = (size_t)xxh_short(name, strlen(name)) & (t->cap - 1);

	while (t->at[i].name != NULL && !str_eq(t->at[i].name, name))
		i = (i + 1) & (t->cap - 1);
	return &t->at[i];
}

static void grow(struct names *t, struct arena *a)
{
	struct names larger = { .n = t->n, .cap = t->cap ? t->cap * 2 : 64 };

	larger.at = ARENA_NEW(a, struct names_entry, larger.cap);
	for (size_t i = 0; i < t->cap; i++)
		if (t->at[i].name != NULL)
			*place(&larger, t->at[i].name) = t->at[i];
	*t = larger;
}

struct names_entry *names_add(struct names *t, struct arena *a,
	const char *name, size_t value)
{
	struct names_entry *e;

	if (t->n >= t->cap / 2)
		grow(t, a);
	e = place(t, name);
	if (e->name == NULL) {
		*e = (struct names_entry){ name, value };
		t->n++;
	}
	return e;
}

struct names_entry *names_find(const struct names *t, const char *name)
{
	struct names_entry *e = t->cap ? place(t, name) : NULL;

	return e != NULL && e->name != NULL ? e : NULL;
}
