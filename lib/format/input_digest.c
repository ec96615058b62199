/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests of the stored chunks were refused: the same values may be compressed in
 * many ways.
 */
#include "format/input.h"

#include "base/xxh.h"

static int add_bytes(void *state, const void *bytes, size_t len,
	struct err *err)
{
	(void)err;
	xxh_add(state, bytes, len);
	return 0;
}

const char *input_digest(struct arena *a, const struct input *in,
	const struct variable *v, struct err *err)
{
	struct xxh *h = xxh_open();
	const struct netcdf_sink sink = { add_bytes, h };
	char text[XXH_HEX];
	int result = input_values(in, v, &sink, err);

	xxh_end(h, text);
	xxh_close(h);
	return result < 0 ? NULL : arena_strdup(a, text);
}
