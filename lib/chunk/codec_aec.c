/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SZIP chunks, HDF5's filter 4: the length of what is decoded in 4 bytes, then
 * the Rice coder of CCSDS 121.0-B.  libaec's stream is used, not its imitation
 * of the szip library: that takes a stream that ends early for a whole one.  Two
 * things it leaves to us: pixels of 32 and 64 bits are coded as planes of bytes,
 * and a line that is no whole number of blocks is padded to be one.
 */
#include "chunk/codec.h"

#include <libaec.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "chunk/shuffle.h"

/* Bits of the options, and the limits of the szip library. */
enum { MSB = 16, NN = 32, MAX_BLOCK = 32, MAX_LINE = 4096 };

static void *open_szip(void)
{
	struct buf *b = mem_alloc(sizeof(*b));

	*b = (struct buf)BUF_INIT;
	return b;
}

static void close_szip(void *state)
{
	buf_release(state);
	mem_free(state);
}

static int setup_szip(const struct js *configuration, struct source_stage *s,
	struct err *err)
{
	static const struct codec_number numbers[] = {
		{ "options_mask", 0, UINT16_MAX },
		{ "pixels_per_block", 2, MAX_BLOCK },
		{ "bits_per_pixel", 1, 64 },
		{ "pixels_per_scanline", 1, MAX_LINE },
	};
	unsigned *const out[] = { &s->szip.options, &s->szip.block,
		&s->szip.bits, &s->szip.line };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		int64_t v = 0;

		if (codec_get_number(configuration, numbers[i], &v, err) < 0)
			return -1;
		if (v == 0 && numbers[i].low > 0)
			return err_set(err, ERR_DATA, "'%s' is missing",
				numbers[i].name);
		*out[i] = (unsigned)v;
	}
	if (s->szip.block % 2 != 0)
		return err_set(err, ERR_DATA, "'pixels_per_block' is odd");
	if (s->szip.bits > 24 && s->szip.bits != 32 && s->szip.bits != 64)
		return err_set(err, ERR_DATA,
			"'bits_per_pixel' is not 1 to 24, 32 or 64");
	return 0;
}

/* Decode exactly out.len bytes. */
static int decode_stream(const struct codec_szip *p, struct bytes in,
	struct room out)
{
	struct aec_stream stream = {
		.next_in = in.data,
		.avail_in = in.len,
		.next_out = out.data,
		.avail_out = out.len,
		.bits_per_sample = p->bits > 24 ? 8 : p->bits,
		.block_size = p->block,
		.rsi = (p->line + p->block - 1) / p->block,
		.flags = AEC_NOT_ENFORCE |
			(p->options & MSB ? AEC_DATA_MSB : 0) |
			(p->options & NN ? AEC_DATA_PREPROCESS : 0),
	};

	return aec_buffer_decode(&stream) == AEC_OK &&
			stream.total_out == out.len ?
		0 :
		-1;
}

/* What the stream holds of size bytes: whole padded lines if lines are
 * padded. */
static size_t padded_size(size_t size, size_t line, size_t padded)
{
	return line == padded ? size : num_ceil_div(size, line) * padded;
}

static void drop_padding(uint8_t *p, size_t size, size_t line, size_t padded)
{
	for (size_t to = line, from = padded; line != padded && to < size;
		to += line, from += padded)
		memmove(p + to, p + from, line);
}

static int decode_pixels(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	const struct codec_szip *p = &s->szip;
	size_t sample = p->bits > 24 || p->bits <= 8 ? 1 :
		p->bits <= 16                        ? 2 :
						       4;
	size_t line = p->line * sample;
	size_t padded = num_ceil_div(p->line, p->block) * p->block * sample;
	size_t size = padded_size(out->len, line, padded);
	bool planes = p->bits > 24;
	struct buf *scratch = s->state;
	uint8_t *to = out->data;

	if (planes || size != out->len) {
		buf_reserve(scratch, size);
		to = (uint8_t *)scratch->data;
	}
	if (decode_stream(p, in, (struct room){ to, size, size }) < 0)
		return err_set(err, ERR_DATA, "not a whole szip stream");
	drop_padding(to, out->len, line, padded);
	if (planes)
		shuffle_undo(p->bits / 8, to, out->len, out->data);
	else if (to != out->data)
		memcpy(out->data, to, out->len);
	return 0;
}

static int decode_szip(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	size_t size = 0;

	if (in.len < 4)
		return err_set(err, ERR_DATA, "no room for a length");
	for (unsigned i = 0; i < 4; i++)
		size |= (size_t)in.data[i] << (8 * i);
	if (size > out->cap)
		return err_set(err, ERR_DATA,
			"holds %zu bytes where at most %zu belong", size,
			out->cap);
	out->len = size;
	in.data += 4;
	in.len -= 4;
	return size > 0 ? decode_pixels(s, in, out, err) : 0;
}

const struct source_codec codec_from_szip = {
	.name = "szip",
	.bound = codec_bound,
	.open = open_szip,
	.close = close_szip,
	.setup = setup_szip,
	.decode = decode_szip,
};
