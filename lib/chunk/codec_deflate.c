/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deflate in its two frames: zlib (RFC 1950) from HDF5's filter 1, gzip (RFC
 * 1952) for Zarr.  libdeflate works on whole chunks, three to four times as
 * fast as zlib, which was refused since no chunk is ever streamed.
 */
#include "chunk/codec.h"

#include <libdeflate.h>

static void *open_zlib(void)
{
	return libdeflate_alloc_decompressor();
}

static void close_zlib(void *state)
{
	libdeflate_free_decompressor(state);
}

/* What a decompression came to. */
static int judge(enum libdeflate_result result, const char *what, size_t cap,
	struct err *err)
{
	switch (result) {
	case LIBDEFLATE_SUCCESS:
		return 0;
	case LIBDEFLATE_INSUFFICIENT_SPACE:
		return err_set(err, ERR_DATA, "inflates to more than %zu bytes",
			cap);
	default:
		return err_set(err, ERR_DATA, "not a whole %s stream", what);
	}
}

static int decode_zlib(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	if (s->state == NULL)
		return err_set(err, ERR_TEMP, "out of memory");
	return judge(libdeflate_zlib_decompress(s->state, in.data, in.len,
			     out->data, out->cap, &out->len),
		"zlib", out->cap, err);
}

/* One member only: nobody writes chunks in more. */
static int decode_gzip(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	size_t used = in.len;

	if (s->state == NULL)
		return err_set(err, ERR_TEMP, "out of memory");
	if (judge(libdeflate_gzip_decompress_ex(s->state, in.data, in.len,
			  out->data, out->cap, &used, &out->len),
		    "gzip", out->cap, err) < 0)
		return -1;
	return used == in.len ?
		0 :
		err_set(err, ERR_DATA, "%zu bytes behind the gzip stream",
			in.len - used);
}

const struct source_codec codec_from_zlib = {
	.name = "zlib",
	.bound = codec_bound,
	.open = open_zlib,
	.close = close_zlib,
	.decode = decode_zlib,
};

const struct source_codec codec_from_gzip = {
	.name = "gzip",
	.bound = codec_bound,
	.open = open_zlib,
	.close = close_zlib,
	.decode = decode_gzip,
};

/* The default is that of the gzip program; Zarr v3 has none. */
static int setup_gzip(const struct js *configuration, struct target_stage *s,
	struct err *err)
{
	int64_t level = 6;

	if (codec_get_number(configuration,
		    (struct codec_number){ "level", 0, 9 }, &level, err) < 0)
		return -1;
	s->level = (int)level;
	s->state = libdeflate_alloc_compressor(s->level);
	return s->state ? 0 : err_set(err, ERR_TEMP, "out of memory");
}

static void release_gzip(void *state)
{
	libdeflate_free_compressor(state);
}

static size_t bound_gzip(const struct target_stage *s, size_t len)
{
	return libdeflate_gzip_compress_bound(s->state, len);
}

/* libdeflate leaves time, name and flags of the header empty, so the same
 * chunk gives the same bytes. */
static int encode_gzip(const struct target_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	out->len = libdeflate_gzip_compress(s->state, in.data, in.len,
		out->data, out->cap);
	return out->len ? 0 : err_set(err, ERR_FAIL, "cannot deflate");
}

const struct target_codec codec_to_gzip = {
	.name = "gzip",
	.setup = setup_gzip,
	.release = release_gzip,
	.bound = bound_gzip,
	.encode = encode_gzip,
};
