/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A region is made as thick as it pays, then as wide as it may be.  Cutting by
 * source files instead would have been simpler to explain, but then two tasks
 * would write one chunk.  And going through a store between, as those rechunk who
 * have less memory than one region, was refused: what is decoded twice costs
 * less than what is encoded, written and read once more, until memory is far
 * smaller than a stretch of source chunks.
 *
 * Only the first source is asked how it is cut, as only its length counts for
 * chunks: files added at the end must not cut the old ones anew.
 */
#include "plan/plan_steps.h"

#include <string.h>

#include "base/num.h"

static const uint64_t least_bytes = (uint64_t)4 << 20;
static const uint64_t usual_bytes = (uint64_t)64 << 20;

/* More objects than this in one task wait too long for their disk. */
static const uint64_t most_chunks = 1024;

/* Nor should a task read more files than this, to have what fills few bytes. */
static const uint64_t most_files = 1024;

/* What is decoded a little more often is cheaper than larger tasks. */
static const double bearable = 1.25;

/* Chunks along an axis that grows, for the sake of source chunks across it. */
static const uint64_t most_across = 4096;

/* Bytes of a region of counts[] chunks.  The true length of the other axes, but
 * whole chunks along concat axes, whose length must not matter.  It saturates:
 * along concat axes more may be asked for than the array has. */
static uint64_t region_bytes(const struct array *t, const uint64_t *counts)
{
	uint64_t n = t->itemsize;

	for (unsigned i = 0; i < t->ndim; i++) {
		uint64_t len = UINT64_MAX;

		if (!num_mul(counts[i], t->chunk_shape[i], &len))
			len = UINT64_MAX;
		if (t->concat[i] < 0)
			len = num_min(len, t->shape[i]);
		if (!num_mul(n, len, &n))
			return UINT64_MAX;
	}
	return n;
}

/* Chunks along the concat axis until there are files enough, going by the length
 * of the first. */
static uint64_t chunks_of_files(const struct array *t,
	const struct chunk_table *source)
{
	unsigned axis = (unsigned)t->concat_axis;
	uint64_t elements;

	if (source == NULL || axis >= source->ndim ||
		source->shape[axis] == 0 ||
		!num_mul(source->shape[axis], most_files, &elements))
		return UINT64_MAX;
	return elements / t->chunk_shape[axis];
}

static void thicken(const struct array *t, const struct plan_means *means,
	uint64_t *counts)
{
	uint64_t slab = region_bytes(t, counts), across = 1, k;
	uint64_t least = num_min(least_bytes, means->most);

	for (unsigned i = 0; i < t->ndim; i++)
		across *= counts[i];
	if (slab == 0 || slab >= least)
		return;
	k = num_min(num_ceil_div(least, slab), most_chunks / across);
	k = num_min(k, chunks_of_files(t, means->source));
	counts[t->concat_axis] = num_max(k, 1);
}

static void thin(const struct array *t, uint64_t most, uint64_t *counts)
{
	for (unsigned i = 0; i < t->ndim; i++)
		while (t->concat[i] < 0 && counts[i] > 1 &&
			region_bytes(t, counts) > most)
			counts[i] = num_ceil_div(counts[i], 2);
}

