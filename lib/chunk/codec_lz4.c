/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LZ4 as HDF5's registered filter 32004 frames it, which is neither LZ4's own
 * frame nor that of numcodecs: the whole length (8 bytes, big-endian), that of
 * a block (4), then each block behind its length; a block that did not become
 * smaller is stored as it is.
 */
#include "chunk/codec.h"

#include <inttypes.h>
#include <lz4.h>
#include <string.h>

#include "base/num.h"

/* A block, of which out->cap bytes are the most it can be. */
static int decode_block(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	int n = -1;

	(void)s;
	if (in.len <= LZ4_MAX_INPUT_SIZE && out->cap <= INT32_MAX)
		n = LZ4_decompress_safe((const char *)in.data,
			(char *)out->data, (int)in.len, (int)out->cap);
	if (n < 0)
		return err_set(err, ERR_DATA, "not a whole LZ4 block");
	out->len = (size_t)n;
	return 0;
}

const struct source_codec codec_from_lz4_block = {
	.name = "lz4",
	.bound = codec_bound,
	.decode = decode_block,
};

/* The next block, of size bytes, to the end of out. */
static int next_block(struct bytes *in, size_t size, struct room *out,
	struct err *err)
{
	struct room room = { out->data + out->len, size, 0 };
	struct bytes block;
	uint64_t stored;

	if (!codec_take_big(in, 4, &stored) || stored > in->len)
		return err_set(err, ERR_DATA, "cut short");
	block = (struct bytes){ in->data, (size_t)stored };
	in->data += stored;
	in->len -= (size_t)stored;
	if (stored == size)
		memcpy(room.data, block.data, size);
	else if (decode_block(NULL, block, &room, err) < 0)
		return -1;
	else if (room.len != size)
		return err_set(err, ERR_DATA, "a block is too short");
	out->len += size;
	return 0;
}

static int decode_lz4h5(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	uint64_t total, block;

	(void)s;
	if (!codec_take_big(&in, 8, &total) || !codec_take_big(&in, 4, &block))
		return err_set(err, ERR_DATA, "no room for lengths");
	if (total > out->cap)
		return err_set(err, ERR_DATA,
			"holds %" PRIu64 " bytes where at most %zu belong",
			total, out->cap);
	if (block == 0 && total > 0)
		return err_set(err, ERR_DATA, "blocks of no length");
	out->len = 0;
	while (out->len < total)
		if (next_block(&in, num_min(block, total - out->len), out,
			    err) < 0)
			return -1;
	return 0;
}

const struct source_codec codec_from_lz4h5 = {
	.name = "lz4h5",
	.bound = codec_bound_blocks,
	.decode = decode_lz4h5,
};
