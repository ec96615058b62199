/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would differ is looked for, from the dearest difference to the cheapest;
 * cells behind the end of the array may differ, since no reader sees them: when
 * the array grows, so does the region's record, and the chunk is made anew.
 */
#include "chunk/carry.h"

#include "base/num.h"
#include "chunk/grid.h"

/* Is every element of the piece one of the target, bit for bit? */
static const char *compare_elements(const struct target *t,
	const struct piece *p)
{
	const struct chunk_table *s = &p->table;

	if (p->path == NULL)
		return "are in no file";
	if (p->encoding != NULL)
		return "hold numbers that are converted";
	if (t->dtype.kind == DTYPE_STRING || s->dtype.kind == DTYPE_STRING ||
		s->ndim != t->ndim || s->dtype.size != t->dtype.size)
		return "hold text that is stored in another form";
	if (s->big_endian && s->dtype.size > 1 && !dtype_is_text(s->dtype))
		return "are big-endian";
	if (!s->has_refs)
		return "are not stored as such";
	return NULL;
}

const uint64_t *carry_chunks(const struct target *t)
{
	return t->inner_shape != NULL ? t->inner_shape : t->chunk_shape;
}

/* Does the piece's grid of chunks lie on that of the target? */
static const char *compare_grids(const struct target *t, const struct piece *p)
{
	const uint64_t *chunk = carry_chunks(t);

	for (unsigned i = 0; i < t->ndim; i++)
		if (p->table.chunk_shape[i] != chunk[i])
			return "have another shape than those of the store";
	for (unsigned i = 0; i < t->ndim; i++)
		if (p->offset[i] % chunk[i] != 0)
			return "do not begin where those of the store do";
	return NULL;
}

/* Number of the piece's chunk that lies on the target's, in C order. */
static uint64_t number_of(const struct target *t, const struct piece *p,
	const uint64_t *at)
{
	const uint64_t *chunk = carry_chunks(t);
	uint64_t n = 0;

	for (unsigned i = 0; i < t->ndim; i++)
		n = n * num_ceil_div(p->table.shape[i], chunk[i]) + at[i] -
			p->offset[i] / chunk[i];
	return n;
}

static const char *find_chunk(const struct target *t, const uint64_t *at,
	struct carry *out)
{
	const struct chunk_table *s = &out->piece->table;
	struct envelope_chunk c = { s->codecs, 0, s->dtype.size, 0, 0 };

	out->ref = refs_find(&s->refs, number_of(t, out->piece, at));
	if (out->ref == s->refs.n || s->refs.offset[out->ref] == REFS_ABSENT)
		return "are not stored everywhere";
	if (!num_product(s->chunk_shape, s->ndim, &c.raw) ||
		!num_mul(c.raw, s->dtype.size, &c.raw))
		c.raw = UINT64_MAX;
	c.stored = s->refs.length[out->ref];
	if (s->refs.mask != NULL)
		c.mask = s->refs.mask[out->ref];
	return envelope_form_of(&c, &out->form);
}

const char *carry_find(const struct region *r, const uint64_t *at,
	struct carry *out)
{
	const struct target *t = &r->target;
	const struct grid grid = { t->ndim, t->shape, carry_chunks(t) };
	struct box region = box_of(t->ndim, r->offset, r->size), chunk, part;
	const char *why = NULL;

	*out = (struct carry){ .piece = NULL };
	if (!r->keep)
		return "are not to be kept";
	if (r->close.n > 0)
		return "are compared with those of other files";
	grid_chunk_box(&grid, at, &chunk);
	if (!box_intersect(&region, &chunk, &part))
		return "are in no file";
	for (size_t i = 0; i < r->npieces; i++) {
		const struct piece *p = &r->pieces[i];
		struct box piece = box_of(t->ndim, p->offset, p->table.shape),
			   shared;

		if (!box_intersect(&piece, &part, &shared))
			continue;
		out->piece = p;
		why = compare_elements(t, p);
		if (why == NULL)
			why = compare_grids(t, p);
		if (why == NULL && !box_contains(&piece, &part))
			why = "do not end where those of the store do";
		return why != NULL ? why : find_chunk(t, at, out);
	}
	return "are in no file";
}
