/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of an old line only the key is read: a region that is what it was has the text
 * that it had.
 */
#include "plan/plan_merge.h"

#include <string.h>

#include "base/str.h"

/* A line and the region it is. */
struct line {
	struct span text; /* with its newline; none: there are no more */
	struct span rest; /* behind it */
	size_t array;
	uint64_t number;
};

static bool find_region(const struct plan_fresh *x, const struct js *key,
	struct line *out)
{
	const struct arrays *arrays = x->all->target->arrays;
	const char *name = js_text(js_at(js_get(key, "vars"), 0));
	uint64_t offset[DATASET_MAX_NDIM];
	const struct array *t;

	for (size_t i = 0; name != NULL && i < arrays->n; i++) {
		t = &arrays->at[i];
		if (!str_eq(t->name, name) || x->all->grids[i].count == 0)
			continue;
		for (unsigned k = 0; k < t->ndim; k++)
			if (!js_u64(js_get(js_get(key, "offset"), t->dims[k]),
				    &offset[k]))
				return false;
		out->array = i;
		out->number = plan_grid_number(t, &x->all->grids[i], offset);
		for (unsigned k = 0; k < t->ndim; k++)
			if (offset[k] >= t->shape[k])
				out->number = UINT64_MAX;
		return true;
	}
	return false;
}

/* Go to the next line; false if it is no region. */
static bool next_line(const struct plan_fresh *x, struct line *l)
{
	const char *end =
		l->rest.len ? memchr(l->rest.text, '\n', l->rest.len) : NULL;
	struct err ignored = ERR_INIT;
	struct arena a = ARENA_INIT;
	struct scan_member m;
	struct scan s;
	bool ok;

	l->text.len = 0;
	if (l->rest.len == 0)
		return true;
	if (end == NULL)
		return false;
	l->text.text = l->rest.text;
	l->text.len = (size_t)(end + 1 - l->rest.text);
	l->rest.text += l->text.len;
	l->rest.len -= l->text.len;
	scan_begin(&s, l->text);
	ok = scan_next(&s, &m) && span_is(m.name, "key") &&
		find_region(x,
			js_parse(&a, m.value.text, m.value.len, &ignored), l);
	arena_release(&a);
	return ok;
}

/* The next old line that holds, which may be beyond where its array ends now. */
static bool next_kept(const struct plan_fresh *x, struct line *l)
{
	do
		if (!next_line(x, l))
			return false;
	while (l->text.len > 0 &&
		(l->number >= x->all->grids[l->array].count ||
			plan_is_fresh(x, l->array, l->number)));
	return true;
}

static bool comes_first(const struct line *l, const struct line *y)
{
	if (l->text.len == 0 || y->text.len == 0)
		return l->text.len > 0;
	return l->array != y->array ? l->array < y->array :
				      l->number < y->number;
}

bool plan_merge(const struct plan_fresh *x, const struct plan_lines *lines,
	struct buf *out, bool *kept)
{
	struct line old = { .rest = lines->old };
	struct line fresh = { .rest = lines->fresh };

	if (!next_kept(x, &old) || !next_line(x, &fresh))
		return false;
	while (old.text.len > 0 || fresh.text.len > 0) {
		bool is_old = comes_first(&old, &fresh);
		struct line *l = is_old ? &old : &fresh;

		*kept |= is_old;
		buf_add(out, l->text.text, l->text.len);
		if (!(is_old ? next_kept(x, l) : next_line(x, l)))
			return false;
	}
	return true;
}
