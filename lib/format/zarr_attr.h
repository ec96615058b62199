/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zarr_attr: attributes as Zarr documents hold them.
 *
 * In records numbers beyond +-2^53 are text and every attribute's type stands
 * beside it; in documents they are JSON numbers, and float32 is the double of
 * that value.  NaN and the infinities stay text.
 */
#ifndef PGF_ZARR_ATTR_H
#define PGF_ZARR_ATTR_H

#include "layout/array.h"

/* The attributes of an array, without those that a document says otherwise:
 * `_ARRAY_DIMENSIONS` (both formats have their own way), `_FillValue` in v2, and
 * in v3 `_FillValue` of text, which no reader understands.  In v3 `_FillValue`
 * is encoded as xarray reads it. */
struct js *zarr_attr_list(struct arena *a, const struct array *t,
	int zarr_format);

/* The attributes of the group, as the sources share them. */
struct js *zarr_attr_group(struct arena *a, const struct layout *l);

/* An integer as a document is to show it: text of one below 2^63 becomes that
 * integer, text of one beyond gets this character in front, by which
 * zarr_meta_text knows it for a number.  Anything else is returned as it is. */
enum { ZARR_ATTR_MARK = '\001' };
struct js *zarr_attr_integer(struct arena *a, struct js *v);

#endif
