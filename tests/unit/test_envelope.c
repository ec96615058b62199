/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks as HDF5 stored them, in an envelope, are read by C-Blosc and are what
 * they were; what cannot be put in one is told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "chunk/envelope.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define BYTES(s)                                    \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

#define SHUFFLE "{\"name\":\"shuffle\",\"configuration\":{\"elementsize\":2}}"
#define ZLIB "{\"name\":\"zlib\",\"configuration\":{\"level\":4}}"
#define FLETCHER "{\"name\":\"fletcher32\",\"configuration\":{}}"
#define ZSTD "{\"name\":\"zstd\",\"configuration\":{\"level\":3}}"
#define BLOSC "{\"name\":\"blosc\",\"configuration\":{}}"
#define LZ4 "{\"name\":\"lz4h5\",\"configuration\":{}}"

/* 128 int16, i / 8 * 3: by h5py 3.16; zstd and blosc by numcodecs 0.16; lz4
 * blocks by numcodecs, with the sizes of HDF5's filter before them. */
enum { SIZE = 256 };
#define DEFLATED_CHUNK                                                     \
	"\x78\x5e\x5d\xc1\xd1\x06\xc0\x20\x00\x00\xc0\x18\x11\x23\x22\x22" \
	"\x22\x62\x44\xff\xff\x7b\x7b\xee\xee\x42\xb8\x3d\x8c\x4c\x7c\x99" \
	"\x59\x58\xd9\xd8\x39\x38\xb9\xf8\x71\xf3\xf0\x07\xae\x6d\x0b\x41"
#define SHUFFLE_DEFLATED_CHUNK                                             \
	"\x78\x5e\xc5\xcd\x51\x06\xc0\x20\x00\x00\xd0\x88\x31\x22\x62\x8c" \
	"\x11\x11\x11\xdd\xff\x7a\x7d\xf4\xee\xb0\x77\x81\x17\xc2\x11\xb9" \
	"\xb8\x49\x64\x0a\x0f\x2f\x1f\x95\x46\x67\x30\x59\xe8\x7f\xb3\x01" \
	"\x78\x09\x0b\x41"
#define SHUFFLE_DEFLATED_SUMMED_CHUNK                                      \
	"\x78\x5e\xc5\xcd\x51\x06\xc0\x20\x00\x00\xd0\x88\x31\x22\x62\x8c" \
	"\x11\x11\x11\xdd\xff\x7a\x7d\xf4\xee\xb0\x77\x81\x17\xc2\x11\xb9" \
	"\xb8\x49\x64\x0a\x0f\x2f\x1f\x95\x46\x67\x30\x59\xe8\x7f\xb3\x01" \
	"\x78\x09\x0b\x41\x3a\xc4\x08\xc0"
#define SUMMED_CHUNK                                                       \
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" \
	"\x03\x00\x03\x00\x03\x00\x03\x00\x03\x00\x03\x00\x03\x00\x03\x00" \
	"\x06\x00\x06\x00\x06\x00\x06\x00\x06\x00\x06\x00\x06\x00\x06\x00" \
	"\x09\x00\x09\x00\x09\x00\x09\x00\x09\x00\x09\x00\x09\x00\x09\x00" \
	"\x0c\x00\x0c\x00\x0c\x00\x0c\x00\x0c\x00\x0c\x00\x0c\x00\x0c\x00" \
	"\x0f\x00\x0f\x00\x0f\x00\x0f\x00\x0f\x00\x0f\x00\x0f\x00\x0f\x00" \
	"\x12\x00\x12\x00\x12\x00\x12\x00\x12\x00\x12\x00\x12\x00\x12\x00" \
	"\x15\x00\x15\x00\x15\x00\x15\x00\x15\x00\x15\x00\x15\x00\x15\x00" \
	"\x18\x00\x18\x00\x18\x00\x18\x00\x18\x00\x18\x00\x18\x00\x18\x00" \
	"\x1b\x00\x1b\x00\x1b\x00\x1b\x00\x1b\x00\x1b\x00\x1b\x00\x1b\x00" \
	"\x1e\x00\x1e\x00\x1e\x00\x1e\x00\x1e\x00\x1e\x00\x1e\x00\x1e\x00" \
	"\x21\x00\x21\x00\x21\x00\x21\x00\x21\x00\x21\x00\x21\x00\x21\x00" \
	"\x24\x00\x24\x00\x24\x00\x24\x00\x24\x00\x24\x00\x24\x00\x24\x00" \
	"\x27\x00\x27\x00\x27\x00\x27\x00\x27\x00\x27\x00\x27\x00\x27\x00" \
	"\x2a\x00\x2a\x00\x2a\x00\x2a\x00\x2a\x00\x2a\x00\x2a\x00\x2a\x00" \
	"\x2d\x00\x2d\x00\x2d\x00\x2d\x00\x2d\x00\x2d\x00\x2d\x00\x2d\x00" \
	"\x0b\x40\xd6\xa1"
