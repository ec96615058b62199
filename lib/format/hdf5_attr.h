/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_attr: the attributes of a group or dataset, and what some of them say of
 * dimensions.
 */
#ifndef PGF_HDF5_ATTR_H
#define PGF_HDF5_ATTR_H

#include "format/attr.h"

/* An address that no object has. */
#define HDF5_NOWHERE UINT64_MAX

/* HDF5 Dimension Scale Specification; NetCDF-4 File Format Specification,
 * "Dimensions". */
struct hdf5_scales {
	bool is_scale;   /* CLASS: its name is that of a dimension */
	bool no_var;     /* NAME: and of nothing else */
	int64_t dimid;   /* _Netcdf4Dimid, or -1 */
	int32_t *dimids; /* _Netcdf4Coordinates, one a dimension; or NULL */
	uint64_t *at; /* DIMENSION_LIST: where the scale of each dimension is,
			  * the last of several, or HDF5_NOWHERE; or NULL */
};

/* What is wanted of them. */
struct hdf5_attrs {
	struct arena *arena; /* all lives there */
	const char *path;    /* of the file, for messages */
	unsigned ndim;       /* of the object */
	struct hdf5_scales *scales;
	struct attrs *to; /* NULL: only what is netCDF's */
};

/* Read the attributes of an open object (a handle of the library): what is netCDF's
 * into *scales, the rest into *to.  One of a type that cannot be stored is left out,
 * with a warning.  ERR_DATA: damaged, or too large. */
int hdf5_attrs(const struct hdf5_attrs *want, int64_t object,
	struct err *err) PGF_CHECKED;

#endif
