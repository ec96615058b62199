/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carrier: the stored bytes of the chunks that a region carries over.
 *
 * What chunk/carry finds is read, looked at, and handed out as objects.  Memory
 * is kept from region to region.  Files are only read.
 */
#ifndef PGF_CARRIER_H
#define PGF_CARRIER_H

#include "chunk/codec.h"
#include "model/region.h"

struct carrier;

/* verify: chunks are decoded too, only to see that they can be. */
struct carrier *carrier_open(bool verify);
void carrier_close(struct carrier *c);

/* Read what can be carried over of a region, which must live until the last
 * carrier_get, and set skip of its pieces.  A chunk that cannot be read, or is not
 * what it should be, is left to be decoded: that finds out what is wrong, and says
 * so.  ERR_TEMP: a source file changed. */
int carrier_load(struct carrier *c, struct region *r,
	struct err *err) PGF_CHECKED;

/* Chunks of the region (in shards: those that make them), those of them that are
 * carried over, and stored bytes that were read. */
uint64_t carrier_chunks(const struct carrier *c);
uint64_t carrier_count(const struct carrier *c);
uint64_t carrier_bytes_read(const struct carrier *c);

/* The bytes of the chunk at[], one of the region's, valid until the next call;
 * false if it is not carried over. */
bool carrier_get(struct carrier *c, const uint64_t *at, struct bytes *out);

#endif
