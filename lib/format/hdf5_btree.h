/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_btree: the version 1 B-tree of chunks.
 *
 * What every file has that was not made with the "latest" format.  Pure.  Source:
 * HDF5 File Format Specification, "Version 1 B-trees".
 */
#ifndef PGF_HDF5_BTREE_H
#define PGF_HDF5_BTREE_H

#include "format/hdf5_layout.h"

/* Visit every chunk of x, which has a place. */
int hdf5_btree_walk(const struct hdf5_layout *x, hdf5_chunk_fn *fn, void *state,
	struct err *err) PGF_CHECKED;

#endif
