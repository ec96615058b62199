/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_index: the chunks of an HDF5 dataset, from the bytes of the file.
 *
 * Walks the index that the layout names: milliseconds where HDF5 1.10 needs
 * quadratic time.  Pure.  Source: HDF5 File Format Specification 3.0, "Appendix
 * C: Types of Indexes for Dataset Chunks".
 */
#ifndef PGF_HDF5_INDEX_H
#define PGF_HDF5_INDEX_H

#include "format/hdf5_layout.h"

/* Visit every chunk: 1, or 0 if the index has a form that is not known (then
 * nothing was visited), or -1. */
int hdf5_index_walk(const struct hdf5_layout *x, hdf5_chunk_fn *fn, void *state,
	struct err *err) PGF_CHECKED;

#endif
