/* SPDX-License-Identifier: Apache-2.0 */
/*
 * array_key: the names of the chunks of an array in its store.
 *
 * "sst/c/2/0" in Zarr v3, "sst/2.0" in v2, with the other separator "sst/c.2.0" and
 * "sst/2/0" (chunk/grid does the spelling).
 * Chunks are numbered in C order over the grid.
 */
#ifndef PGF_ARRAY_KEY_H
#define PGF_ARRAY_KEY_H

#include "base/buf.h"
#include "layout/array.h"

/* Put the name of chunk number k into out, in place of what is there. */
void array_key_text(struct buf *out, const struct array *t, uint64_t k);

/* The number of the chunk of that name; false if the array has none such. */
bool array_key_number(const struct array *t, const char *name, uint64_t *k);

/* True if the part of a name after "sst/" is spelled like a chunk's, in either
 * format: "c", "c/0/1", "c.0.1", "0", "0.1", "0/1". */
bool array_key_is_like(const char *rest);

#endif
