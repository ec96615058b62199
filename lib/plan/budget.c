/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffers are kept from region to region, and each grows to what the largest of
 * them needs: so the parts of all regions count, not the sum of one.
 */
#include "plan/budget.h"

#include "base/num.h"

/* What a piece and the region share, in the piece's elements; false: nothing. */
static bool find_count(const struct region *r, const struct piece *p,
	uint64_t *count)
{
	for (unsigned i = 0; i < p->table.ndim; i++) {
		uint64_t low, high, end;

		count[i] = p->table.shape[i];
		if (i >= r->target.ndim)
			continue;
		low = num_max(r->offset[i], p->offset[i]);
		end = UINT64_MAX;
		if (!num_add(p->offset[i], count[i], &end))
			end = UINT64_MAX;
		high = num_min(r->offset[i] + r->size[i], end);
		if (low >= high)
			return false;
		count[i] = high - low;
	}
	return true;
}

static void add_piece(struct footprint *f, const struct footprint_target *t,
	const struct region *r, const struct piece *p, bool is_compared)
{
	uint64_t count[DATASET_MAX_NDIM];

	if (p->path != NULL && find_count(r, p, count))
		footprint_add(f, t,
			&(struct footprint_piece){ &p->table, count,
				&p->table.refs, p->encoding != NULL,
				is_compared });
}

static struct footprint region_footprint(const struct region *r)
{
	size_t ncodecs = js_count(r->target.inner_codecs);
	const struct footprint_target t = { r->target.ndim,
		r->target.chunk_shape, r->target.inner_shape,
		r->target.dtype.kind == DTYPE_STRING, num_max(r->cell_size, 1),
		ncodecs > 0 ? ncodecs - 1 : 0, r->keep };
	struct footprint f = footprint_of(&t, r->size);

	for (size_t i = 0; i < r->npieces; i++)
		add_piece(&f, &t, r, &r->pieces[i], false);
	for (size_t i = 0; i < r->close.n; i++)
		add_piece(&f, &t, r, &r->close.with[i], true);
	return f;
}

/* What a region takes with as many hands as there is memory for. */
static struct footprint with_hands(struct budget *b,
	const struct footprint *one)
{
	struct footprint f = footprint_hands(one, b->hands);

	while (b->hands > 1 && footprint_total(&f) > b->memory)
		f = footprint_hands(one, --b->hands);
	return f;
}

int budget_take(struct budget *b, const struct region *r, struct err *err)
{
	struct footprint one, both;
	struct arena a = ARENA_INIT;

	b->hands = (unsigned)num_max(b->most, 1);
	if (b->memory == 0)
		return 0;
	one = region_footprint(r);
	if (footprint_total(&one) > b->memory) {
		err_set(err, ERR_DATA,
			"the region needs %.1f MB (%s), and there are %.1f MB: "
			"give it more memory, or plan with less",
			(double)footprint_total(&one) / 1e6,
			footprint_text(&a, &one), (double)b->memory / 1e6);
		arena_release(&a);
		return -1;
	}
	one = with_hands(b, &one);
	both = footprint_both(&b->kept, &one);
	if (footprint_total(&both) <= b->memory) {
		b->kept = both;
		return 0;
	}
	b->kept = one;
	return 1;
}
