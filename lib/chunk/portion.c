/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bands along the slowest axis that has more than one source chunk, of about as
 * many bytes as are worth a hand.  Single chunks were refused: those that lie
 * beside each other in the file are read at once.
 */
#include "chunk/portion.h"

#include "base/num.h"
#include "chunk/gather.h"
#include "chunk/inlay.h"

static const uint64_t WORTH = UINT64_C(4) << 20; /* bytes */

/* Source chunks along an axis of the shared part. */
static uint64_t chunks_along(const struct piece *p, const struct box *box,
	unsigned axis)
{
	uint64_t first = box->start[axis] - p->offset[axis];
	uint64_t step = p->table.chunk_shape[axis];

	return (first + box->count[axis] - 1) / step - first / step + 1;
}

/* The whole part, with the axis along which it can be cut, if it is worth it, and
 * the elements to cut off at once. */
static uint64_t plan_cuts(const struct region *r, struct portion *all,
	const struct box *box)
{
	const struct piece *p = &r->pieces[all->piece];
	uint64_t cells, size, chunks;

	all->axis = box->ndim;
	if (p->path == NULL || !gather_can(&p->table) ||
		!box_cells(box, &cells) ||
		!num_mul(cells, p->cell_size, &size) || size <= WORTH)
		return 0;
	for (unsigned i = 0; i < box->ndim; i++) {
		chunks = chunks_along(p, box, i);
		if (chunks == 1)
			continue;
		all->axis = i;
		all->start = box->start[i];
		all->count = box->count[i];
		return num_ceil_div(chunks, num_ceil_div(size, WORTH)) *
			p->table.chunk_shape[i];
	}
	return 0;
}

/* Cut a band off the front; it ends where a source chunk does. */
static void cut_band(const struct region *r, struct portion *rest,
	uint64_t step, struct portion *band)
{
	const struct piece *p = &r->pieces[rest->piece];
	uint64_t chunk = p->table.chunk_shape[rest->axis];
	uint64_t at = rest->start - p->offset[rest->axis];

	*band = *rest;
	band->count = num_min(step - at % chunk, rest->count);
	rest->start += band->count;
	rest->count -= band->count;
}

/* How many there are of a piece; they are written unless out is NULL. */
static size_t cut_piece(const struct region *r, size_t piece,
	struct portion *out)
{
	struct portion rest = { .piece = piece }, band;
	struct box box;
	uint64_t step;
	size_t n = 0;

	if (!inlay_box(r, &r->pieces[piece], &box))
		return 0;
	step = plan_cuts(r, &rest, &box);
	if (step == 0) {
		if (out != NULL)
			*out = rest;
		return 1;
	}
	for (; rest.count > 0; n++)
		cut_band(r, &rest, step, out ? &out[n] : &band);
	return n;
}

struct portion *portion_list(struct arena *a, const struct region *r, size_t *n)
{
	struct portion *out;

	*n = 0;
	for (size_t i = 0; i < r->npieces; i++)
		*n += cut_piece(r, i, NULL);
	out = ARENA_NEW(a, struct portion, *n);
	*n = 0;
	for (size_t i = 0; i < r->npieces; i++)
		*n += cut_piece(r, i, out + *n);
	return out;
}

void portion_box(const struct region *r, const struct portion *p,
	struct box *out)
{
	if (!inlay_box(r, &r->pieces[p->piece], out) || p->axis >= out->ndim)
		return;
	out->start[p->axis] = p->start;
	out->count[p->axis] = p->count;
}
