/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first file's length, not the longest or a common divisor: it is known to
 * whoever looks at the archive, and stays what it is when files are added.  For
 * the same reason no size is ever held against the length of a concat
 * dimension: chunks that follow it would all be written again for one more file.
 */
#include "layout/chunking.h"

#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "layout/chunking_fit.h"
#include "recipe/recipe_chunks.h"

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

static int refuse_own(const char *where, const struct layout_var *v,
	const char *name, struct err *err)
{
	return err_set(err, ERR_DATA,
		"'%s.%.100s' of the recipe names '%.100s', which is no "
		"dimension of that variable",
		where, v->name, name);
}

/* The mapping of one variable. */
static int check_own(const char *where, const struct layout_var *v,
	const struct js *own, struct err *err)
{
	const struct js *aspect = js_get(js_get(own, "..."), "aspect");

	for (void *d = js_first(own); d; d = js_next(own, d))
		if (!str_eq(js_name(d), "...") && !has_dim(v, js_name(d)))
			return refuse_own(where, v, js_name(d), err);
	for (void *d = js_first(aspect); d; d = js_next(aspect, d))
		if (!has_dim(v, js_name(d)))
			return refuse_own(where, v, js_name(d), err);
	return 0;
}

static int check_dims(struct arena *a, const struct layout *l,
	const char *where, const struct js *aspect, struct err *err)
{
	for (void *d = js_first(aspect); d; d = js_next(aspect, d))
		if (layout_dim(l, js_name(d)) == NULL)
			return refuse_name(a, l, where, js_name(d), err);
	return 0;
}

/* target.chunks or target.shards. */
static int check_chunks(struct arena *a, const struct layout *l,
	const char *where, const struct js *chunks, struct err *err)
{
	for (void *it = js_first(chunks); it; it = js_next(chunks, it)) {
		const struct layout_var *v = layout_var(l, js_name(it));
		bool is_own = js_type(js_member(it)) == JS_OBJECT;

		if (str_eq(js_name(it), "..."))
			continue;
		if (is_own ? v == NULL : layout_dim(l, js_name(it)) == NULL)
			return refuse_name(a, l, where, js_name(it), err);
		if (is_own && check_own(where, v, js_member(it), err) < 0)
			return -1;
	}
	return check_dims(a, l, where, js_get(js_get(chunks, "..."), "aspect"),
		err);
}

