/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encoder: a target chunk through its Zarr v3 codecs.
 *
 * A pipeline is one array-to-bytes codec (bytes, little-endian; vlen-utf8 for
 * text of variable length) and any number of bytes-to-bytes codecs: blosc,
 * zstd, gzip, crc32c (Zarr v3 core 1.0, "Codecs").  The same bytes come out
 * for the same chunk, always.
 */
#ifndef PGF_ENCODER_H
#define PGF_ENCODER_H

#include "chunk/codec.h"
#include "model/dtype.h"

struct encoder;

struct encoder *encoder_open(void);
void encoder_close(struct encoder *e);

/* Make ready for chunks of elements of that type with that list of codecs,
 * which must live until the last encoder_run.  ERR_DATA, naming the codec, for
 * a pipeline that cannot be. */
int encoder_begin(struct encoder *e, const struct js *codecs,
	struct dtype dtype, struct err *err) PGF_CHECKED;

/* Encode one chunk, given as the bytes that the array-to-bytes codec makes:
 * little-endian values in C order, or text_encode's output.  *out points to
 * memory of the encoder, valid until the next call, or to in itself. */
int encoder_run(struct encoder *e, struct bytes in, struct bytes *out,
	struct err *err) PGF_CHECKED;

#endif
