/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zstandard frames (RFC 8878), from HDF5's registered filter 32015 and for
 * Zarr.  One thread: with more the bytes depend on their number.
 */
#include "chunk/codec.h"

#include <zstd.h>

static void *open_zstd(void)
{
	return ZSTD_createDCtx();
}

static void close_zstd(void *state)
{
	ZSTD_freeDCtx(state);
}

static int decode_zstd(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	size_t n;

	if (s->state == NULL)
		return err_set(err, ERR_TEMP, "out of memory");
	n = ZSTD_decompressDCtx(s->state, out->data, out->cap, in.data, in.len);
	if (ZSTD_isError(n))
		return err_set(err, ERR_DATA, "%s", ZSTD_getErrorName(n));
	out->len = n;
	return 0;
}

const struct source_codec codec_from_zstd = {
	.name = "zstd",
	.bound = codec_bound,
	.open = open_zstd,
	.close = close_zstd,
	.decode = decode_zstd,
};

static int setup_zstd(const struct js *configuration, struct target_stage *s,
	struct err *err)
{
	const struct js *checksum = js_get(configuration, "checksum");
	int64_t level = 0; /* zstd's word for its default */

	if (codec_get_number(configuration,
		    (struct codec_number){ "level", ZSTD_minCLevel(),
			    ZSTD_maxCLevel() },
		    &level, err) < 0)
		return -1;
	if (checksum != NULL && !js_bool(checksum, &s->checksum))
		return err_set(err, ERR_DATA,
			"'checksum' is not true or false");
	s->level = (int)level;
	s->state = ZSTD_createCCtx();
	if (s->state == NULL)
		return err_set(err, ERR_TEMP, "out of memory");
	ZSTD_CCtx_setParameter(s->state, ZSTD_c_compressionLevel, s->level);
	ZSTD_CCtx_setParameter(s->state, ZSTD_c_checksumFlag, s->checksum);
	return 0;
}

static void release_zstd(void *state)
{
	ZSTD_freeCCtx(state);
}

static size_t bound_zstd(const struct target_stage *s, size_t len)
{
	(void)s;
	return ZSTD_compressBound(len);
}

static int encode_zstd(const struct target_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	size_t n =
		ZSTD_compress2(s->state, out->data, out->cap, in.data, in.len);

	if (ZSTD_isError(n))
		return err_set(err, ERR_FAIL, "%s", ZSTD_getErrorName(n));
	out->len = n;
	return 0;
}

const struct target_codec codec_to_zstd = {
	.name = "zstd",
	.setup = setup_zstd,
	.release = release_zstd,
	.bound = bound_zstd,
	.encode = encode_zstd,
};