#define ZSTD_CHUNK                                                         \
	"\x28\xb5\x2f\xfd\x60\x00\x00\xa5\x01\x00\x88\x00\x00\x03\x06\x09" \
	"\x0c\x0f\x12\x15\x18\x1b\x1e\x21\x24\x27\x2a\x2d\x10\x00\xa0\x13" \
	"\xd0\x1d\xe8\x18\xe8\x04\x74\x07\x3a\x06\x3a\x01\xdd\x81\x8e\x81" \
	"\x4e\x40\x77\xa0\x63\xa0\x13\xd0\x5d\xae\x63\x32\x68\x03"
#define SHUFFLE_ZSTD_CHUNK                                                 \
	"\x28\xb5\x2f\xfd\x60\x00\x00\x5d\x01\x00\x90\x00\x00\x03\x06\x09" \
	"\x0c\x0f\x12\x15\x18\x1b\x1e\x21\x24\x27\x2a\x2d\x00\x11\x10\x00" \
	"\x3c\x89\x3b\xc7\x9c\xb8\x73\xcc\x89\x3b\xc7\x9c\xb8\x73\xcc\x89" \
	"\x3b\xc7\x9c\xc0\xb0"
#define LZ4_CHUNK                                                          \
	"\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x46" \
	"\x1b\x00\x01\x00\x1b\x03\x02\x00\x1b\x06\x02\x00\x1b\x09\x02\x00" \
	"\x1b\x0c\x02\x00\x1b\x0f\x02\x00\x1b\x12\x02\x00\x1b\x15\x02\x00" \
	"\x1b\x18\x02\x00\x1b\x1b\x02\x00\x1b\x1e\x02\x00\x1b\x21\x02\x00" \
	"\x1b\x24\x02\x00\x1b\x27\x02\x00\x1b\x2a\x02\x00\x16\x2d\x02\x00" \
	"\x50\x00\x2d\x00\x2d\x00"
#define SHUFFLE_LZ4_CHUNK                                                  \
	"\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x4d" \
	"\x13\x00\x01\x00\x13\x03\x01\x00\x13\x06\x01\x00\x13\x09\x01\x00" \
	"\x13\x0c\x01\x00\x13\x0f\x01\x00\x13\x12\x01\x00\x13\x15\x01\x00" \
	"\x13\x18\x01\x00\x13\x1b\x01\x00\x13\x1e\x01\x00\x13\x21\x01\x00" \
	"\x13\x24\x01\x00\x13\x27\x01\x00\x13\x2a\x01\x00\x13\x2d\x01\x00" \
	"\x03\x7f\x00\x0f\x02\x00\x61\x50\x00\x00\x00\x00\x00"
#define TWO_LZ4_CHUNK                                                      \
	"\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x80\x00\x00\x00\x26" \
	"\x1b\x00\x01\x00\x1b\x03\x02\x00\x1b\x06\x02\x00\x1b\x09\x02\x00" \
	"\x1b\x0c\x02\x00\x1b\x0f\x02\x00\x1b\x12\x02\x00\x16\x15\x02\x00" \
	"\x50\x00\x15\x00\x15\x00\x00\x00\x00\x27\x2a\x18\x00\x02\x00\x1b" \
	"\x1b\x02\x00\x1b\x1e\x02\x00\x1b\x21\x02\x00\x1b\x24\x02\x00\x1b" \
	"\x27\x02\x00\x1b\x2a\x02\x00\x16\x2d\x02\x00\x50\x00\x2d\x00\x2d" \
	"\x00"
#define BLOSC_CHUNK                                                        \
	"\x02\x01\x91\x02\x00\x01\x00\x00\x00\x01\x00\x00\x46\x00\x00\x00" \
	"\x14\x00\x00\x00\x2e\x00\x00\x00\x28\xb5\x2f\xfd\x60\x00\x00\x25" \
	"\x01\x00\x90\x00\x00\x03\x06\x09\x0c\x0f\x12\x15\x18\x1b\x1e\x21" \
	"\x24\x27\x2a\x2d\x00\x11\x98\x10\xf8\x06\x00\x10\x1c\xbd\xff\xff" \
	"\x7f\x06\x9c\x1b\x41\x0a"

