/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over an HDF5 file's structures ends, whatever the file says.  The
 * first two bytes choose the address of the object header. */
#include <stdint.h>
#include <stdlib.h>

#include "format/hdf5_btree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count(void *state, const struct hdf5_chunk *chunk, struct err *err)
{
	uint64_t *n = state;

	(void)err;
	if (chunk->length > UINT32_MAX || ++*n > UINT32_MAX)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = ERR_INIT;
	struct hdf5_super super;
	struct hdf5_tree tree;
	struct view file;
	uint64_t n = 0;

	if (size < 2)
		return 0;
	file = view_of_memory(data + 2, size - 2);
	if (hdf5_super_read(&file, 0, &super, &err) < 0 ||
		hdf5_tree_find(&file, &super, view_little(data, 2), &tree,
			&err) != 1)
		return 0;
	if (hdf5_tree_walk(&tree, count, &n, &err) < 0 && err.kind != ERR_DATA)
		abort();
	return 0;
}
