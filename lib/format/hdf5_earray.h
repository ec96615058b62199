/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_earray: the extensible array of chunks.
 *
 * What "latest" files have if one dimension may grow without end.
 * Pure.  Source: HDF5 File Format Specification 3.0, "Extensible Array Index".
 */
#ifndef PGF_HDF5_EARRAY_H
#define PGF_HDF5_EARRAY_H

#include "format/hdf5_layout.h"

/* Visit every chunk of x, which has a place; 1, or 0 if it has a form that
 * is not known (then nothing was visited), or -1. */
int hdf5_earray_walk(const struct hdf5_layout *x, hdf5_chunk_fn *fn,
	void *state, struct err *err) PGF_CHECKED;

#endif
