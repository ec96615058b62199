/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zarr_group: the documents of a Zarr store that is read.
 *
 * Zarr v2 (.zgroup, .zarray, .zattrs, all of them in .zmetadata) and Zarr v3
 * (zarr.json, with consolidated_metadata or without): the arrays of the root group.  What
 * lies in groups below it is left out, as xarray does.
 */
#ifndef PGF_ZARR_GROUP_H
#define PGF_ZARR_GROUP_H

#include "base/buf.h"
#include "record/json.h"

/* Bytes that the documents of a store may have. */
enum { ZARR_GROUP_MAX = 1 << 28 };

struct zarr_node {
	int version;            /* of the group */
	const char *name;       /* one part: no '/' */
	const struct js *array; /* .zarray, or the zarr.json of an array */
	const struct js *attrs; /* or NULL */
};

struct zarr_group {
	int version; /* 2 or 3 */
	const struct js *attrs;
	size_t n;
	struct zarr_node *nodes; /* in the order of the document, or by name */
};

/* Read a document that has all others in it: .zmetadata (version 2) or zarr.json
 * of the root.  *out->nodes is NULL if a zarr.json has no others in it.
 * Everything lives in the arena.  ERR_DATA: it is none, or of an array. */
int zarr_group_parse(struct arena *a, int version, struct buf *text,
	struct zarr_group *out, struct err *err) PGF_CHECKED;

/* The same of the store in the folder dir (a descriptor): its .zmetadata or zarr.json, or
 * else the documents of all its folders. */
int zarr_group_read(struct arena *a, int dir, struct zarr_group *out,
	struct err *err) PGF_CHECKED;

#endif
