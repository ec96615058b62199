/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zarr_chunk: where the chunks of a Zarr array lie: in which objects, and where in
 * these.
 */
#ifndef PGF_ZARR_CHUNK_H
#define PGF_ZARR_CHUNK_H

#include "format/view.h"
#include "format/zarr_array.h"

/* Chunks that one shard may have. */
enum { ZARR_SHARD_MAX = 1 << 24 };

/* Set the refs of an array that zarr_array_read has read: offset, length and tag
 * (chunk/source) of each chunk that the store has; the others are absent.  On a
 * server each object is asked for, many at once, and only one that it says is not
 * there (404) is absent.  Of shards the index is read.  They live in the arena.
 * ERR_DATA: an object that is no file, a shard that is damaged. */
int zarr_chunk_find(struct arena *a, const struct view *store,
	const struct zarr_shard *shard, struct chunk_table *t,
	struct err *err) PGF_CHECKED;

/* The same of an array that has no chunks. */
void zarr_chunk_none(struct arena *a, struct chunk_table *t);

/* Read the index of a shard of n chunks, n * 16 bytes, and the 4 of its checksum if it has
 * one: offset and length of chunk i; both UINT64_MAX if it is absent.  ERR_DATA: it
 * is corrupt, or a chunk lies outside of the size bytes of its object. */
struct zarr_index {
	const uint8_t *bytes;
	uint64_t n, size;
	bool has_checksum;
};
int zarr_chunk_index(const struct zarr_index *x, uint64_t *offset,
	uint64_t *length, struct err *err) PGF_CHECKED;

#endif
