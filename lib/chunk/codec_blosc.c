/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blosc-1 frames, from HDF5's registered filter 32001 and for Zarr.  Only the
 * functions with a context of their own and one thread are used: they need no
 * global set-up, look at no environment, and give the same bytes everywhere.
 */
#include "chunk/codec.h"

#include <blosc.h>
#include <string.h>

#include "base/str.h"

static int decode_blosc(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	size_t size;
	int n;

	(void)s;
	if (blosc_cbuffer_validate(in.data, in.len, &size) < 0)
		return err_set(err, ERR_DATA, "not a whole blosc frame");
	if (size > out->cap)
		return err_set(err, ERR_DATA,
			"holds %zu bytes where at most "
			"%zu belong",
			size, out->cap);
	n = blosc_decompress_ctx(in.data, out->data, size, 1);
	if (n < 0 || (size_t)n != size)
		return err_set(err, ERR_DATA, "corrupt blosc frame");
	out->len = size;
	return 0;
}

const struct source_codec codec_from_blosc = {
	.name = "blosc",
	.bound = codec_bound,
	.decode = decode_blosc,
};

static int setup_shuffle(const struct js *configuration, struct target_stage *s,
	struct err *err)
{
	static const char *const words[] = {
		[BLOSC_NOSHUFFLE] = "noshuffle",
		[BLOSC_SHUFFLE] = "shuffle",
		[BLOSC_BITSHUFFLE] = "bitshuffle",
	};
	const char *word = js_get_text(configuration, "shuffle");

	s->shuffle = BLOSC_SHUFFLE;
	if (js_get(configuration, "shuffle") == NULL)
		return 0;
	for (size_t i = 0; word && i < sizeof(words) / sizeof(*words); i++) {
		if (str_eq(word, words[i])) {
			s->shuffle = (int)i;
			return 0;
		}
	}
	return err_set(err, ERR_DATA,
		"'shuffle' is not 'noshuffle', "
		"'shuffle' or 'bitshuffle'");
}

static int setup_cname(const struct js *configuration, struct target_stage *s,
	struct err *err)
{
	s->cname = "lz4";
	if (js_get(configuration, "cname") == NULL)
		return 0;
	s->cname = js_get_text(configuration, "cname");
	if (s->cname == NULL || blosc_compname_to_compcode(s->cname) < 0)
		return err_set(err, ERR_DATA, "'cname' is not one of %s",
			blosc_list_compressors());
	return 0;
}

static int setup_blosc(const struct js *configuration, struct target_stage *s,
	struct err *err)
{
	int64_t level = 5, block = 0;
	/* Larger elements cannot be shuffled; blosc takes them as bytes. */
	int64_t type = s->typesize > 0 && s->typesize <= BLOSC_MAX_TYPESIZE ?
		(int64_t)s->typesize :
		1;

	if (codec_get_number(configuration,
		    (struct codec_number){ "clevel", 0, 9 }, &level, err) < 0 ||
		codec_get_number(configuration,
			(struct codec_number){ "typesize", 1, INT32_MAX },
			&type, err) < 0 ||
		codec_get_number(configuration,
			(struct codec_number){ "blocksize", 0, INT32_MAX },
			&block, err) < 0)
		return -1;
	s->level = (int)level;
	s->typesize = type <= BLOSC_MAX_TYPESIZE ? (size_t)type : 1;
	s->blocksize = (size_t)block;
	if (setup_cname(configuration, s, err) < 0)
		return -1;
	return setup_shuffle(configuration, s, err);
}

static size_t bound_blosc(const struct target_stage *s, size_t len)
{
	(void)s;
	return len + BLOSC_MAX_OVERHEAD;
}

static int encode_blosc(const struct target_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	int n;

	if (in.len > BLOSC_MAX_BUFFERSIZE)
		return err_set(err, ERR_DATA,
			"a chunk of %zu bytes is more "
			"than blosc takes (2 GiB): use smaller chunks",
			in.len);
	n = blosc_compress_ctx(s->level, s->shuffle, s->typesize, in.len,
		in.data, out->data, out->cap, s->cname, s->blocksize, 1);
	if (n <= 0)
		return err_set(err, ERR_FAIL, "cannot compress %zu bytes",
			in.len);
	out->len = (size_t)n;
	return 0;
}

const struct target_codec codec_to_blosc = {
	.name = "blosc",
	.setup = setup_blosc,
	.bound = bound_blosc,
	.encode = encode_blosc,
};
