/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of a coordinate, all of them if they are few: what is told of a long
 * one is what order, overlap and gaps can be seen by, in one pass.
 */
#include "format/input.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "model/encoding.h"

/* Of so many steps the median is known exactly; of longer coordinates it is that
 * of the first ones, for all need not fit into memory. */
enum { MAX_STEPS = 1 << 22 };

struct axis {
	struct arena *arena;
	struct dtype dtype;
	struct encoding encoding;
	struct js *data; /* NULL: too many */
	uint64_t n;      /* that are numbers, and not missing */
	double first, last, low, high;
	struct buf steps; /* doubles */
};

static void add_step(struct axis *x, double step)
{
	if (x->n == 1 || step < x->low)
		x->low = step;
	if (x->n == 1 || step > x->high)
		x->high = step;
	if (x->data == NULL && x->n <= MAX_STEPS)
		buf_add(&x->steps, &step, sizeof(step));
}

static void add_value(struct axis *x, struct js *v, const char *bytes)
{
	double d;

	if (x->data != NULL)
		js_add(x->data, v);
	if (!js_real(v, &d) || !isfinite(d) ||
		encoding_is_missing(&x->encoding, x->dtype, bytes))
		return;
	if (x->n == 0)
		x->first = d;
	else
		add_step(x, d - x->last);
	x->last = d;
	x->n++;
}

/* Pieces are whole elements; the values of one die with it unless all are
 * kept. */
static int add_values(void *state, const void *bytes, size_t len,
	struct err *err)
{
	struct axis *x = state;
	struct arena one = ARENA_INIT;
	const char *p = bytes;

	(void)err;
	for (size_t i = 0; i + x->dtype.size <= len; i += x->dtype.size) {
		add_value(x,
			dtype_bytes_value(x->data ? x->arena : &one, x->dtype,
				p + i),
			p + i);
		arena_reset(&one);
	}
	arena_release(&one);
	return 0;
}

static int by_size(const void *x, const void *y)
{
	const double *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

static double median(const struct axis *x)
{
	size_t n = x->steps.len / sizeof(double);
	double *at = ARENA_NEW(x->arena, double, n + 1);

	if (n == 0)
		return 0;
	memcpy(at, x->steps.data, n * sizeof(*at));
	qsort(at, n, sizeof(*at), by_size);
	return at[(n - 1) / 2];
}

static struct js *range_of(struct arena *a, const struct axis *x)
{
	struct js *out = js_new_object(a), *step = js_new_list(a);

	js_set_u64(out, "n", x->n);
	js_set(out, "first", js_new_real(a, x->first));
	js_set(out, "last", js_new_real(a, x->last));
	js_add(step, js_new_real(a, x->low));
	js_add(step, js_new_real(a, median(x)));
	js_add(step, js_new_real(a, x->high));
	js_set(out, "step", step);
	return out;
}

int input_axis(struct arena *a, const struct input *in, struct variable *v,
	struct err *err)
{
	struct axis x = { .arena = a,
		.dtype = v->table.dtype,
		.steps = BUF_INIT };
	const struct netcdf_sink sink = { add_values, &x };
	struct err ignored = ERR_INIT;
	uint64_t n;
	int r;

	if (dtype_is_text(v->table.dtype) ||
		!num_product(v->table.shape, v->table.ndim, &n))
		return 0;
	if (n <= INPUT_AXIS_MAX)
		x.data = js_new_list(a);
	if (encoding_of_attrs(v->attrs, x.dtype, &x.encoding, &ignored) < 0)
		x.encoding = encoding_none();
	r = input_values(in, v, &sink, err);
	v->data = x.data;
	if (r == 0 && x.data == NULL && x.n > 0)
		v->range = range_of(a, &x);
	buf_release(&x.steps);
	return r;
}
