/* SPDX-License-Identifier: Apache-2.0 */
/*
 * envelope: a chunk of HDF5 as a chunk of Zarr, without decoding it.
 *
 * A Blosc-1 frame of one block holds what HDF5's filters leave: its shuffle is
 * HDF5's, its payloads are plain zlib streams, zstd frames and raw LZ4 blocks,
 * and a payload as long as the block is taken for stored.  So a header in front
 * of a chunk makes it one of Zarr's codec 'blosc', which readers decode by what
 * the header says: chunks of one array may differ in it.
 *
 * Sources: C-Blosc 1, README_HEADER.rst ("Blosc Header Format") and blosc.c
 * (blocks that are not split, BLOSC_MAX_BLOCKSIZE); HDF5 File Format 3.0, IV.A.2.l
 * (filters shuffle, deflate, fletcher32); the registered filters 32001 (blosc: a
 * whole frame), 32004 (lz4: big-endian sizes before each block) and 32015 (zstd).
 */
#ifndef PGF_ENVELOPE_H
#define PGF_ENVELOPE_H

#include "chunk/codec.h"

enum { ENVELOPE_HEADER = 24 };

/* What the stored bytes of a chunk are. */
enum envelope_payload {
	ENVELOPE_RAW,
	ENVELOPE_ZLIB,
	ENVELOPE_ZSTD,
	ENVELOPE_LZ4,
	ENVELOPE_BLOSC,
};

struct envelope_form {
	enum envelope_payload payload;
	bool shuffled;   /* in elements of that many bytes: */
	size_t typesize; /* 1 to 255 */
	bool checked;    /* a fletcher32 of 4 bytes is behind it */
	size_t raw;      /* bytes that it decodes to */
};

/* What is known of a chunk without reading it. */
struct envelope_chunk {
	const struct js *codecs; /* of its array, in encode order */
	uint32_t mask;           /* bit i set: codec i was skipped */
	size_t element;          /* bytes of an element */
	uint64_t raw, stored;    /* bytes, decoded and not */
};

/* Set *out and return NULL; or say why the chunk cannot be carried over, as what
 * "its chunks" are: "are compressed in a way that blosc has not". */
const char *envelope_form_of(const struct envelope_chunk *c,
	struct envelope_form *out);

/* An object: header, then the stored bytes without some in front and behind. */
struct envelope {
	uint8_t header[ENVELOPE_HEADER];
	size_t header_len; /* 0 or ENVELOPE_HEADER */
	size_t skip, cut;
};

/* Make the envelope of the stored bytes.  Checks lengths, what their first bytes
 * must be, and fletcher32, but decodes nothing.  False: they are not what the
 * form says, or several blocks of lz4, or a frame of a codec that readers need
 * not have: to be decoded, which tells or finds nothing wrong. */
bool envelope_make(const struct envelope_form *form, struct bytes stored,
	struct envelope *out);

#endif
