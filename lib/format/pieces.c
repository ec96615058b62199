/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One axis is cut into steps, the axes before it are taken one element at a
 * time, the axes behind it whole.  Cutting along the source's chunks was
 * refused: pieces would no longer follow each other in C order.
 */
#include "format/pieces.h"

#include <string.h>

#include "base/num.h"

struct pieces pieces_of(unsigned ndim, const uint64_t *start,
	const uint64_t *count, uint64_t max)
{
	struct pieces p = { .ndim = ndim, .step = 1 };
	uint64_t inner = 1;

	for (unsigned i = 0; i < ndim; i++) {
		p.start[i] = start != NULL ? start[i] : 0;
		p.count[i] = count[i];
	}
	if (ndim == 0)
		return p;
	p.axis = ndim - 1;
	while (p.axis > 0 && p.count[p.axis] <= max / inner) {
		inner *= num_max(p.count[p.axis], 1);
		p.axis--;
	}
	p.step = num_max(max / inner, 1);
	return p;
}

/* Move at[] on in C order, the last axis of the odometer being the cut one. */
static bool advance(struct pieces *p)
{
	for (unsigned i = p->axis + 1; i-- > 0;) {
		uint64_t left = p->start[i] + p->count[i] - p->at[i];
		uint64_t step = i == p->axis ? p->step : 1;

		if (left > step) {
			p->at[i] += step;
			return true;
		}
		p->at[i] = p->start[i];
	}
	return false;
}

bool pieces_next(struct pieces *p)
{
	for (unsigned i = 0; i < p->ndim; i++)
		if (p->count[i] == 0)
			return false;
	if (!p->begun)
		memcpy(p->at, p->start, sizeof(p->at));
	else if (p->ndim == 0 || !advance(p))
		return false;
	p->begun = true;
	p->cells = 1;
	for (unsigned i = 0; i < p->ndim; i++) {
		uint64_t left = p->start[i] + p->count[i] - p->at[i];

		p->len[i] = i < p->axis ? 1 : i > p->axis ? p->count[i] :
			num_min(left, p->step);
		p->cells *= p->len[i];
	}
	return true;
}
