/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy first melts its axes together: axes of one element go, neighbours that
 * are laid out as one on both sides become one, and what is contiguous at the
 * inner end becomes the run.  What is left is an odometer over few, long
 * memcpys.  Recursion over the axes was refused: it hides the run length.
 */
#include "chunk/box.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"

struct box box_of(unsigned ndim, const uint64_t *start, const uint64_t *count)
{
	struct box b = { .ndim = ndim };

	for (unsigned i = 0; i < ndim; i++) {
		b.start[i] = start ? start[i] : 0;
		b.count[i] = count[i];
	}
	return b;
}

/* One past the last element of an axis, at most UINT64_MAX. */
static uint64_t axis_end(const struct box *b, unsigned i)
{
	uint64_t end = UINT64_MAX;

	(void)num_add(b->start[i], b->count[i], &end);
	return end;
}

bool box_intersect(const struct box *a, const struct box *b, struct box *out)
{
	out->ndim = a->ndim;
	for (unsigned i = 0; i < a->ndim; i++) {
		uint64_t lo = num_max(a->start[i], b->start[i]);
		uint64_t hi = num_min(axis_end(a, i), axis_end(b, i));

		if (hi <= lo)
			return false;
		out->start[i] = lo;
		out->count[i] = hi - lo;
	}
	return true;
}

bool box_contains(const struct box *outer, const struct box *inner)
{
	for (unsigned i = 0; i < inner->ndim; i++)
		if (inner->start[i] < outer->start[i] ||
			axis_end(inner, i) > axis_end(outer, i))
			return false;
	return true;
}

bool box_cells(const struct box *b, uint64_t *out)
{
	return num_product(b->count, b->ndim, out);
}

static int compare_start(const void *pa, const void *pb)
{
	const struct box *a = pa, *b = pb;

	for (unsigned i = 0; i < a->ndim; i++)
		if (a->start[i] != b->start[i])
			return a->start[i] < b->start[i] ? -1 : 1;
	return 0;
}

/* The first axis along which the boxes do not all start alike. */
static unsigned spread_axis(const struct box *boxes, size_t n)
{
	for (unsigned axis = 0; axis < boxes[0].ndim; axis++)
		for (size_t i = 1; i < n; i++)
			if (boxes[i].start[axis] != boxes[0].start[axis])
				return axis;
	return 0;
}

bool box_disjoint(struct box *boxes, size_t n)
{
	unsigned axis;
	struct box shared;

	if (n < 2)
		return true;
	/* Sorted along the spread axis, only the boxes that begin before a box
	 * ends can meet it: pieces in a row are compared with one neighbour. */
	qsort(boxes, n, sizeof(*boxes), compare_start);
	axis = spread_axis(boxes, n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++) {
			if (boxes[i].ndim > 0 &&
				boxes[j].start[axis] >=
					axis_end(&boxes[i], axis))
				break;
			if (box_intersect(&boxes[i], &boxes[j], &shared))
				return false;
		}
	return true;
}

void box_strides(unsigned ndim, const uint64_t *shape, size_t item,
	uint64_t *stride)
{
	uint64_t step = item;

	for (unsigned i = ndim; i-- > 0; step *= shape[i])
		stride[i] = step;
}

/* A copy with its axes melted together. */
struct melted {
	unsigned n;
	uint64_t count[BOX_MAX_NDIM], to[BOX_MAX_NDIM], from[BOX_MAX_NDIM];
	size_t run; /* bytes */
};

/* Works inwards out: v holds the axes from the innermost one. */
static void melt(const struct box_copy *job, struct melted *v)
{
	v->n = 0;
	v->run = job->item;
	for (unsigned i = job->ndim; i-- > 0;) {
		uint64_t count = job->count[i], to = job->to_stride[i];
		uint64_t from = job->from_stride ? job->from_stride[i] : to;
		unsigned k = v->n;

		if (count == 1)
			continue;
		if (k == 0 && to == v->run && from == v->run) {
			v->run *= (size_t)count;
		} else if (k > 0 && to == v->to[k - 1] * v->count[k - 1] &&
			from == v->from[k - 1] * v->count[k - 1]) {
			v->count[k - 1] *= count;
		} else {
			v->count[k] = count;
			v->to[k] = to;
			v->from[k] = from;
			v->n++;
		}
	}
}

