/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zarr_meta: the metadata documents of a store.
 *
 * Zarr v3 core 1.0 and v2, in the subset that every reader takes, with the
 * conventions by which xarray finds dimension names and missing values (v3:
 * `_FillValue` stays an attribute, floats of any width as the base64 of an
 * 8-byte little-endian double; v2: it is the fill_value and no attribute).  All
 * documents are strict JSON.  Everything lives in the arena.
 */
#ifndef PGF_ZARR_META_H
#define PGF_ZARR_META_H

#include "layout/array.h"
#include "recipe/recipe.h"

/* The zarr.json of an array.  Also for a zarr_format 2 store, whose chunks hold
 * the same bytes: then chunk_key_encoding is "v2" and bytes of fixed length are
 * data type "null_terminated_bytes". */
struct js *zarr_meta_array(struct arena *a, const struct array *t);

/* The text of a document as it stands in a store: indented, with a line end.
 * Integers are integers whatever their size (in struct js, those from 2^63 on
 * are text). */
void zarr_meta_text(struct buf *out, const struct js *doc);

/* The .zarray and .zattrs of an array. */
struct js *zarr_meta_zarray(struct arena *a, const struct array *t);
struct js *zarr_meta_zattrs(struct arena *a, const struct array *t);

/* Attributes of the group: what the sources have in common, then what the
 * recipe says (title, description, license, keywords; provenance and
 * maintainers as JSON text), then pgf_recipe, pgf_version and pgf_plan. */
struct js *zarr_meta_group_attrs(struct arena *a, const struct layout *l,
	const struct recipe *r, const char *plan);

/* The zarr.json of the root group; children maps names to documents, and NULL
 * leaves the consolidated metadata out. */
struct js *zarr_meta_group(struct arena *a, struct js *attrs,
	struct js *children);

/* The .zmetadata of a store whose documents ("sst/.zarray", ".zattrs") are
 * given by key; and the .zgroup. */
struct js *zarr_meta_zmetadata(struct arena *a, struct js *documents);
struct js *zarr_meta_zgroup(struct arena *a);

#endif
