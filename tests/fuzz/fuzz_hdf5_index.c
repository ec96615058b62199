/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over an HDF5 file's structures ends, whatever the file says.  The
 * first two bytes choose the address of the object header, the bits of the third
 * the dimensions that are without end. */
#include <stdint.h>
#include <stdlib.h>

#include "format/hdf5_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count(void *state, const struct hdf5_chunk *chunk, struct err *err)
{
	uint64_t *n = state;

	(void)chunk;
	(void)err;
	if (++*n > UINT32_MAX)
		abort();
	return 0;
}

static void set_most(struct hdf5_layout *x, unsigned free)
{
	for (unsigned i = 0; i < x->ndim; i++)
		x->most[i] =
			free >> i & 1 ? HDF5_UNLIMITED : 64 * x->chunk_shape[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = ERR_INIT;
	struct hdf5_super super;
	struct hdf5_layout x;
	struct view file;
	uint64_t n = 0;

	if (size < 3)
		return 0;
	file = view_of_memory(data + 3, size - 3);
	if (hdf5_super_read(&file, 0, &super, &err) < 0 ||
		hdf5_layout_find(&file, &super, view_little(data, 2), &x,
			&err) != 1)
		return 0;
	set_most(&x, data[2]);
	if (hdf5_index_walk(&x, count, &n, &err) < 0 && err.kind != ERR_DATA)
		abort();
	return 0;
}
