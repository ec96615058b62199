/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One axis is cut into steps, the axes before it are taken one element at a
 * time, the axes behind it whole.  Cutting along the source's chunks was
 * refused: pieces would no longer follow each other in C order.
 */
#include "format/pieces.h"

#include <inttypes.h>
#include <string.h>

#include "base/num.h"

/* The axis to cut, and the steps. */
static void choose_axis(struct pieces *p, uint64_t max)
{
	uint64_t inner = 1;

	p->axis = p->ndim > 0 ? p->ndim - 1 : 0;
	while (p->axis > 0 && p->count[p->axis] <= max / inner) {
		inner *= num_max(p->count[p->axis], 1);
		p->axis--;
	}
	p->step = num_max(max / inner, 1);
}

int pieces_begin(struct pieces *p, const struct pieces_array *array,
	const struct pieces_box *box, struct err *err)
{
	*p = (struct pieces){ .ndim = array->ndim };
	if ((box->start != NULL || box->count != NULL) &&
		box->ndim != array->ndim)
		return err_set(err, ERR_DATA,
			"it has %u dimensions, the box "
			"has %u",
			array->ndim, box->ndim);
	for (unsigned i = 0; i < p->ndim; i++) {
		uint64_t len = array->shape[i];
		uint64_t start = box->start != NULL ? box->start[i] : 0;
		uint64_t count = box->count != NULL ? box->count[i] :
						      len - num_min(start, len);

		if (start > len || count > len - start)
			return err_set(err, ERR_DATA,
				"the box is %" PRIu64 " from %" PRIu64
				" along dimension %u, which "
				"has length %" PRIu64,
				count, start, i, len);
		p->start[i] = start;
		p->count[i] = count;
	}
	choose_axis(p, array->max);
	return 0;
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

		p->len[i] = i < p->axis ? 1 :
			i > p->axis     ? p->count[i] :
					  num_min(left, p->step);
		p->cells *= p->len[i];
	}
	return true;
}
