/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netcdf3: classic NetCDF files as tables of chunks.
 *
 * Reads the header of the classic, 64-bit offset and CDF-5 formats ("The NetCDF
 * Classic Format Specification" and its CDF-5 extension, in the NetCDF User's
 * Guide) and nothing else of the file.  Pure: bytes in, dataset out.
 */
#ifndef PGF_NETCDF3_H
#define PGF_NETCDF3_H

#include "format/view.h"
#include "model/dataset.h"

/* The dataset of the file; everything lives in the arena.  A fixed variable is
 * one chunk, a record variable one chunk a record; values are big-endian and
 * unfiltered.  Record variables of very many very small records get no table:
 * only the library reads them.  Errors (ERR_DATA): a truncated or
 * inconsistent file, more than DATASET_MAX_NDIM dimensions. */
int netcdf3_read(struct arena *a, const struct view *file, struct dataset *out,
	struct err *err) PGF_CHECKED;

#endif
