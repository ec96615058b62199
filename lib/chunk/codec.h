/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codec: one step of a chunk's pipeline, in either direction.
 *
 * Source codecs are filters of HDF5, undone by chunk/decoder; target codecs are
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
	size_t element; /* shuffle: bytes */
};

struct source_codec {
	const char *name;
	size_t trailer; /* bytes that encoding puts behind the data */
	bool packs;     /* encoded length depends on the contents */

	/* Scratch of the codec, made once; NULL if it needs none. */
	void *(*open)(void);
	void (*close)(void *state);

	/* Put the decoded bytes into out.  Never writes beyond out->cap; more
	 * than that, or corrupt input, is ERR_DATA. */
	int (*decode)(const struct source_stage *s, struct bytes in,
		struct room *out, struct err *err);

	/* Instead of decode, where decoding only checks and then drops the
	 * trailer: in is with the trailer. */
	int (*check)(struct bytes in, struct err *err);
};

extern const struct source_codec codec_from_shuffle, codec_from_fletcher32,
	codec_from_zlib, codec_from_zstd, codec_from_blosc;

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
