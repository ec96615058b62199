/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zarr_store: a Zarr store, in a folder or on a server, as a dataset.
 */
#ifndef PGF_ZARR_STORE_H
#define PGF_ZARR_STORE_H

#include "format/view.h"
#include "format/zarr_array.h"

/* The arrays of a group, without where their chunks lie; shards[i] is of variable i.
 * Everything lives in the arena.  ERR_DATA: an array that cannot be read, by name, and
 * dimensions of two lengths. */
int zarr_store_dataset(struct arena *a, const struct zarr_group *g,
	struct dataset *out, struct zarr_shard **shards,
	struct err *err) PGF_CHECKED;

/* The store in a folder that is here, or whose metadata document is given (struct
 * view), with its chunks.  ERR_DATA also: the document does not have them all. */
int zarr_store_read(struct arena *a, const struct view *v, struct dataset *out,
	struct err *err) PGF_CHECKED;

#endif