static struct js *parse(struct arena *a, const char *text)
{
	struct err err = ERR_INIT;
	struct js *v = js_parse(a, text, strlen(text), &err);

	assert_non_null(v);
	return v;
}

static void make_values(uint8_t *out)
{
	for (int i = 0; i < SIZE / 2; i++) {
		out[2 * i] = (uint8_t)(i / 8 * 3);
		out[2 * i + 1] = 0;
	}
}

static void make_shuffled(uint8_t *out)
{
	memset(out, 0, SIZE);
	for (int i = 0; i < SIZE / 2; i++)
		out[i] = (uint8_t)(i / 8 * 3);
}

static struct envelope_chunk chunk_of(const struct js *codecs, uint32_t mask,
	size_t stored)
{
	return (struct envelope_chunk){ codecs, mask, 2, SIZE, stored };
}

/* The object that an envelope makes of stored bytes. */
static void put_together(const struct envelope *e, struct bytes stored,
	struct buf *out)
{
	buf_reset(out);
	buf_add(out, e->header, e->header_len);
	buf_add(out, stored.data + e->skip, stored.len - e->skip - e->cut);
}

static void assert_blosc_reads(const struct buf *object)
{
	struct err err = ERR_INIT;
	uint8_t got[SIZE + 1], want[SIZE];
	struct room room = { got, SIZE, 0 };

	make_values(want);
	memset(got, 0xcc, sizeof(got));
	assert_int_equal(codec_from_blosc.decode(NULL,
				 (struct bytes){ (const uint8_t *)object->data,
					 object->len },
				 &room, &err),
		0);
	assert_int_equal(room.len, SIZE);
	assert_memory_equal(got, want, SIZE);
	assert_int_equal(got[SIZE], 0xcc);
}

static const struct {
	const char *codecs;
	struct bytes stored; /* no data: see by_hand */
	uint32_t mask;
	uint8_t flags; /* 0: the frame of the chunk itself */
	enum { GIVEN, VALUES, SHUFFLED } by_hand;
} carried[] = {
	{ "[" SHUFFLE "," ZLIB "]", BYTES(SHUFFLE_DEFLATED_CHUNK), 0, 0x71, 0 },
	{ "[" ZLIB "]", BYTES(DEFLATED_CHUNK), 0, 0x70, 0 },
	{ "[" SHUFFLE "]", { 0 }, 0, 0x31, SHUFFLED },
	{ "[]", { 0 }, 0, 0x30, VALUES },
	{ "[" FLETCHER "]", BYTES(SUMMED_CHUNK), 0, 0x30, 0 },
	{ "[" SHUFFLE "," ZLIB "," FLETCHER "]",
		BYTES(SHUFFLE_DEFLATED_SUMMED_CHUNK), 0, 0x71, 0 },
	{ "[" ZSTD "]", BYTES(ZSTD_CHUNK), 0, 0x90, 0 },
	{ "[" SHUFFLE "," ZSTD "]", BYTES(SHUFFLE_ZSTD_CHUNK), 0, 0x91, 0 },
	{ "[" LZ4 "]", BYTES(LZ4_CHUNK), 0, 0x30, 0 },
	{ "[" SHUFFLE "," LZ4 "]", BYTES(SHUFFLE_LZ4_CHUNK), 0, 0x31, 0 },
	{ "[" BLOSC "]", BYTES(BLOSC_CHUNK), 0, 0, 0 },
	/* masks: without shuffle, without deflate, without anything, without
	 * the checksum, and without a filter that blosc has not */
	{ "[" SHUFFLE "," ZLIB "]", BYTES(DEFLATED_CHUNK), 1, 0x70, 0 },
	{ "[" SHUFFLE "," ZLIB "]", { 0 }, 2, 0x31, SHUFFLED },
	{ "[" SHUFFLE "," ZLIB "]", { 0 }, 3, 0x30, VALUES },
	{ "[" SHUFFLE "," ZLIB "," FLETCHER "]", BYTES(SHUFFLE_DEFLATED_CHUNK),
		4, 0x71, 0 },
	{ "[{\"name\":\"szip\"}," ZLIB "]", BYTES(DEFLATED_CHUNK), 1, 0x70, 0 },
};

