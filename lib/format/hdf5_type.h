/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_type: the types of HDF5 that have an equal here.
 *
 * Types are handles of the library, which are the caller's.
 */
#ifndef PGF_HDF5_TYPE_H
#define PGF_HDF5_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/dtype.h"

/* What values of a type are to netCDF: the least type that holds integers of so many
 * bits and floats of so many bytes, the integers of an enum, DTYPE_CHAR for text of
 * one byte, DTYPE_STRING for any other.  False: a type of any other class. */
bool hdf5_type_find(int64_t type, struct dtype *out);

/* HDF5's own type of a numeric kind in one byte order, which stays the library's;
 * negative: there is none. */
int64_t hdf5_type_standard(enum dtype_kind kind, bool big);

#endif
