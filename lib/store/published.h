/* SPDX-License-Identifier: Apache-2.0 */
/*
 * published: is the layout of an array that stands in a store this one.
 *
 * Layout is what the meaning of chunk bytes and keys depends on: data type,
 * chunk shape, codecs, fill value, key encoding.  Shape, dimension names and
 * attributes are not.
 */
#ifndef PGF_PUBLISHED_H
#define PGF_PUBLISHED_H

#include <stdbool.h>

#include "model/region.h"

/* zarr.json, and .zarray, of an array. */
bool published_is_v3(const struct js *doc, const struct target *t);
bool published_is_v2(const struct js *doc, const struct target *t);

#endif
