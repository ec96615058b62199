/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netcdf4: names, dimensions, types and attributes of NetCDF-4 and HDF5 files.
 *
 * NetCDF-4 File Format Specification over what hdf5_group has found.
 */
#ifndef PGF_NETCDF4_H
#define PGF_NETCDF4_H

#include "format/view.h"
#include "model/dataset.h"

/* The dataset of the root group; everything lives in the arena.  base is the place
 * of the superblock (see magic_of).  Variables in other groups are warned of.  A
 * dimension that no scale names is called phony_dim_N, as netCDF-C does.  ERR_DATA:
 * no variable in the root group, but some in others; a type that Zarr cannot store,
 * a damaged file. */
int netcdf4_read(struct arena *a, const struct view *file, uint64_t base,
	struct dataset *out, struct err *err) PGF_CHECKED;

#endif
