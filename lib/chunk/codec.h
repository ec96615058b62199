/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codec: one step of a chunk's pipeline, in either direction.
 *
 * Source codecs are filters of HDF5 and codecs of Zarr, undone by chunk/decoder; target codecs are
 * those of Zarr v3, applied by chunk/encoder.  A codec is a small table of
 * functions; the files codec_*.c hold them, one foreign library each.  To add
 * one, write its table and name it in decoder.c or encoder.c.
 */
#ifndef PGF_CODEC_H
#define PGF_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "record/json.h"

/* Bytes to read; and room for cap bytes, of which the first len are set. */
struct bytes {
	const uint8_t *data;
	size_t len;
};

struct room {
	uint8_t *data;
	size_t cap, len;
};

/* A codec in the pipeline of one array. */
struct source_stage {
	const struct source_codec *codec;
	void *state;    /* of codec->open, or NULL */
	size_t element; /* shuffle, bitshuffle: bytes */
	size_t block;   /* bitshuffle: elements; 0: the usual number */
	const struct source_codec *inner; /* bitshuffle: of a block, or NULL */
	struct codec_szip {
		unsigned options, block, bits, line; /* as in szlib.h */
	} szip;
};

struct source_codec {
	const char *name;
	size_t trailer; /* bytes that encoding puts behind the data */

	/* Bytes that size bytes are at most once encoded, generously; NULL if
	 * they are as many and the trailer. */
	size_t (*bound)(size_t size);

	/* Scratch of the codec, made once; NULL if it needs none. */
	void *(*open)(void);
	void (*close)(void *state);

	/* Read the configuration into s (element holds the bytes of an
	 * element); NULL if nothing in it matters.  ERR_DATA for what cannot
	 * be. */
	int (*setup)(const struct js *configuration, struct source_stage *s,
		struct err *err);

	/* Put the decoded bytes into out.  Never writes beyond out->cap; more
	 * than that, or corrupt input, is ERR_DATA. */
	int (*decode)(const struct source_stage *s, struct bytes in,
		struct room *out, struct err *err);

	/* Instead of decode, where decoding only checks and then drops the
	 * trailer: in is with the trailer. */
	int (*check)(struct bytes in, struct err *err);
};

extern const struct source_codec codec_from_shuffle, codec_from_fletcher32,
	codec_from_zlib, codec_from_zstd, codec_from_blosc, codec_from_szip,
	codec_from_lzf, codec_from_bz2, codec_from_lz4h5, codec_from_bitshuffle,
	codec_from_gzip, codec_from_crc32c;

/* A block of LZ4 without a frame, inside of other codecs. */
extern const struct source_codec codec_from_lz4_block;

/* A bound for compressors that store what they cannot make smaller. */
size_t codec_bound(size_t size);

/* The same for those that do it block by block, however small. */
size_t codec_bound_blocks(size_t size);

/* Take the first n bytes, at most 8, as a big-endian number; false if there are
 * fewer. */
bool codec_take_big(struct bytes *in, unsigned n, uint64_t *out);

/* A codec in the pipeline of a target array. */
struct target_stage {
	const struct target_codec *codec;
	void *state; /* the codec's own, from setup */
	int level;
	bool checksum;     /* zstd */
	const char *cname; /* blosc; borrowed from the configuration */
	int shuffle;       /* blosc: as in blosc.h */
	size_t typesize, blocksize;
};

struct target_codec {
	const char *name;

	/* Read the configuration into s (typesize holds the bytes of an
	 * element) and make its state.  ERR_DATA for what cannot be. */
	int (*setup)(const struct js *configuration, struct target_stage *s,
		struct err *err);
	void (*release)(void *state);

	/* Bytes that len bytes can become at most. */
	size_t (*bound)(const struct target_stage *s, size_t len);

	/* Encode into out, whose cap is at least bound(in.len). */
	int (*encode)(const struct target_stage *s, struct bytes in,
		struct room *out, struct err *err);
};

extern const struct target_codec codec_to_crc32c, codec_to_gzip, codec_to_zstd,
	codec_to_blosc;

/* A whole number of a configuration, from low to high; absent leaves *out as
 * it is. */
struct codec_number {
	const char *name;
	int64_t low, high;
};
int codec_get_number(const struct js *configuration, struct codec_number n,
	int64_t *out, struct err *err) PGF_CHECKED;

#endif
