/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One walk for each kind.  H5Dchunk_iter was refused: releases differ in what
 * it hands over, many do not have it, and what must be done without it can be
 * done always.
 */
#include "format/hdf5_index.h"

#include "base/num.h"
#include "format/hdf5_btree.h"
#include "format/hdf5_btree2.h"
#include "format/hdf5_earray.h"
#include "format/hdf5_entries.h"
#include "format/hdf5_farray.h"

/* All chunks one behind the other, none filtered. */
static int walk_implicit(const struct hdf5_layout *x, hdf5_chunk_fn *fn,
	void *state, struct err *err)
{
	struct hdf5_entries e = { .index = x, .fn = fn, .state = state };
	struct hdf5_chunk chunk = { .length = x->chunk_size };
	uint64_t n, size;

	if (!hdf5_entries_number(&e) || e.count[0] == HDF5_UNLIMITED)
		return 0;
	if (!num_product(e.count, x->ndim, &n) ||
		!num_mul(n, x->chunk_size, &size) || size > x->file->size)
		return err_set(err, ERR_DATA,
			"corrupt: its chunks are larger than the file");
	for (uint64_t i = 0; i < n; i++) {
		if (!num_add(x->at, i * x->chunk_size, &chunk.offset))
			return err_set(err, ERR_DATA,
				"corrupt: its chunks are beyond the file");
		if (hdf5_entries_put(&e, i, &chunk, err) < 0)
			return -1;
	}
	return 1;
}

static int walk_single(const struct hdf5_layout *x, hdf5_chunk_fn *fn,
	void *state, struct err *err)
{
	struct hdf5_chunk chunk = { .offset = x->at,
		.length = x->chunk_size,
		.mask = x->mask };

	return fn(state, &chunk, err) < 0 ? -1 : 1;
}

int hdf5_index_walk(const struct hdf5_layout *x, hdf5_chunk_fn *fn, void *state,
	struct err *err)
{
	if (x->at == HDF5_NOWHERE)
		return 1;
	switch (x->kind) {
	case HDF5_BTREE1:
		return hdf5_btree_walk(x, fn, state, err) < 0 ? -1 : 1;
	case HDF5_SINGLE:
		return walk_single(x, fn, state, err);
	case HDF5_IMPLICIT:
		return walk_implicit(x, fn, state, err);
	case HDF5_FIXED_ARRAY:
		return hdf5_farray_walk(x, fn, state, err);
	case HDF5_EXTENSIBLE_ARRAY:
		return hdf5_earray_walk(x, fn, state, err);
	case HDF5_BTREE2:
		return hdf5_btree2_walk(x, fn, state, err);
	}
	return 0;
}
