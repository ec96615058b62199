/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_btree: the chunks of an HDF5 dataset, from the bytes of the file.
 *
 * Finds the layout in the dataset's object header and walks its version 1
 * B-tree, which is what every file has that was not made with the "latest"
 * format: milliseconds where HDF5 1.10 needs quadratic time.  Pure.  Source:
 * HDF5 File Format Specification, "Version 1 B-trees", "Data Object Headers",
 * "The Data Layout Message".
 */
#ifndef PGF_HDF5_BTREE_H
#define PGF_HDF5_BTREE_H

#include "format/hdf5_super.h"

enum { HDF5_MAX_NDIM = 32 };

/* One stored chunk. */
struct hdf5_chunk {
	uint64_t corner[HDF5_MAX_NDIM]; /* its first element */
	uint64_t offset;                /* from the start of the file */
	uint64_t length;                /* stored bytes */
	uint32_t mask;                  /* bit i set: filter i was skipped */
};

/* Called once a chunk, in no promised order; -1 stops the walk. */
typedef int hdf5_chunk_fn(void *state, const struct hdf5_chunk *chunk,
	struct err *err);

struct hdf5_tree {
	const struct view *file;
	struct hdf5_super super;
	uint64_t root; /* file offset of the root node */
	unsigned ndim; /* of the dataset */
	bool empty;    /* nothing was ever written */
};

/* The B-tree of the dataset whose object header is at address (from the base):
 * 1 and *out, or 0 if its chunks are indexed in another way, or -1. */
int hdf5_tree_find(const struct view *file, const struct hdf5_super *super,
	uint64_t address, struct hdf5_tree *out, struct err *err) PGF_CHECKED;

/* Visit every chunk. */
int hdf5_tree_walk(const struct hdf5_tree *tree, hdf5_chunk_fn *fn, void *state,
	struct err *err) PGF_CHECKED;

#endif
