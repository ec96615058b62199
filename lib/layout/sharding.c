/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shard is the chunk of everything that plans, writes and seals: one object with
 * one writer.  So this is the last word on chunk_shape, and what is in a shard is
 * known to pgf-write and to metadata alone.
 */
#include "layout/sharding.h"

#include "base/num.h"
#include "base/str.h"
#include "layout/chunking_fit.h"
#include "recipe/recipe_chunks.h"

/* What can be held in memory at once. */
static const uint64_t most_bytes = INT32_MAX;

static bool is_coordinate(const struct array *t)
{
	return t->ndim == 1 && str_eq(t->dims[0], t->name);
}

/* Bytes of a box of that shape; INT64_MAX if that is beyond counting. */
static uint64_t bytes_of(const struct array *t, const uint64_t *shape)
{
	uint64_t n = t->itemsize;

	for (unsigned i = 0; i < t->ndim; i++)
		if (!num_mul(n, shape[i], &n) || n > INT64_MAX)
			return INT64_MAX;
	return n;
}

/* Chunks that a shard has along an axis for which no size is asked. */
static uint64_t plain(const struct array *t, const struct chunk_wish *w,
	unsigned i)
{
	uint64_t chunk = t->inner_shape[i];

	if (w->kind == CHUNK_LENGTH)
		return num_ceil_div(w->n, chunk);
	if (w->kind == CHUNK_WHOLE)
		return num_max(num_ceil_div(t->shape[i], chunk), 1);
	return 1;
}

/* The same in units of chunks as chunking does in elements. */
static int fit(struct array *t, const struct chunk_wish *w,
	const struct chunk_wish *size, struct err *err)
{
	struct chunking_axis axes[DATASET_MAX_NDIM];
	struct chunking_size s = { .ndim = t->ndim,
		.axes = axes,
		.item = bytes_of(t, t->inner_shape),
		.bytes = size->n,
		.tolerance = size->tolerance };

	for (unsigned i = 0; i < t->ndim; i++)
		axes[i] = (struct chunking_axis){
			.is_free = w[i].kind >= CHUNK_BYTES,
			.len = t->concat[i] >= 0 ?
				CHUNKING_GROWS :
				num_max(num_ceil_div(t->shape[i],
						t->inner_shape[i]),
					1),
			.before = 1,
			.aspect = w[i].aspect,
			.chunk = t->chunk_shape[i],
		};
	if (size->kind == CHUNK_EVEN ? !chunking_even(&s) : !chunking_fit(&s))
		return err_set(err, ERR_DATA,
			"a shard of variable '%.200s' is more than the %llu "
			"bytes that target.shards asks for: set a larger size "
			"or smaller target.chunks",
			t->name, (unsigned long long)size->n);
	for (unsigned i = 0; i < t->ndim; i++)
		t->chunk_shape[i] = axes[i].chunk;
	return 0;
}

/* From chunks to elements. */
static int scale(struct array *t, struct err *err)
{
	bool fits = true;

	for (unsigned i = 0; i < t->ndim; i++)
		fits = fits &&
			num_mul(t->chunk_shape[i], t->inner_shape[i],
				&t->chunk_shape[i]);
	if (!fits || bytes_of(t, t->chunk_shape) > most_bytes)
		return err_set(err, ERR_DATA,
			"a shard of variable '%.200s' would be more than 2 GiB "
			"in memory: set smaller target.shards",
			t->name);
	return 0;
}

static int decide_one(struct arena *a, const struct js *shards, struct array *t,
	struct err *err)
{
	struct chunk_wish *w = ARENA_NEW(a, struct chunk_wish, t->ndim);
	struct chunk_wish size = { .kind = CHUNK_UNSAID };
	bool asked = false;

	for (unsigned i = 0; i < t->ndim; i++) {
		w[i] = recipe_chunk(shards,
			&(struct chunk_axis){ t->name, t->dims[i],
				is_coordinate(t) });
		asked = asked || w[i].kind != CHUNK_UNSAID;
		if (w[i].kind >= CHUNK_BYTES)
			size = w[i];
	}
	if (!asked || t->dtype.kind == DTYPE_STRING)
		return 0;
	t->inner_shape = t->chunk_shape;
	t->chunk_shape = ARENA_NEW(a, uint64_t, t->ndim);
	for (unsigned i = 0; i < t->ndim; i++)
		t->chunk_shape[i] = plain(t, &w[i], i);
	if (size.kind != CHUNK_UNSAID && fit(t, w, &size, err) < 0)
		return -1;
	return scale(t, err);
}

int sharding_decide(struct arena *a, const struct js *shards,
	struct arrays *all, struct err *err)
{
	for (size_t i = 0; shards != NULL && i < all->n; i++)
		if (decide_one(a, shards, &all->at[i], err) < 0)
			return -1;
	return 0;
}
