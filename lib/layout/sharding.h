/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sharding: the shape of the shards of the arrays.
 *
 * A shard is a box of whole chunks that is stored as one object.  Asked for in
 * the words of target.chunks; lengths are rounded up to whole chunks.  Along a
 * dimension that the recipe does not name a shard is one chunk long.  A
 * coordinate, which is one chunk, has a shard only if it is named; strings have
 * none, because few readers know them there.
 */
#ifndef PGF_SHARDING_H
#define PGF_SHARDING_H

#include "layout/array.h"

/* Of every array that gets shards, set inner_shape to its chunk_shape, and
 * chunk_shape to the shape of a shard.  shards is target.shards or NULL.
 * ERR_DATA: a shard above 2 GiB. */
int sharding_decide(struct arena *a, const struct js *shards,
	struct arrays *all, struct err *err) PGF_CHECKED;

#endif
