/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netcdf: names, types, attributes and values, through netcdf-c.
 *
 * Describes NetCDF-4 and HDF5 files, and is the reader of whatever is no table
 * of chunks.  Never writes.  One file at a time costs what the libraries cost;
 * nothing is read but metadata until netcdf_slab is called.
 */
#ifndef PGF_NETCDF_H
#define PGF_NETCDF_H

#include "format/pieces.h"
#include "format/view.h"
#include "model/dataset.h"

struct netcdf_file;

/* Open the file for reading.  file is the same file (borrowed), base the place
 * of an HDF5 superblock (see magic_of; 0 for NetCDF-3).  NULL: ERR_DATA. */
struct netcdf_file *netcdf_open(const struct view *file, uint64_t base,
	struct err *err) PGF_CHECKED;
void netcdf_close(struct netcdf_file *f);

/* The dataset of the root group of a NetCDF-4 or HDF5 file; everything lives in
 * the arena.  Variables in other groups are warned of.  ERR_DATA: no variable
 * in the root group, a type that Zarr cannot store, a damaged file. */
int netcdf_read(struct arena *a, struct netcdf_file *f, struct dataset *out,
	struct err *err) PGF_CHECKED;

/* Where values go, piece by piece. */
struct netcdf_sink {
	int (*put)(void *state, const void *bytes, size_t len, struct err *err);
	void *state;
};

/* Hand over the values of a box in C order: little-endian, and text of either
 * kind of length as a 4-byte little-endian count and so many bytes.  Memory is
 * bounded whatever the box.  ERR_DATA: no such variable, a box that does not
 * fit, values that cannot be read. */
int netcdf_slab(struct netcdf_file *f, const char *variable,
	const struct pieces_box *box, const struct netcdf_sink *sink,
	struct err *err) PGF_CHECKED;

#endif
