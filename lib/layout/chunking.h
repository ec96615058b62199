/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chunking: the shape of the chunks of the arrays.
 *
 * What the recipe names is taken as it stands.  If chunks are to stay as they are
 * and nothing named forbids it, their shape (t->kept).  For the rest: the length of the
 * first file along the concat dimension, other dimensions whole, then the
 * longest of those axes is halved until a chunk is at most 128 MiB.  Where the
 * recipe asks for a size in bytes, those lengths are the aspect that is kept
 * (model/chunking_fit); along a concat dimension the largest variable leads.  A
 * coordinate (one dimension, named like it) is one chunk, because readers load
 * it whole and at once; along the concat dimension that chunk has room to grow
 * (1024 elements, or the next power of two).
 */
#ifndef PGF_CHUNKING_H
#define PGF_CHUNKING_H

#include "layout/array.h"

/* The names below target.chunks, target.shards and target.codecs must be dimensions and
 * variables of the layout: ERR_DATA with the nearest that is. */
int chunking_check(struct arena *a, const struct layout *l,
	const struct recipe_target *t, struct err *err) PGF_CHECKED;

/* Set the chunk_shape of every array; all but that is set.  chunks is
 * target.chunks or NULL.  ERR_DATA: a chunk above 2 GiB, which no codec takes,
 * or above the size that the recipe asks for, by the lengths that it sets. */
int chunking_decide(struct arena *a, const struct layout *l,
	const struct js *chunks, struct arrays *all,
	struct err *err) PGF_CHECKED;

#endif
