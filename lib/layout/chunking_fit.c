/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The factor is never computed: a length is the largest whose power stays below
 * a ratio, by bisection and multiplication, which IEEE 754 makes the same
 * everywhere.  Roots by libm differ in their last digit from one machine to the
 * next, and a chunk one shorter is another store.
 */
#include "layout/chunking_fit.h"

#include "base/num.h"

/* What rounding may have taken from a product that fits exactly. */
static const double slack = 1 + 1e-12;

/* (a / b) to the power of n. */
static double power(uint64_t a, uint64_t b, unsigned n)
{
	double r = 1, base = (double)a / (double)b;

	while (n-- > 0)
		r *= base;
	return r;
}

/* The free axes, and what is left for their elements. */
struct rest {
	unsigned n;
	double factor; /* of all free axes together */
};

static bool find_rest(const struct chunking_size *s, const bool *done,
	struct rest *out)
{
	uint64_t used = s->item, left;
	double before = 1;

	out->n = 0;
	for (unsigned i = 0; i < s->ndim; i++) {
		const struct chunking_axis *x = &s->axes[i];

		if (done[i]) {
			if (!num_mul(used, x->chunk, &used))
				return false;
			continue;
		}
		out->n++;
		before *= (double)x->before;
	}
	if (used == 0 || used > s->bytes)
		return false;
	left = s->bytes / used;
	out->factor = (double)left / before;
	return true;
}

/* An axis that cannot follow the factor stops at its end. */
static bool stop(struct chunking_axis *x, const struct rest *r)
{
	if (x->len != CHUNKING_GROWS &&
		power(x->len, x->before, r->n) < r->factor)
		x->chunk = x->len;
	else if (power(1, x->before, r->n) > r->factor * slack)
		x->chunk = 1;
	else
		return false;
	return true;
}

/* The largest length of an axis that follows the factor. */
static uint64_t scaled(const struct chunking_axis *x, const struct rest *r)
{
	bool grows = r->factor >= 1;
	uint64_t unit = grows ? x->before : 1, low = 1;
	uint64_t high = grows ? (uint64_t)INT64_MAX / unit : x->before;

	while (low < high) {
		uint64_t mid = low + (high - low + 1) / 2;

		if (power(mid * unit, x->before, r->n) <= r->factor * slack)
			low = mid;
		else
			high = mid - 1;
	}
	return num_min(low * unit, x->len);
}

bool chunking_fit(struct chunking_size *s)
{
	bool done[DATASET_MAX_NDIM] = { false };
	struct rest r;
	bool changed;

	for (unsigned i = 0; i < s->ndim; i++)
		done[i] = !s->axes[i].is_free;
	do {
		changed = false;
		if (!find_rest(s, done, &r))
			return false;
		for (unsigned i = 0; i < s->ndim; i++)
			if (!done[i] && stop(&s->axes[i], &r))
				changed = done[i] = true;
	} while (changed);
	for (unsigned i = 0; i < s->ndim; i++)
		if (!done[i])
			s->axes[i].chunk = scaled(&s->axes[i], &r);
	return true;
}
