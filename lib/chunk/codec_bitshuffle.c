/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bitshuffle, HDF5's registered filter 32008: blocks of bit planes, and behind
 * them, as they are, the elements that are no multiple of eight.  If the blocks
 * are compressed as well, the whole length (8 bytes, big-endian) and that of a
 * block (4) come first, and before each block its stored length (4).
 */
#include "chunk/codec.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "chunk/bitshuffle.h"

/* The usual block: as many elements as are in USUAL bytes, but LEAST. */
enum { USUAL = 8192, LEAST = 128, GROUP = 8 };

struct state {
	void *zstd;
	struct buf block, planes;
};

static void *open_bitshuffle(void)
{
	struct state *st = mem_alloc(sizeof(*st));

	*st = (struct state){ .zstd = codec_from_zstd.open() };
	return st;
}

static void close_bitshuffle(void *state)
{
	struct state *st = state;

	codec_from_zstd.close(st->zstd);
	buf_release(&st->block);
	buf_release(&st->planes);
	mem_free(st);
}

static int setup_bitshuffle(const struct js *configuration,
	struct source_stage *s, struct err *err)
{
	const char *cname = js_get_text(configuration, "cname");
	int64_t element = (int64_t)s->element, block = 0;

	if (codec_get_number(configuration,
		    (struct codec_number){ "elementsize", 1, INT32_MAX },
		    &element, err) < 0 ||
		codec_get_number(configuration,
			(struct codec_number){ "blocksize", 0, INT32_MAX },
			&block, err) < 0)
		return -1;
	s->element = (size_t)element;
	s->block = (size_t)block;
	if (s->block == 0)
		s->block = num_max(USUAL / s->element / GROUP * GROUP, LEAST);
	if (s->block % GROUP != 0)
		return err_set(err, ERR_DATA,
			"'blocksize' is not a multiple of 8");
	if (js_get(configuration, "cname") == NULL || str_eq(cname, "none"))
		s->inner = NULL;
	else if (cname != NULL && str_eq(cname, "lz4"))
		s->inner = &codec_from_lz4_block;
	else if (cname != NULL && str_eq(cname, "zstd"))
		s->inner = &codec_from_zstd;
	else
		return err_set(err, ERR_DATA,
			"'cname' is not 'none', 'lz4' or 'zstd'");
	return 0;
}

/* The next size bytes as they are, or ERR_DATA. */
static int take(struct bytes *in, size_t size, struct bytes *out,
	struct err *err)
{
	if (in->len < size)
		return err_set(err, ERR_DATA, "cut short");
	*out = (struct bytes){ in->data, size };
	in->data += size;
	in->len -= size;
	return 0;
}

/* The bit planes of the next block, size bytes. */
static int next_block(const struct source_stage *s, struct bytes *in,
	size_t size, struct bytes *out, struct err *err)
{
	struct state *st = s->state;
	struct source_stage inner = { .codec = s->inner, .state = st->zstd };
	struct room room = { .cap = size };
	uint64_t stored;

	if (s->inner == NULL)
		return take(in, size, out, err);
	if (!codec_take_big(in, 4, &stored) || stored > in->len)
		return err_set(err, ERR_DATA, "cut short");
	if (take(in, (size_t)stored, out, err) < 0)
		return -1;
	buf_reserve(&st->block, size);
	room.data = (uint8_t *)st->block.data;
	if (s->inner->decode(&inner, *out, &room, err) < 0)
		return -1;
	if (room.len != size)
		return err_set(err, ERR_DATA, "a block is too short");
	*out = (struct bytes){ room.data, size };
	return 0;
}

/* total bytes in blocks of that many elements. */
static int decode_blocks(const struct source_stage *s, struct bytes in,
	size_t block, struct room *out, struct err *err)
{
	struct state *st = s->state;
	size_t total = out->len, tail = total % (GROUP * s->element);
	struct bytes planes;

	for (size_t at = 0, n; at < total - tail; at += n * s->element) {
		n = num_min(block, (total - tail - at) / s->element);
		if (next_block(s, &in, n * s->element, &planes, err) < 0)
			return -1;
		buf_reserve(&st->planes, n * s->element);
		bitshuffle_undo(s->element, planes.data, n,
			(uint8_t *)st->planes.data, out->data + at);
	}
	if (take(&in, tail, &planes, err) < 0)
		return -1;
	if (tail > 0)
		memcpy(out->data + total - tail, planes.data, tail);
	return 0;
}

static int decode_bitshuffle(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	uint64_t total = in.len, block = s->block;

	if (s->inner != NULL) {
		if (!codec_take_big(&in, 8, &total) ||
			!codec_take_big(&in, 4, &block))
			return err_set(err, ERR_DATA, "no room for lengths");
		block /= s->element;
		if (block == 0 || block % GROUP != 0)
			return err_set(err, ERR_DATA,
				"blocks that are no multiple of 8 elements");
	}
	if (total > out->cap)
		return err_set(err, ERR_DATA,
			"holds %" PRIu64 " bytes where at most %zu belong",
			total, out->cap);
	out->len = (size_t)total;
	return decode_blocks(s, in, (size_t)block, out, err);
}

const struct source_codec codec_from_bitshuffle = {
	.name = "bitshuffle",
	.bound = codec_bound_blocks,
	.open = open_bitshuffle,
	.close = close_bitshuffle,
	.setup = setup_bitshuffle,
	.decode = decode_bitshuffle,
};
