/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_chunk: HDF5's words for chunks and filters in ours.
 *
 * What of the hdf5 module needs no library.  Pure.
 */
#ifndef PGF_HDF5_CHUNK_H
#define PGF_HDF5_CHUNK_H

#include "format/hdf5_layout.h"
#include "model/dataset.h"

/* The codec of a filter: its number as registered with The HDF Group, and its n
 * client data values. */
struct js *hdf5_codec(struct arena *a, int filter, const unsigned *values,
	size_t n);

/* n refs, all absent. */
struct refs hdf5_new_refs(struct arena *a, uint64_t n);

/* True if a dataset of the root group stands for a variable or a dimension that
 * netCDF has told of. */
bool hdf5_is_known(const struct dataset *ds, const char *name);

/* A table whose refs are being filled. */
struct hdf5_placing {
	struct chunk_table *table; /* with shape, chunk_shape, codecs */
	bool edge_raw; /* partial chunks at the edge are not filtered */
};

/* Put a chunk into its place in the table: a hdf5_chunk_fn, state is a struct
 * hdf5_placing.  Chunks beyond the shape are passed over; ERR_DATA for one that
 * is off the grid. */
int hdf5_place(void *state, const struct hdf5_chunk *chunk,
	struct err *err) PGF_CHECKED;

#endif
