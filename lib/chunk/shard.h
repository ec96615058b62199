/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shard: many encoded chunks as one stored object.
 *
 * Zarr v3 codec "sharding_indexed", version 1.0: the chunks, then an index of an
 * offset and a length (64 bits each, little-endian) for every chunk that the
 * shard has room for, in C order, then the CRC-32C of the index.  An absent
 * chunk has 2^64-1 for both, and holds the fill value.
 */
#ifndef PGF_SHARD_H
#define PGF_SHARD_H

#include "chunk/codec.h"

/* Memory, reused from shard to shard. */
struct shard;

struct shard *shard_open(void);
void shard_close(struct shard *s);

/* Begin a shard of n chunks, all absent.  ERR_DATA if the index alone is more
 * than 2 GiB. */
int shard_begin(struct shard *s, uint64_t n, struct err *err) PGF_CHECKED;

/* Put chunk i, below n, behind those before it. */
void shard_add(struct shard *s, uint64_t i, struct bytes chunk);

/* The object; NULL and 0 bytes if every chunk is absent, because then so is the
 * shard.  Valid until the next call. */
struct bytes shard_end(struct shard *s);

#endif
