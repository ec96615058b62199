/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decoder: the filter pipeline of a source chunk, undone.
 *
 * Knows shuffle, bitshuffle, fletcher32, crc32c, zlib, gzip, zstd, blosc, szip,
 * lz4h5, lzf and bz2, in any order.  Every output is bounded by what the chunk shape allows
 * before anything is decoded.
 */
#ifndef PGF_DECODER_H
#define PGF_DECODER_H

#include "chunk/codec.h"

/* Decoders and scratch, reused from chunk to chunk. */
struct decoder;

struct decoder *decoder_open(void);
void decoder_close(struct decoder *d);

/* True if every codec of the list (names in encode order) is known. */
bool decoder_knows(const struct js *codecs);

/* Make ready for chunks of an array with that list of codecs and elements of
 * that many bytes.  Fails (ERR_DATA) on unknown codecs and bad
 * configurations. */
int decoder_begin(struct decoder *d, const struct js *codecs, size_t element,
	struct err *err) PGF_CHECKED;

/* True if a chunk with that mask (bit i: codec i was skipped) is stored as it
 * is. */
bool decoder_is_raw(const struct decoder *d, uint32_t mask);

/* Stored bytes that a chunk of size bytes can have at most. */
size_t decoder_bound(const struct decoder *d, size_t size);

/* Decode one chunk to exactly out.cap bytes; anything else is ERR_DATA, naming
 * the codec. */
int decoder_run(struct decoder *d, struct bytes in, uint32_t mask,
	struct room out, struct err *err) PGF_CHECKED;

#endif