static void usual_counts(const struct array *t, const struct plan_means *means,
	uint64_t *counts)
{
	for (unsigned i = 0; i < t->ndim; i++)
		counts[i] = t->concat[i] >= 0 ?
			1 :
			num_max(array_axis_chunks(t, i), 1);
	if (t->concat_axis >= 0)
		thicken(t, means, counts);
	thin(t, num_min(usual_bytes, means->most), counts);
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Cuts of n elements by a and by b, which is how many pairs of a block of the one
 * and of the other meet. */
static double meetings(uint64_t n, uint64_t a, uint64_t b)
{
	uint64_t common = gcd(a, b), period, whole, rest = n, each;
	double pairs = 0;

	if (num_mul(a / common, b, &period)) {
		whole = n / period;
		rest = n % period;
		each = b / common + a / common - 1;
		pairs = (double)whole * (double)each;
	}
	if (rest > 0)
		pairs += (double)num_ceil_div(rest, a) +
			(double)num_ceil_div(rest, b) - 1;
	return pairs;
}

/* How often a source chunk is decoded because of the cuts along an axis. */
static double axis_decodes(const struct array *t,
	const struct chunk_table *source, unsigned i, uint64_t step)
{
	uint64_t len = num_max(source->shape[i], 1), n = t->shape[i];
	uint64_t chunk = num_min(num_max(source->chunk_shape[i], 1), len);

	if (chunk == 1 || step == 0)
		return 1;
	/* As if it went on for ever: a whole number of periods. */
	if (t->concat[i] >= 0 && !num_mul(step / gcd(step, chunk), chunk, &n))
		return 1 + (double)chunk / (double)step;
	if (n == 0)
		return 1;
	return meetings(n, step, chunk) / (double)num_ceil_div(n, chunk);
}

double plan_steps_decodes(const struct array *t,
	const struct chunk_table *source, const uint64_t *steps)
{
	double n = 1;

	if (source == NULL || js_count(source->codecs) == 0 ||
		source->ndim < t->ndim)
		return 1;
	for (unsigned i = 0; i < t->ndim; i++)
		n *= axis_decodes(t, source, i, steps[i]);
	return n;
}

static double decodes(const struct array *t, const struct chunk_table *source,
	const uint64_t *counts)
{
	uint64_t steps[DATASET_MAX_NDIM];

	for (unsigned i = 0; i < t->ndim; i++)
		if (!num_mul(counts[i], t->chunk_shape[i], &steps[i]))
			steps[i] = UINT64_MAX;
	return plan_steps_decodes(t, source, steps);
}

/* Chunks of a region that lets no source chunk be cut along an axis. */
static uint64_t full_count(const struct array *t,
	const struct chunk_table *source, unsigned i)
{
	uint64_t chunk;

	if (t->concat[i] < 0)
		return num_max(array_axis_chunks(t, i), 1);
	chunk = num_min(source->chunk_shape[i], source->shape[i]);
	if (chunk == 0)
		return 1;
	return num_min(chunk / gcd(chunk, t->chunk_shape[i]), most_across);
}

/* The next smaller number of chunks when n are cut into about even parts. */
static uint64_t fewer(uint64_t n, uint64_t now)
{
	uint64_t parts = num_ceil_div(n, now), next = now;

	while (next >= now) {
		parts += parts / 8 + 1;
		next = num_ceil_div(n, parts);
	}
	return next;
}

/* Cut the axis once more along which it costs least; false if none can be. */
static bool narrow(const struct array *t, const struct chunk_table *source,
	const uint64_t *full, uint64_t *counts)
{
	int best = -1;
	double least = 0;
	uint64_t count = 0;

	for (unsigned i = 0; i < t->ndim; i++) {
		uint64_t now = counts[i];
		double cost;

		if (now == 1)
			continue;
		counts[i] = fewer(full[i], now);
		cost = decodes(t, source, counts);
		if (best < 0 || cost < least) {
			best = (int)i;
			least = cost;
			count = counts[i];
		}
		counts[i] = now;
	}
	if (best >= 0)
		counts[best] = count;
	return best >= 0;
}

/* As wide as the bytes allow, and then as narrow as costs nothing. */
static void wide_counts(const struct array *t, const struct plan_means *means,
	uint64_t *counts)
{
	uint64_t full[DATASET_MAX_NDIM] = { 0 }, next[DATASET_MAX_NDIM];
	size_t size = t->ndim * sizeof(*counts);

	for (unsigned i = 0; i < t->ndim; i++)
		full[i] = full_count(t, means->source, i);
	memcpy(counts, full, size);
	memcpy(next, full, size);
	while (region_bytes(t, next) > num_min(usual_bytes, means->most) &&
		narrow(t, means->source, full, next) &&
		(region_bytes(t, counts) > means->most ||
			decodes(t, means->source, next) <=
				decodes(t, means->source, counts)))
		memcpy(counts, next, size);
}

void plan_steps(const struct array *t, const struct plan_means *means,
	uint64_t *steps)
{
	uint64_t wide[DATASET_MAX_NDIM];
	double usual;

	usual_counts(t, means, steps);
	usual = decodes(t, means->source, steps);
	if (usual > bearable) {
		wide_counts(t, means, wide);
		if (decodes(t, means->source, wide) < usual)
			memcpy(steps, wide, t->ndim * sizeof(*steps));
	}
	for (unsigned i = 0; i < t->ndim; i++)
		steps[i] *= t->chunk_shape[i];
}
