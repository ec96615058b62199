/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of so many bytes holds so many entries: blocks that are pointed at
 * twice run out of them.
 */
#include "format/hdf5_entries.h"

#include "base/num.h"
#include "format/hdf5_block.h"

enum { MASK_SIZE = 4 };

bool hdf5_entries_are(struct hdf5_entries *e, unsigned kind, unsigned size)
{
	unsigned plain = e->index->super.offset_size, least = plain + MASK_SIZE;

	e->size = size;
	e->filtered = kind == 1;
	if (kind == 0 ? size != plain :
			(kind > 1 || size <= least || size > least + 8))
		return false;
	e->left = e->index->file->size / size + 1;
	return true;
}

bool hdf5_entries_number(struct hdf5_entries *e)
{
	const struct hdf5_layout *x = e->index;
	unsigned slowest = 0, n = 1;

	for (unsigned i = 0; i < x->ndim; i++)
		if (x->most[i] == HDF5_UNLIMITED)
			slowest = i;
	e->order[0] = slowest;
	for (unsigned i = 0; i < x->ndim; i++)
		if (i != slowest)
			e->order[n++] = i;
	for (unsigned i = 0; i < x->ndim; i++) {
		uint64_t most = x->most[e->order[i]];

		e->count[i] = most == HDF5_UNLIMITED ?
			HDF5_UNLIMITED :
			num_ceil_div(most, x->chunk_shape[e->order[i]]);
		if (e->count[i] == 0 || (i > 0 && most == HDF5_UNLIMITED))
			return false;
	}
	return x->ndim > 0;
}

int hdf5_entries_put(const struct hdf5_entries *e, uint64_t number,
	struct hdf5_chunk *chunk, struct err *err)
{
	const uint64_t *shape = e->index->chunk_shape;

	for (unsigned i = e->index->ndim - 1; i > 0; i--) {
		chunk->corner[e->order[i]] =
			number % e->count[i] * shape[e->order[i]];
		number /= e->count[i];
	}
	if (!num_mul(number, shape[e->order[0]], &chunk->corner[e->order[0]]))
		return hdf5_block_corrupt(err, "goes beyond the data");
	return e->fn(e->state, chunk, err);
}

int hdf5_entries_visit(struct hdf5_entries *e, const struct hdf5_run *run,
	struct err *err)
{
	const struct hdf5_super *super = &e->index->super;
	unsigned o = super->offset_size, length = e->size - o - MASK_SIZE;
	const uint8_t *p = run->p;

	if (run->n > e->left)
		return hdf5_block_corrupt(err, "is larger than the file");
	e->left -= run->n;
	for (uint64_t i = 0; i < run->n; i++, p += e->size) {
		struct hdf5_chunk chunk = { .length = e->index->chunk_size };

		if (!hdf5_address(super, p, &chunk.offset))
			return hdf5_block_corrupt(err,
				"points beyond the file");
		if (chunk.offset == HDF5_NOWHERE)
			continue;
		if (e->filtered) {
			chunk.length = view_little(p + o, length);
			chunk.mask = (uint32_t)view_little(p + o + length,
				MASK_SIZE);
		}
		if (hdf5_entries_put(e, run->first + i, &chunk, err) < 0)
			return -1;
	}
	return 0;
}