int chunking_check(struct arena *a, const struct layout *l,
	const struct recipe_target *t, struct err *err)
{
	const struct js *codecs = t->codecs;

	if (check_chunks(a, l, "target.chunks", t->chunks, err) < 0 ||
		check_chunks(a, l, "target.shards", t->shards, err) < 0)
		return -1;
	if (js_type(codecs) != JS_OBJECT)
		return 0;
	for (void *it = js_first(codecs); it; it = js_next(codecs, it))
		if (layout_var(l, js_name(it)) == NULL)
			return refuse_name(a, l, "target.codecs", js_name(it),
				err);
	return 0;
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

/* What is asked for the axes of an array. */
struct wishes {
	struct chunk_wish *of;
	struct chunk_wish size; /* one that asks for bytes, or unsaid */
};

static struct wishes find_wishes(struct arena *a, const struct js *chunks,
	const struct array *t)
{
	struct wishes w = { .of = ARENA_NEW(a, struct chunk_wish, t->ndim) };

	for (unsigned i = 0; i < t->ndim; i++) {
		w.of[i] = recipe_chunk(chunks,
			&(struct chunk_axis){ t->name, t->dims[i],
				is_coordinate(t) });
		if (w.of[i].kind >= CHUNK_BYTES)
			w.size = w.of[i];
	}
	return w;
}

/* What an axis gets that nothing is said about, or where a size starts. */
static uint64_t usual(const struct layout *l, const struct array *t,
	const struct wishes *w, unsigned i)
{
	bool is_one = is_coordinate(t) && w->size.kind == CHUNK_UNSAID;
	uint64_t n = t->shape[i];

	if (t->concat[i] >= 0)
		n = is_one ? roomy(t->shape[i]) :
			     layout_first_length(&l->concat[t->concat[i]]);
	return num_max(n, 1);
}

static uint64_t wished(const struct array *t, const struct chunk_wish *w,
	unsigned axis, uint64_t otherwise)
{
	uint64_t len = num_max(t->shape[axis], 1);

	if (w->kind == CHUNK_WHOLE)
		return len;
	if (w->kind != CHUNK_LENGTH)
		return otherwise;
	return t->concat[axis] >= 0 ? w->n : num_min(w->n, len);
}

/* Free axes by the size in bytes. */
static int fit(const struct array *t, const struct wishes *w, struct err *err)
{
	struct chunking_axis axes[DATASET_MAX_NDIM];
	struct chunking_size s = { .ndim = t->ndim,
		.axes = axes,
		.item = t->itemsize,
		.bytes = w->size.n,
		.tolerance = w->size.tolerance };

	for (unsigned i = 0; i < t->ndim; i++)
		axes[i] = (struct chunking_axis){
			.is_free = w->of[i].kind >= CHUNK_BYTES,
			.len = t->concat[i] >= 0 ? CHUNKING_GROWS :
						   num_max(t->shape[i], 1),
			.before = t->chunk_shape[i],
			.aspect = w->of[i].aspect,
			.chunk = t->chunk_shape[i],
		};
	if (w->size.kind == CHUNK_EVEN ? !chunking_even(&s) : !chunking_fit(&s))
		return err_set(err, ERR_DATA,
			"a chunk of variable '%.200s' is more than the %llu "
			"bytes that target.chunks asks for, by the lengths "
			"that are set beside it: set a larger size or smaller "
			"lengths",
			t->name, (unsigned long long)w->size.n);
	for (unsigned i = 0; i < t->ndim; i++)
		t->chunk_shape[i] = axes[i].chunk;
	return 0;
}

/* Take the chunks of the files, unless others are asked for. */
static bool take_kept(const struct wishes *w, struct array *t)
{
	if (t->kept == NULL)
		return false;
	for (unsigned i = 0; i < t->ndim; i++)
		if (w->of[i].kind != CHUNK_UNSAID &&
			wished(t, &w->of[i], i, 0) != t->kept[i])
			return false;
	if (t->ndim > 0)
		memcpy(t->chunk_shape, t->kept, t->ndim * sizeof(*t->kept));
	return true;
}

static int decide_one(struct arena *a, const struct layout *l,
	const struct wishes *w, struct array *t, struct err *err)
{
	bool *is_free = ARENA_NEW(a, bool, t->ndim);

	t->chunk_shape = ARENA_NEW(a, uint64_t, t->ndim);
	if (take_kept(w, t))
		return 0;
	for (unsigned i = 0; i < t->ndim; i++) {
		t->chunk_shape[i] = wished(t, &w->of[i], i, usual(l, t, w, i));
		is_free[i] = w->of[i].kind == CHUNK_UNSAID && !is_coordinate(t);
	}
	if (w->size.kind != CHUNK_UNSAID)
		return fit(t, w, err);
	shrink(t, is_free);
	return 0;
}

/* True if an axis along a concat dimension took its length from the size that
 * is asked for all variables, with room for a file at least. */
static bool is_led(const struct layout *l, const struct array *t,
	const struct wishes *w, unsigned i)
{
	return t->concat[i] >= 0 && w->of[i].kind >= CHUNK_BYTES &&
		!w->of[i].is_own && t->chunk_shape[i] >= usual(l, t, w, i);
}

/* The largest variable leads: a size says how long its chunks are along a concat
 * dimension, and those of small ones are not longer.  They would mostly hold
 * nothing. */
static void follow(const struct layout *l, const struct arrays *all,
	const struct wishes *w)
{
	for (unsigned k = 0; k < l->nconcat; k++) {
		uint64_t least = UINT64_MAX;

		for (size_t n = 0; n < 2 * all->n; n++) {
			struct array *t = &all->at[n % all->n];

			for (unsigned i = 0; i < t->ndim; i++)
				if (t->concat[i] == (int)k &&
					is_led(l, t, &w[n % all->n], i))
					t->chunk_shape[i] = least =
						num_min(least,
							t->chunk_shape[i]);
		}
	}
}

static int check_bytes(const struct array *t, struct err *err)
{
	if (chunk_bytes(t) > most_bytes)
		return err_set(err, ERR_DATA,
			"a chunk of variable '%.200s' would be %llu bytes, and "
			"codecs take at most %llu: set smaller target.chunks",
			t->name, (unsigned long long)chunk_bytes(t),
			(unsigned long long)most_bytes);
	return 0;
}

int chunking_decide(struct arena *a, const struct layout *l,
	const struct js *chunks, struct arrays *all, struct err *err)
{
	struct wishes *w = ARENA_NEW(a, struct wishes, all->n);

	for (size_t i = 0; i < all->n; i++) {
		w[i] = find_wishes(a, chunks, &all->at[i]);
		if (decide_one(a, l, &w[i], &all->at[i], err) < 0)
			return -1;
	}
	follow(l, all, w);
	for (size_t i = 0; i < all->n; i++)
		if (check_bytes(&all->at[i], err) < 0)
			return -1;
	return 0;
}