static void carries_what_hdf5_stored(void **state)
{
	struct arena a = ARENA_INIT;
	struct buf object = BUF_INIT;
	uint8_t hand[SIZE];

	(void)state;
	for (size_t i = 0; i < N(carried); i++) {
		struct bytes stored = carried[i].stored;
		struct envelope_form form;
		struct envelope e;
		struct envelope_chunk c;

		if (carried[i].by_hand != GIVEN) {
			(carried[i].by_hand == VALUES ? make_values :
							make_shuffled)(hand);
			stored = (struct bytes){ hand, SIZE };
		}
		c = chunk_of(parse(&a, carried[i].codecs), carried[i].mask,
			stored.len);
		assert_null(envelope_form_of(&c, &form));
		assert_true(envelope_make(&form, stored, &e));
		put_together(&e, stored, &object);
		if (carried[i].flags != 0) {
			assert_int_equal(e.header_len, 24);
			assert_int_equal((uint8_t)object.data[2],
				carried[i].flags);
		} else {
			assert_memory_equal(object.data, stored.data,
				stored.len);
		}
		assert_blosc_reads(&object);
	}
	buf_release(&object);
	arena_release(&a);
}

#define TOO_LONG "did not become smaller when they were compressed"
#define FOREIGN "are compressed in a way that blosc has not"

