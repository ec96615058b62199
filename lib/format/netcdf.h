/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netcdf: values of whatever is no table of chunks, through netcdf-c.
 *
 * Never writes.  Nothing is read but metadata until netcdf_slab is called.
 */
#ifndef PGF_NETCDF_H
#define PGF_NETCDF_H

#include "format/pieces.h"
#include "format/view.h"
#include "model/dataset.h"

struct netcdf_file;

/* Open the file for reading.  file is the same file (borrowed), base the place
 * of an HDF5 superblock (see magic_of; 0 for NetCDF-3).  NULL: ERR_DATA; ERR_FAIL if
 * there is no such library. */
struct netcdf_file *netcdf_open(const struct view *file, uint64_t base,
	struct err *err) PGF_CHECKED;
void netcdf_close(struct netcdf_file *f);

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
