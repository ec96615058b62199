/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_layout: how the chunks of an HDF5 dataset are found.
 *
 * Finds the layout message in the dataset's object header.  Pure.  Source: HDF5
 * File Format Specification 3.0, "Data Object Headers", "The Data Layout
 * Message".
 */
#ifndef PGF_HDF5_LAYOUT_H
#define PGF_HDF5_LAYOUT_H

#include "format/hdf5_super.h"

enum { HDF5_MAX_NDIM = 32 };

/* A dimension that may grow for ever. */
#define HDF5_UNLIMITED UINT64_MAX

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

/* All but the first are of "latest" files, where these are their numbers. */
enum hdf5_layout_kind {
	HDF5_BTREE1 = 0,
	HDF5_SINGLE = 1,
	HDF5_IMPLICIT = 2,
	HDF5_FIXED_ARRAY = 3,
	HDF5_EXTENSIBLE_ARRAY = 4,
	HDF5_BTREE2 = 5,
};

struct hdf5_layout {
	const struct view *file;
	struct hdf5_super super;
	enum hdf5_layout_kind kind;
	uint64_t at;   /* file offset, HDF5_NOWHERE if nothing was written */
	unsigned ndim; /* of the dataset */
	uint32_t mask; /* of a single chunk */
	/* of all but a version 1 B-tree: */
	uint64_t chunk_size; /* bytes of a chunk that is not filtered,
	                         or of the single one */
	uint64_t chunk_shape[HDF5_MAX_NDIM];
	uint64_t most[HDF5_MAX_NDIM]; /* the longest each dimension may get */
};

/* The index of the dataset whose object header is at address (from the base): 1
 * and *out without most, or 0 if they are not in chunks, or in a way that is not
 * known, or -1. */
int hdf5_layout_find(const struct view *file, const struct hdf5_super *super,
	uint64_t address, struct hdf5_layout *out, struct err *err) PGF_CHECKED;

#endif
