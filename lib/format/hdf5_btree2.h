/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_btree2: the version 2 B-tree of chunks.
 *
 * What "latest" files have if several dimensions may grow without end.
 * Pure.  Source: HDF5 File Format Specification 3.0, "Version 2 B-trees".
 */
#ifndef PGF_HDF5_BTREE2_H
#define PGF_HDF5_BTREE2_H

#include "format/hdf5_layout.h"

/* Visit every chunk of x, which has a place; 1, or 0 if it has a form that
 * is not known (then nothing was visited), or -1. */
int hdf5_btree2_walk(const struct hdf5_layout *x, hdf5_chunk_fn *fn,
	void *state, struct err *err) PGF_CHECKED;

#endif
