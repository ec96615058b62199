/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two steps: what the record of a chunk allows, which is also asked where no
 * file can be read, and what its bytes confirm.  A chunk that does not fit is
 * left to the decoder, whose messages are better than any that could be given
 * here.  A form without header for each of Zarr's codecs (gzip, zstd) was
 * refused: they have no shuffle, and one array would need one of them.
 */
#include "chunk/envelope.h"

#include <string.h>

#include "base/str.h"
#include "chunk/fletcher32.h"

enum {
	LZ4_FRONT = 16,   /* u64 size, u32 block size, u32 size of the block */
	BLOSC_FRONT = 16, /* the header of a frame, without block starts */
	ADLER32 = 4,
	MAX_TYPESIZE = 255,
	/* A block must fit C-Blosc's scratch: (INT32_MAX - 4 * 255) / 3. */
	MAX_BLOCK = 715827542,
};

/* The payload that a codec alone makes; false if blosc has no such. */
static bool payload_of(const char *name, enum envelope_payload *out)
{
	static const char *const names[] = {
		[ENVELOPE_ZLIB] = "zlib",
		[ENVELOPE_ZSTD] = "zstd",
		[ENVELOPE_LZ4] = "lz4h5",
		[ENVELOPE_BLOSC] = "blosc",
	};

	for (size_t i = ENVELOPE_ZLIB; i <= ENVELOPE_BLOSC; i++) {
		*out = (enum envelope_payload)i;
		if (str_eq(name, names[i]))
			return true;
	}
	return false;
}

/* One codec more, applied to what the form is so far. */
static bool add_codec(struct envelope_form *f, const struct js *codec,
	size_t element)
{
	const char *name = js_get_text(codec, "name");
	const struct js *size =
		js_path(codec, "configuration", "elementsize", NULL);
	uint64_t n = element;

	if (name == NULL || f->checked)
		return false;
	if (str_eq(name, "fletcher32"))
		return f->checked = true;
	if (f->payload != ENVELOPE_RAW)
		return false;
	if (!str_eq(name, "shuffle"))
		return payload_of(name, &f->payload) &&
			!(f->payload == ENVELOPE_BLOSC && f->shuffled);
	if (f->shuffled || (size != NULL && !js_u64(size, &n)) ||
		n != element || element > MAX_TYPESIZE)
		return false;
	f->shuffled = true;
	return true;
}

static const char *const not_ours =
	"are compressed in a way that blosc has not";

/* Does a chunk of that many stored bytes say what is in it? */
static bool is_plain(const struct envelope_form *f, uint64_t stored)
{
	uint64_t size = f->checked ? stored - FLETCHER32_SIZE : stored;

	if (f->checked && stored < FLETCHER32_SIZE)
		return false;
	switch (f->payload) {
	case ENVELOPE_RAW:
		return size == f->raw;
	case ENVELOPE_ZLIB:
	case ENVELOPE_ZSTD:
		/* as long as the block, it would be taken for stored */
		return size < f->raw;
	case ENVELOPE_LZ4:
		return size > LZ4_FRONT && size - LZ4_FRONT <= f->raw;
	case ENVELOPE_BLOSC:
		return size > BLOSC_FRONT && size <= INT32_MAX;
	}
	return false;
}

const char *envelope_form_of(const struct envelope_chunk *c,
	struct envelope_form *out)
{
	*out = (struct envelope_form){
		.typesize = c->element <= MAX_TYPESIZE ? c->element : 1,
		.raw = (size_t)c->raw,
	};
	if (c->raw == 0 || c->raw > MAX_BLOCK)
		return "are too large for one block of blosc";
	if (js_count(c->codecs) > 32)
		return not_ours;
	for (size_t i = 0; i < js_count(c->codecs); i++)
		if ((c->mask >> i & 1) == 0 &&
			!add_codec(out, js_at(c->codecs, i), c->element))
			return not_ours;
	if (!is_plain(out, c->stored))
		return "did not become smaller when they were compressed";
	return NULL;
}

static uint32_t get_little(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
		(uint32_t)p[3] << 24;
}

static uint32_t get_big(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		(uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static void put_little(uint8_t *p, size_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* RFC 1950: deflate, no dictionary, header divisible by 31. */
static bool is_zlib(struct bytes b)
{
	return b.len > 2 + ADLER32 && (b.data[0] & 0x0f) == 8 &&
		(b.data[1] & 0x20) == 0 &&
		(b.data[0] << 8 | b.data[1]) % 31 == 0;
}

/* RFC 8878, 3.1.1. */
static bool is_zstd(struct bytes b)
{
	return b.len > 4 && get_little(b.data) == 0xfd2fb528;
}

static bool is_single_lz4(struct bytes b, size_t raw)
{
	return b.len > LZ4_FRONT && get_big(b.data) == 0 &&
		get_big(b.data + 4) == raw && get_big(b.data + 8) >= raw &&
		get_big(b.data + 12) == b.len - LZ4_FRONT;
}

/* Of a codec that every build of C-Blosc has: not snappy (2). */
static bool is_blosc(struct bytes b, size_t raw)
{
	unsigned codec;

	if (b.len < BLOSC_FRONT)
		return false;
	codec = b.data[2] >> 5;
	return b.data[0] == 2 && b.data[1] == 1 && b.data[3] > 0 &&
		codec <= 4 && codec != 2 && get_little(b.data + 4) == raw &&
		get_little(b.data + 12) == b.len;
}

static void make_header(const struct envelope_form *f, size_t payload,
	uint8_t *h)
{
	static const uint8_t codec[] = {
		[ENVELOPE_RAW] = 1,
		[ENVELOPE_ZLIB] = 3,
		[ENVELOPE_ZSTD] = 4,
		[ENVELOPE_LZ4] = 1,
	};
	const uint8_t no_split = 0x10;
	bool shuffled = f->shuffled && f->typesize > 1;

	h[0] = 2; /* version of the format, and of all these codecs */
	h[1] = 1;
	h[2] = (uint8_t)(codec[f->payload] << 5 | no_split | shuffled);
	h[3] = (uint8_t)f->typesize;
	put_little(h + 4, f->raw);
	put_little(h + 8, f->raw); /* one block */
	put_little(h + 12, ENVELOPE_HEADER + payload);
	put_little(h + 16, 20); /* where the block starts */
	put_little(h + 20, payload);
}

static bool is_as_told(const struct envelope_form *f, struct bytes b)
{
	switch (f->payload) {
	case ENVELOPE_RAW:
		return b.len == f->raw;
	case ENVELOPE_ZLIB:
		return is_zlib(b);
	case ENVELOPE_ZSTD:
		return is_zstd(b);
	case ENVELOPE_LZ4:
		return is_single_lz4(b, f->raw);
	case ENVELOPE_BLOSC:
		return is_blosc(b, f->raw);
	}
	return false;
}

bool envelope_make(const struct envelope_form *form, struct bytes stored,
	struct envelope *out)
{
	struct err ignored = ERR_INIT;
	size_t skip = form->payload == ENVELOPE_LZ4 ? LZ4_FRONT : 0;

	*out = (struct envelope){ .skip = skip };
	if (!is_plain(form, stored.len))
		return false;
	if (form->checked) {
		if (fletcher32_check(stored.data, stored.len, &ignored) < 0)
			return false;
		out->cut = FLETCHER32_SIZE;
		stored.len -= FLETCHER32_SIZE;
	}
	if (!is_as_told(form, stored))
		return false;
	if (form->payload == ENVELOPE_BLOSC)
		return true;
	make_header(form, stored.len - skip, out->header);
	out->header_len = ENVELOPE_HEADER;
	return true;
}
