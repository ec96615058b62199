/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LZF, HDF5's registered filter 32000: a bare stream of liblzf, as h5py writes
 * it.  What does not become smaller is stored with the filter skipped.
 */
#include "chunk/codec.h"

#include <errno.h>
#include <lzf.h>

static int decode_lzf(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	unsigned n = 0;

	(void)s;
	errno = EINVAL;
	if (in.len > 0 && in.len <= UINT32_MAX && out->cap <= UINT32_MAX)
		n = lzf_decompress(in.data, (unsigned)in.len, out->data,
			(unsigned)out->cap);
	if (n == 0 && errno == E2BIG)
		return err_set(err, ERR_DATA, "holds more than %zu bytes",
			out->cap);
	if (n == 0)
		return err_set(err, ERR_DATA, "not a whole LZF stream");
	out->len = n;
	return 0;
}

const struct source_codec codec_from_lzf = {
	.name = "lzf",
	.bound = codec_bound,
	.decode = decode_lzf,
};
