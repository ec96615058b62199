/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chunking: the shape of the chunks of an array.
 *
 * What the recipe names is taken as it stands.  For the rest: the length of the
 * first file along the concat dimension, other dimensions whole, then the
 * longest of those axes is halved until a chunk is at most 128 MiB.  A
 * coordinate (one dimension, named like it) is one chunk, because readers load
 * it whole and at once; along the concat dimension that chunk has room to grow
 * (1024 elements, or the next power of two).
 */
#ifndef PGF_CHUNKING_H
#define PGF_CHUNKING_H

#include "model/array.h"

/* The names below target.chunks and target.codecs must be dimensions and
 * variables of the layout: ERR_DATA with the nearest that is. */
int chunking_check(struct arena *a, const struct layout *l,
	const struct recipe_target *t, struct err *err) PGF_CHECKED;

/* Set t->chunk_shape; the other members of t are set but for it.  chunks is
 * target.chunks or NULL.  ERR_DATA: a chunk above 2 GiB, which no codec takes. */
int chunking_decide(struct arena *a, const struct layout *l,
	const struct js *chunks, struct array *t, struct err *err) PGF_CHECKED;

#endif
