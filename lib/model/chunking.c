/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first file's length, not the longest or a common divisor: it is known to
 * whoever looks at the archive, and stays what it is when files are added.
 */
#include "model/chunking.h"

#include "base/num.h"
#include "base/str.h"

static const uint64_t default_bytes = (uint64_t)128 << 20;

/* Blosc's limit (BLOSC_MAX_BUFFERSIZE), the lowest of all codecs. */
static const uint64_t most_bytes = INT32_MAX - 16;

static const char *nearest(struct arena *a, const struct layout *l,
	const char *word)
{
	const char **list =
		ARENA_NEW(a, const char *, (size_t)l->ndims + l->nvars + 1);
	size_t n = 0;

	for (unsigned i = 0; i < l->ndims; i++)
		list[n++] = l->dims[i].name;
	for (unsigned i = 0; i < l->nvars; i++)
		list[n++] = l->vars[i].name;
	return str_nearest(word, list);
}

static int refuse_name(struct arena *a, const struct layout *l,
	const char *where, const char *name, struct err *err)
{
	const char *near = nearest(a, l, name);

	return err_set(err, ERR_DATA,
		"'%s' of the recipe names '%.100s', which is neither a "
		"dimension nor a variable of the files%s%.100s%s",
		where, name, near ? " (nearest is '" : "", near ? near : "",
		near ? "')" : "");
}

static bool has_dim(const struct layout_var *v, const char *dim)
{
	for (unsigned i = 0; i < v->ndim; i++)
		if (str_eq(v->dims[i], dim))
			return true;
	return false;
}

static int check_chunks(struct arena *a, const struct layout *l,
	const struct js *chunks, struct err *err)
{
	for (void *it = js_first(chunks); it; it = js_next(chunks, it)) {
		const struct layout_var *v = layout_var(l, js_name(it));
		const struct js *own = js_member(it);

		if (js_type(own) != JS_OBJECT) {
			if (layout_dim(l, js_name(it)) == NULL)
				return refuse_name(a, l, "target.chunks",
					js_name(it), err);
			continue;
		}
		if (v == NULL)
			return refuse_name(a, l, "target.chunks", js_name(it),
				err);
		for (void *d = js_first(own); d; d = js_next(own, d))
			if (!has_dim(v, js_name(d)))
				return err_set(err, ERR_DATA,
					"'target.chunks.%.100s' of the recipe "
					"names '%.100s', which is no dimension "
					"of that variable",
					v->name, js_name(d));
	}
	return 0;
}

int chunking_check(struct arena *a, const struct layout *l,
	const struct recipe_target *t, struct err *err)
{
	const struct js *codecs = t->codecs;

	if (check_chunks(a, l, t->chunks, err) < 0)
		return -1;
	if (js_type(codecs) != JS_OBJECT)
		return 0;
	for (void *it = js_first(codecs); it; it = js_next(codecs, it))
		if (layout_var(l, js_name(it)) == NULL)
			return refuse_name(a, l, "target.codecs", js_name(it),
				err);
	return 0;
}

/* Of the files along a concat dimension, those of no length left out. */
static uint64_t first_length(const struct layout_concat *c)
{
	for (size_t i = 0; i < c->nlengths; i++)
		if (c->lengths[i].len > 0)
			return c->lengths[i].len;
	return 1;
}

static bool is_coordinate(const struct array *t)
{
	return t->ndim == 1 && str_eq(t->dims[0], t->name);
}

/* The one chunk of a coordinate along the concat dimension: with room to grow,
 * because a chunk of another shape could not be read by the metadata of the
 * published store, which would have to be withdrawn at every append. */
static uint64_t roomy(uint64_t len)
{
	uint64_t n = 1024;

	while (n < len && n <= most_bytes)
		n *= 2;
	return n;
}

/* What the recipe asks for an axis: > 0 elements, -1 whole, 0 nothing. */
static int64_t asked(const struct js *chunks, const struct array *t,
	unsigned axis)
{
	const struct js *own = js_get(chunks, t->name);
	int64_t n = 0;

	if (js_i64(js_get(own, t->dims[axis]), &n))
		return n;
	if (!is_coordinate(t))
		js_i64(js_get(chunks, t->dims[axis]), &n);
	return n;
}

/* Bytes of a chunk; INT64_MAX if that is beyond counting. */
static uint64_t chunk_bytes(const struct array *t)
{
	uint64_t n = t->itemsize;

	for (unsigned i = 0; i < t->ndim; i++)
		if (!num_mul(n, t->chunk_shape[i], &n) || n > INT64_MAX)
			return INT64_MAX;
	return n;
}

static void shrink(struct array *t, const bool *is_free)
{
	while (chunk_bytes(t) > default_bytes) {
		int longest = -1;

		for (unsigned i = 0; i < t->ndim; i++)
			if (is_free[i] &&
				(longest < 0 ||
					t->chunk_shape[i] >
						t->chunk_shape[longest]))
				longest = (int)i;
		if (longest < 0 || t->chunk_shape[longest] == 1)
			return;
		t->chunk_shape[longest] =
			num_ceil_div(t->chunk_shape[longest], 2);
	}
}

int chunking_decide(struct arena *a, const struct layout *l,
	const struct js *chunks, struct array *t, struct err *err)
{
	bool *is_free = ARENA_NEW(a, bool, t->ndim);

	t->chunk_shape = ARENA_NEW(a, uint64_t, t->ndim);
	for (unsigned i = 0; i < t->ndim; i++) {
		int64_t n = asked(chunks, t, i);
		bool grows = n == 0 && t->concat[i] >= 0;

		if (n > 0)
			t->chunk_shape[i] = (uint64_t)n;
		else if (grows)
			t->chunk_shape[i] = is_coordinate(t) ?
				roomy(t->shape[i]) :
				first_length(&l->concat[t->concat[i]]);
		else
			t->chunk_shape[i] = t->shape[i];
		if (t->shape[i] == 0 || t->chunk_shape[i] == 0)
			t->chunk_shape[i] = 1;
		is_free[i] = n == 0 && !is_coordinate(t);
	}
	shrink(t, is_free);
	if (chunk_bytes(t) > most_bytes)
		return err_set(err, ERR_DATA,
			"a chunk of variable '%.200s' would be %llu bytes, and "
			"codecs take at most %llu: set smaller target.chunks",
			t->name, (unsigned long long)chunk_bytes(t),
			(unsigned long long)most_bytes);
	return 0;
}
