/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bzip2 streams, HDF5's registered filter 307.
 */
#include "chunk/codec.h"

#include <bzlib.h>

/* The library asks for its input as if it wrote to it, which it does not. */
static char *borrow(const uint8_t *p)
{
	union {
		const uint8_t *in;
		char *plain;
	} u = { .in = p };

	return u.plain;
}

static int decode_bz2(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	unsigned len = (unsigned)out->cap;

	(void)s;
	if (in.len > UINT32_MAX || out->cap > UINT32_MAX)
		return err_set(err, ERR_DATA, "too large");
	switch (BZ2_bzBuffToBuffDecompress((char *)out->data, &len,
		borrow(in.data), (unsigned)in.len, 0, 0)) {
	case BZ_OK:
		out->len = len;
		return 0;
	case BZ_MEM_ERROR:
		return err_set(err, ERR_TEMP, "out of memory");
	case BZ_OUTBUFF_FULL:
		return err_set(err, ERR_DATA, "holds more than %zu bytes",
			out->cap);
	default:
		return err_set(err, ERR_DATA, "not a whole bzip2 stream");
	}
}

const struct source_codec codec_from_bz2 = {
	.name = "bz2",
	.bound = codec_bound,
	.decode = decode_bz2,
};
