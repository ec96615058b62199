/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks can only stay as they are if those of the array have their shape.  That
 * every file after the first fits is not asked: what does not is decoded, and an
 * array whose chunks depended on the last file would be withdrawn when another
 * comes.
 */
#include "layout/array.h"

#include "base/num.h"
#include "base/str.h"

static const uint64_t most_bytes = (uint64_t)512 << 20;

void array_decide_kept(struct array *t, const struct layout *l)
{
	const uint64_t *shape = t->var->chunk_shape;
	uint64_t bytes = t->itemsize;

	t->kept = NULL;
	/* a coordinate is one chunk, whatever the files have */
	if (!t->keep || shape == NULL || t->ndim != t->var->ndim ||
		(t->ndim == 1 && str_eq(t->dims[0], t->name)))
		return;
	for (unsigned i = 0; i < t->ndim; i++)
		if (!num_mul(bytes, shape[i], &bytes) || bytes > most_bytes ||
			(t->concat[i] >= 0 &&
				layout_first_length(&l->concat[t->concat[i]]) %
						shape[i] !=
					0))
			return;
	t->kept = shape;
}
