/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objects: the names of files that hold chunks, in the folder that is the source.
 *
 * The keys of Zarr: of chunk (3, 0, 1) "sst/c/3/0/1" (chunk key encoding "default"
 * of Zarr v3) or "sst/3.0.1" (Zarr v2).  A name can be computed, so a table of a
 * million chunks need not list them.
 */
#ifndef PGF_OBJECTS_H
#define PGF_OBJECTS_H

#include <stdint.h>

#include "base/buf.h"
#include "record/json.h"

struct objects {
	const char *prefix; /* "sst/c/"; without dimensions, the whole name */
	char separator;     /* '/' or '.' */
	uint64_t *per;      /* chunks in one object, for each dimension: a
			     * shard; NULL: one */
};

/* Append the name of the object that holds the chunk at that place of the grid. */
void objects_name(const struct objects *o, unsigned ndim, const uint64_t *at,
	struct buf *out);

/* True if a relative name stays in its folder: no empty part, none that is "." or
 * "..", none that begins with '/'. */
bool objects_name_is_safe(const char *name);

/* As the member "objects" {"prefix":..,"separator":..,"per":[..]}, and back; NULL:
 * ERR_DATA, also if names would leave the folder. */
struct js *objects_to_json(struct arena *a, const struct objects *o,
	unsigned ndim);
const struct objects *objects_from_json(struct arena *a, const struct js *v,
	unsigned ndim, struct err *err) PGF_CHECKED;

#endif
