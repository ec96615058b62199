/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To write a coordinate from the runs of a schema was refused: these are rounded,
 * and know of no file that is out of step.
 */
#include "plan/plan_values.h"

#include <string.h>

#include "base/num.h"
#include "base/str.h"

/* Bytes of values that take no more room than a reference to a file. */
static const uint64_t most_bytes = 256;

bool plan_values_may(const struct array *t)
{
	return t->ndim == 1 && t->concat[0] >= 0 && !t->keep &&
		!dtype_is_text(t->dtype) && str_eq(t->name, t->dims[0]);
}

/* NaN may have bits that no text tells. */
static bool is_exact(struct dtype t, const struct js *v)
{
	return !dtype_is_float(t) || js_text(v) == NULL;
}

const uint8_t *plan_values_read(struct arena *a, const struct chunk_table *t,
	const struct js *data)
{
	uint64_t size;
	uint8_t *bytes;

	if (data == NULL || t->ndim != 1 || dtype_is_text(t->dtype) ||
		js_type(data) != JS_LIST || js_count(data) != t->shape[0] ||
		t->shape[0] == 0 ||
		!num_mul(t->shape[0], t->dtype.size, &size) ||
		size > most_bytes)
		return NULL;
	bytes = ARENA_NEW(a, uint8_t, size);
	for (size_t i = 0; i < t->shape[0]; i++) {
		const struct js *v = js_at(data, i);

		if (!is_exact(t->dtype, v) ||
			!dtype_value_bytes(t->dtype, v,
				bytes + i * t->dtype.size))
			return NULL;
	}
	return bytes;
}

void plan_values_set(struct arena *a, struct plan_piece *p,
	const uint8_t *bytes, uint64_t n)
{
	struct chunk_table *t = &p->table;
	uint64_t *shape = ARENA_NEW(a, uint64_t, 1);

	shape[0] = n;
	*t = (struct chunk_table){
		.ndim = 1,
		.shape = shape,
		.dtype = t->dtype,
		.chunk_shape = shape,
		.codecs = js_new_list(a),
		.inline_data = bytes,
		.inline_size = n * t->dtype.size,
	};
	p->recorded = true;
}

static void grow(struct arena *a, struct plan_joint *j, uint64_t size)
{
	struct chunk_table *t = &j->piece->table;
	uint8_t *bytes;

	if (j->bytes != NULL && size <= j->room)
		return;
	j->room = 2 * size;
	bytes = ARENA_NEW(a, uint8_t, j->room);
	memcpy(bytes, t->inline_data, t->inline_size);
	t->inline_data = j->bytes = bytes;
}

const struct plan_piece *plan_values_begin(struct arena *a,
	struct plan_joint *j, const struct plan_piece *p)
{
	*j = (struct plan_joint){ arena_memdup(a, p, sizeof(*p)), NULL, 0 };
	grow(a, j, p->table.inline_size);
	plan_values_set(a, j->piece, j->bytes, p->table.shape[0]);
	return j->piece;
}

static bool means_the_same(const struct plan_piece *x,
	const struct plan_piece *y)
{
	return x->encoding == y->encoding || str_eq(x->meaning, y->meaning);
}

bool plan_values_join(struct arena *a, struct plan_joint *j,
	const struct array *t, const struct plan_piece *p)
{
	struct plan_piece *to = j->piece;
	unsigned k = (unsigned)t->concat[0];

	if (to == NULL || !p->recorded ||
		!dtype_equal(to->table.dtype, p->table.dtype) ||
		!means_the_same(to, p) ||
		to->offset[k] + to->table.shape[0] != p->offset[k])
		return false;
	grow(a, j, to->table.inline_size + p->table.inline_size);
	memcpy(j->bytes + to->table.inline_size, p->table.inline_data,
		p->table.inline_size);
	to->table.inline_size += p->table.inline_size;
	to->table.shape[0] += p->table.shape[0];
	to->type = NULL; /* of another length */
	to->file = p->file;
	to->inputs.first = num_min(to->inputs.first, p->inputs.first);
	to->inputs.last = num_max(to->inputs.last, p->inputs.last);
	return true;
}