/* A constant size lets the compiler turn memcpy into one move. */
#define COPY_ALL(size)                                                        \
	do {                                                                  \
		for (uint64_t i = 0; i < n; i++)                              \
			memcpy(to + i * to_step, from + i * from_step, size); \
	} while (0)

static void copy_line(const struct melted *v, uint8_t *to, const uint8_t *from)
{
	uint64_t n = v->n ? v->count[0] : 1;
	uint64_t to_step = v->to[0], from_step = v->from[0];

	switch (v->run) {
	case 1:
		COPY_ALL(1);
		break;
	case 2:
		COPY_ALL(2);
		break;
	case 4:
		COPY_ALL(4);
		break;
	case 8:
		COPY_ALL(8);
		break;
	case 16:
		COPY_ALL(16);
		break;
	default:
		COPY_ALL(v->run);
		break;
	}
}

/* Step the odometer of the axes outside the line; false after the last. */
static bool next_line(const struct melted *v, uint64_t *at, uint8_t **to,
	const uint8_t **from)
{
	for (unsigned k = 1; k < v->n; k++) {
		*to += v->to[k];
		*from += v->from[k];
		if (++at[k] < v->count[k])
			return true;
		*to -= v->to[k] * v->count[k];
		*from -= v->from[k] * v->count[k];
		at[k] = 0;
	}
	return false;
}

static bool is_empty(const struct box_copy *job)
{
	for (unsigned i = 0; i < job->ndim; i++)
		if (job->count[i] == 0)
			return true;
	return job->item == 0;
}

void box_copy(const struct box_copy *job)
{
	struct melted v = { .n = 0 };
	uint64_t at[BOX_MAX_NDIM] = { 0 };
	uint8_t *to = job->to;
	const uint8_t *from = job->from;

	if (is_empty(job))
		return;
	melt(job, &v);
	do {
		copy_line(&v, to, from);
	} while (next_line(&v, at, &to, &from));
}

/* len bytes of copies of an element; doubles what is there already. */
static void fill_run(uint8_t *to, size_t len, const uint8_t *value, size_t item)
{
	size_t done = item;

	if (value == NULL) {
		memset(to, 0, len);
		return;
	}
	if (item == 1) {
		memset(to, value[0], len);
		return;
	}
	memcpy(to, value, item);
	for (; done < len; done += num_min(done, len - done))
		memcpy(to + done, to, num_min(done, len - done));
}

void box_fill(const struct box_copy *job)
{
	struct melted v = { .n = 0 };
	struct box_copy plain = *job;
	uint64_t at[BOX_MAX_NDIM] = { 0 };
	uint8_t *to = job->to;
	const uint8_t *unused = job->to;

	if (is_empty(job))
		return;
	plain.from_stride = NULL;
	melt(&plain, &v);
	do {
		for (uint64_t i = 0; i < (v.n ? v.count[0] : 1); i++)
			fill_run(to + i * v.to[0], v.run, job->from, job->item);
	} while (next_line(&v, at, &to, &unused));
}

bool box_is_dense(const struct box *b, const uint64_t *stride, size_t item)
{
	uint64_t step = item;

	for (unsigned i = b->ndim; i-- > 0; step *= b->count[i])
		if (b->count[i] != 1 && stride[i] != step)
			return false;
	return true;
}

void box_halve(struct box *b, struct box *rest)
{
	unsigned i = 0;

	while (b->count[i] == 1)
		i++;
	*rest = *b;
	b->count[i] /= 2;
	rest->start[i] += b->count[i];
	rest->count[i] -= b->count[i];
}
