/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of a coordinate, all of them if they are few: what is told of a long
 * one is what order, overlap and gaps can be seen by, in one pass.
 */
#include "format/input.h"

#include <math.h>

#include "base/num.h"

struct axis {
	struct arena *arena;
	struct dtype dtype;
	struct js *data; /* NULL: too many */
	uint64_t n;      /* that are numbers */
	double first, last, low, high;
};

static void add_value(struct axis *x, struct js *v)
{
	double d, step;

	if (x->data != NULL)
		js_add(x->data, v);
	if (!js_real(v, &d) || !isfinite(d))
		return;
	step = d - x->last;
	if (x->n == 0)
		x->first = d;
	if (x->n == 1)
		x->low = x->high = step;
	if (x->n > 1 && step < x->low)
		x->low = step;
	if (x->n > 1 && step > x->high)
		x->high = step;
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
				p + i));
		arena_reset(&one);
	}
	arena_release(&one);
	return 0;
}

static struct js *range_of(struct arena *a, const struct axis *x)
{
	struct js *out = js_new_object(a), *step = js_new_list(a);
	double mean = x->n > 1 ? (x->last - x->first) / (double)(x->n - 1) : 0;

	js_set(out, "first", js_new_real(a, x->first));
	js_set(out, "last", js_new_real(a, x->last));
	js_add(step, js_new_real(a, x->low));
	js_add(step, js_new_real(a, mean));
	js_add(step, js_new_real(a, x->high));
	js_set(out, "step", step);
	return out;
}

int input_axis(struct arena *a, const struct input *in, struct variable *v,
	struct err *err)
{
	struct axis x = { .arena = a, .dtype = v->table.dtype };
	const struct netcdf_sink sink = { add_values, &x };
	uint64_t n;

	if (dtype_is_text(v->table.dtype) ||
		!num_product(v->table.shape, v->table.ndim, &n))
		return 0;
	if (n <= INPUT_AXIS_MAX)
		x.data = js_new_list(a);
	if (input_values(in, v, &sink, err) < 0)
		return -1;
	v->data = x.data;
	if (x.data == NULL && x.n > 0)
		v->range = range_of(a, &x);
	return 0;
}
