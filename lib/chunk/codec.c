/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The codecs that need no foreign library, and what all of them share.
 */
#include "chunk/codec.h"

#include <inttypes.h>
#include <string.h>

#include "chunk/crc32c.h"
#include "chunk/fletcher32.h"
#include "chunk/shuffle.h"

enum { TRAILER = 4 };

static void put_little(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < TRAILER; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

int codec_get_number(const struct js *configuration, struct codec_number n,
	int64_t *out, struct err *err)
{
	const struct js *v = js_get(configuration, n.name);
	int64_t got;

	if (v == NULL)
		return 0;
	if (!js_i64(v, &got) || got < n.low || got > n.high)
		return err_set(err, ERR_DATA,
			"'%s' is not a whole number from "
			"%" PRId64 " to %" PRId64,
			n.name, n.low, n.high);
	*out = got;
	return 0;
}

size_t codec_bound(size_t size)
{
	return size + size / 8 + 4096;
}

/* A frame of zstd around 8 bytes, and its length, are 21. */
size_t codec_bound_blocks(size_t size)
{
	return 3 * size + 4096;
}

bool codec_take_big(struct bytes *in, unsigned n, uint64_t *out)
{
	if (in->len < n)
		return false;
	*out = 0;
	for (unsigned i = 0; i < n; i++)
		*out = *out << 8 | in->data[i];
	in->data += n;
	in->len -= n;
	return true;
}

static int setup_shuffle(const struct js *configuration, struct source_stage *s,
	struct err *err)
{
	int64_t size = (int64_t)s->element;

	if (codec_get_number(configuration,
		    (struct codec_number){ "elementsize", 1, INT32_MAX }, &size,
		    err) < 0)
		return -1;
	s->element = (size_t)size;
	return 0;
}

static int undo_shuffle(const struct source_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	if (in.len > out->cap)
		return err_set(err, ERR_DATA,
			"%zu bytes where at most %zu "
			"belong",
			in.len, out->cap);
	shuffle_undo(s->element, in.data, in.len, out->data);
	out->len = in.len;
	return 0;
}

const struct source_codec codec_from_shuffle = {
	.name = "shuffle",
	.setup = setup_shuffle,
	.decode = undo_shuffle,
};

static int check_fletcher32(struct bytes in, struct err *err)
{
	return fletcher32_check(in.data, in.len, err);
}

const struct source_codec codec_from_fletcher32 = {
	.name = "fletcher32",
	.trailer = FLETCHER32_SIZE,
	.check = check_fletcher32,
};

static int check_crc32c(struct bytes in, struct err *err)
{
	uint8_t sum[TRAILER];

	if (in.len < TRAILER)
		return err_set(err, ERR_DATA, "no room for a checksum");
	put_little(sum, crc32c_of(in.data, in.len - TRAILER));
	if (memcmp(sum, in.data + in.len - TRAILER, TRAILER) == 0)
		return 0;
	return err_set(err, ERR_DATA, "the checksum is another: corrupt");
}

const struct source_codec codec_from_crc32c = {
	.name = "crc32c",
	.trailer = TRAILER,
	.check = check_crc32c,
};

static int setup_crc32c(const struct js *configuration, struct target_stage *s,
	struct err *err)
{
	(void)configuration;
	(void)s;
	(void)err;
	return 0;
}

static size_t bound_crc32c(const struct target_stage *s, size_t len)
{
	(void)s;
	return len + TRAILER;
}

static int add_crc32c(const struct target_stage *s, struct bytes in,
	struct room *out, struct err *err)
{
	(void)s;
	(void)err;
	if (in.len > 0)
		memcpy(out->data, in.data, in.len);
	put_little(out->data + in.len, crc32c_of(in.data, in.len));
	out->len = in.len + TRAILER;
	return 0;
}

const struct target_codec codec_to_crc32c = {
	.name = "crc32c",
	.setup = setup_crc32c,
	.bound = bound_crc32c,
	.encode = add_crc32c,
};
