/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zarr_read_attr: the attributes in a Zarr document, as those of a dataset.
 *
 * JSON does not say of which type a number is.  Attributes that hold values of their
 * variable (_FillValue, missing_value, valid_range, ...) are of its type, where they
 * fit; others are int64 or float64.
 */
#ifndef PGF_ZARR_READ_ATTR_H
#define PGF_ZARR_READ_ATTR_H

#include "format/attr.h"

/* Attributes of a group (t is NULL) or of an array of that type.  Objects, nulls, truth
 * values, and lists of several types become their JSON text.  _ARRAY_DIMENSIONS, and
 * what attr_is_hidden, are left out.  ERR_DATA: no object. */
int zarr_read_attrs(const struct js *obj, const struct dtype *t,
	struct attrs *out, struct err *err) PGF_CHECKED;

/* Put the fill value of a v2 array (t.size bytes) in as _FillValue, as xarray
 * does, unless there is one. */
void zarr_read_attr_fill(struct attrs *out, struct dtype t, const void *fill);

#endif
