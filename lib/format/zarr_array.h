/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zarr_array: the metadata of an array of a Zarr store, as a variable.
 *
 * Pure: what the document says, all but where the chunks lie (format/zarr_chunk).
 * Zarr v2 and v3 core specifications; dimensions of v2 by the attribute
 * _ARRAY_DIMENSIONS of xarray.
 */
#ifndef PGF_ZARR_ARRAY_H
#define PGF_ZARR_ARRAY_H

#include "format/zarr_group.h"
#include "model/dataset.h"

/* What a shard is, besides objects->per. */
struct zarr_shard {
	bool is_shard;
	bool index_first;  /* at the start of the object, not at its end */
	bool has_checksum; /* of the index: CRC-32C */
};

/* Fill out, but for its table's refs; everything lives in the arena, or is the
 * document's.  ERR_DATA: what cannot be, or cannot be read: the caller names the
 * array. */
int zarr_array_read(struct arena *a, const struct zarr_node *node,
	struct variable *out, struct zarr_shard *shard,
	struct err *err) PGF_CHECKED;

#endif
