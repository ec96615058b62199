/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing arrays and a linear search.  A table by address would make a lookup
 * fast that happens once, and every successful parse pay for it.
 */
#include "record/yaml_place.h"

#include <string.h>

#include "base/str.h"

static void *grown(struct arena *a, const void *old, size_t n, size_t size)
{
	void *more = arena_alloc(a, n ? 2 * n : 8, size);

	if (n > 0)
		memcpy(more, old, n * size);
	return more;
}

size_t yaml_places_add(struct yaml_places *p, const struct js *node)
{
	if (p->n == p->cap) {
		p->at = grown(p->arena, p->at, p->cap, sizeof(*p->at));
		p->cap = p->cap ? 2 * p->cap : 8;
	}
	p->at[p->n] = (struct yaml_place){ .node = node };
	return p->n++;
}

void yaml_places_line(struct yaml_places *p, size_t i, const char *name,
	unsigned line)
{
	struct yaml_place *at = &p->at[i];

	if (at->n == at->cap) {
		at->lines =
			grown(p->arena, at->lines, at->cap, sizeof(*at->lines));
		if (name != NULL)
			at->names = grown(p->arena, at->names, at->cap,
				sizeof(*at->names));
		at->cap = at->cap ? 2 * at->cap : 8;
	}
	at->lines[at->n] = line;
	if (name != NULL)
		at->names[at->n] = name;
	at->n++;
}

static const struct yaml_place *find(const struct yaml_places *p,
	const struct js *node)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].node == node)
			return &p->at[i];
	return NULL;
}

void yaml_places_copy(struct yaml_places *p, const struct js *node,
	const struct js *copy)
{
	const struct yaml_place *from = find(p, node);
	struct yaml_place place;

	if (from == NULL)
		return;
	place = *from;
	place.node = copy;
	p->at[yaml_places_add(p, copy)] = place;
}

unsigned yaml_member_line(const struct yaml_places *p, const struct js *obj,
	const char *name)
{
	const struct yaml_place *at = find(p, obj);

	for (size_t i = 0; at != NULL && at->names != NULL && i < at->n; i++)
		if (str_eq(at->names[i], name))
			return at->lines[i];
	return 0;
}

unsigned yaml_element_line(const struct yaml_places *p, const struct js *list,
	size_t i)
{
	const struct yaml_place *at = find(p, list);

	return at != NULL && at->names == NULL && i < at->n ? at->lines[i] : 0;
}