static void says_what_cannot_be_carried(void **state)
{
	static const struct {
		const char *codecs;
		uint32_t mask;
		size_t element;
		uint64_t raw, stored;
		const char *why;
	} cases[] = {
		/* as long as the block, it would be taken for stored */
		{ "[" ZLIB "]", 0, 2, 256, 256, TOO_LONG },
		{ "[" ZSTD "]", 0, 2, 256, 300, TOO_LONG },
		{ "[" ZLIB "," FLETCHER "]", 0, 2, 256, 260, TOO_LONG },
		{ "[" ZLIB "," FLETCHER "]", 0, 2, 256, 259, NULL },
		{ "[" ZLIB "," FLETCHER "]", 0, 2, 256, 3, TOO_LONG },
		/* neither coded nor whole */
		{ "[]", 0, 2, 256, 255, TOO_LONG },
		{ "[" LZ4 "]", 0, 2, 256, 16, TOO_LONG },
		/* netcdf-c's order: four bytes more are inside the stream */
		{ "[" FLETCHER "," SHUFFLE "," ZLIB "]", 0, 2, 256, 50,
			FOREIGN },
		{ "[" FLETCHER "," SHUFFLE "," ZLIB "]", 1, 2, 256, 50, NULL },
		{ "[" ZLIB "," SHUFFLE "]", 0, 2, 256, 50, FOREIGN },
		{ "[" SHUFFLE "," SHUFFLE "]", 0, 2, 256, 256, FOREIGN },
		{ "[" ZLIB "," ZLIB "]", 0, 2, 256, 50, FOREIGN },
		{ "[" SHUFFLE "," BLOSC "]", 0, 2, 256, 50, FOREIGN },
		{ "[{\"name\":\"szip\"}]", 0, 2, 256, 50, FOREIGN },
		{ "[{\"name\":\"bitshuffle\"}]", 0, 2, 256, 50, FOREIGN },
		{ "[{}]", 0, 2, 256, 50, FOREIGN },
		/* shuffled in units that are not the elements, or too large */
		{ "[" SHUFFLE "," ZLIB "]", 0, 4, 256, 50, FOREIGN },
		{ "[{\"name\":\"shuffle\"}]", 0, 256, 512, 512, FOREIGN },
		{ "[{\"name\":\"shuffle\"}]", 0, 255, 510, 510, NULL },
		{ "[" ZLIB "]", 0, 1000, 2000, 50, NULL },
		{ "[" ZLIB "]", 0, 2, 715827542, 50, NULL },
		{ "[" ZLIB "]", 0, 2, 715827544, 50,
			"are too large for one block of blosc" },
		{ "[" ZLIB "]", 0, 2, 0, 50,
			"are too large for one block of blosc" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct envelope_chunk c = { parse(&a, cases[i].codecs),
			cases[i].mask, cases[i].element, cases[i].raw,
			cases[i].stored };
		struct envelope_form form;
		const char *why = envelope_form_of(&c, &form);

		if (cases[i].why == NULL)
			assert_null(why);
		else
			assert_string_equal(why, cases[i].why);
	}
	arena_release(&a);
}

/* Bytes that are not what the table says. */
static void leaves_what_does_not_fit(void **state)
{
	static const struct {
		const char *codecs;
		struct bytes stored;
		size_t at; /* this byte is changed */
	} cases[] = {
		{ "[" ZLIB "]", BYTES(DEFLATED_CHUNK), 0 },
		{ "[" ZLIB "]", BYTES(DEFLATED_CHUNK), 1 },
		{ "[" ZSTD "]", BYTES(ZSTD_CHUNK), 3 },
		{ "[" LZ4 "]", BYTES(TWO_LZ4_CHUNK), 0 },
		{ "[" LZ4 "]", BYTES(LZ4_CHUNK), 7 },
		{ "[" LZ4 "]", BYTES(LZ4_CHUNK), 15 },
		{ "[" BLOSC "]", BYTES(BLOSC_CHUNK), 0 },
		{ "[" BLOSC "]", BYTES(BLOSC_CHUNK), 4 },
		{ "[" BLOSC "]", BYTES(BLOSC_CHUNK), 12 },
		/* the checksum tells, wherever it was */
		{ "[" FLETCHER "]", BYTES(SUMMED_CHUNK), 100 },
		{ "[" FLETCHER "]", BYTES(SUMMED_CHUNK), 259 },
		{ "[" SHUFFLE "," ZLIB "," FLETCHER "]",
			BYTES(SHUFFLE_DEFLATED_SUMMED_CHUNK), 30 },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct bytes stored = cases[i].stored;
		const struct envelope_chunk c =
			chunk_of(parse(&a, cases[i].codecs), 0, stored.len);
		struct envelope_form form;
		struct envelope e;
		uint8_t bad[SIZE + 4];

		memcpy(bad, stored.data, stored.len);
		bad[cases[i].at] ^= 0x41;
		stored.data = bad;
		assert_null(envelope_form_of(&c, &form));
		assert_false(envelope_make(&form, stored, &e));
		/* cut short, or longer than the table says */
		stored.len = 1;
		assert_false(envelope_make(&form, stored, &e));
	}
	arena_release(&a);
}

/* Readers must have a frame's codec: snappy is not in every C-Blosc. */
static void leaves_frames_of_rare_codecs(void **state)
{
	struct arena a = ARENA_INIT;
	uint8_t frame[] = BLOSC_CHUNK;
	struct bytes stored = { frame, sizeof(frame) - 1 };
	const struct envelope_chunk c =
		chunk_of(parse(&a, "[" BLOSC "]"), 0, stored.len);
	struct envelope_form form;
	struct envelope e;

	(void)state;
	assert_null(envelope_form_of(&c, &form));
	for (unsigned codec = 0; codec < 8; codec++) {
		frame[2] = (uint8_t)((frame[2] & 0x1f) | codec << 5);
		assert_int_equal(envelope_make(&form, stored, &e),
			codec < 5 && codec != 2);
	}
	arena_release(&a);
}

/* The least chunk that there is, and one whose elements are bytes. */
static void carries_small_chunks(void **state)
{
	static const struct {
		size_t element, raw;
		const char *codecs;
		uint8_t flags, typesize;
	} cases[] = {
		{ 1, 1, "[]", 0x30, 1 },
		{ 1, 1, "[{\"name\":\"shuffle\"}]", 0x30, 1 },
		{ 8, 8, "[{\"name\":\"shuffle\"}]", 0x31, 8 },
		{ 300, 300, "[]", 0x30, 1 },
	};
	struct arena a = ARENA_INIT;
	struct buf object = BUF_INIT;
	uint8_t raw[300], got[300];

	(void)state;
	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)i;
	for (size_t i = 0; i < N(cases); i++) {
		const struct envelope_chunk c = { parse(&a, cases[i].codecs), 0,
			cases[i].element, cases[i].raw, cases[i].raw };
		struct bytes stored = { raw, cases[i].raw };
		struct room room = { got, cases[i].raw, 0 };
		struct err err = ERR_INIT;
		struct envelope_form form;
		struct envelope e;

		assert_null(envelope_form_of(&c, &form));
		assert_true(envelope_make(&form, stored, &e));
		assert_int_equal(e.header[2], cases[i].flags);
		assert_int_equal(e.header[3], cases[i].typesize);
		put_together(&e, stored, &object);
		assert_int_equal(codec_from_blosc.decode(NULL,
					 (struct bytes){
						 (const uint8_t *)object.data,
						 object.len },
					 &room, &err),
			0);
		/* one element is the same shuffled and not */
		assert_memory_equal(got, raw, cases[i].raw);
	}
	buf_release(&object);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carries_what_hdf5_stored),
		cmocka_unit_test(says_what_cannot_be_carried),
		cmocka_unit_test(leaves_what_does_not_fit),
		cmocka_unit_test(leaves_frames_of_rare_codecs),
		cmocka_unit_test(carries_small_chunks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
