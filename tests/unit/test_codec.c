/* SPDX-License-Identifier: Apache-2.0 */
/* Pipelines both ways: what HDF5 and numcodecs wrote is decoded, what is
 * encoded decodes to what it was, and nothing hostile gets through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "chunk/decoder.h"
#include "chunk/encoder.h"
#include "chunk/text.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define BYTES(s)                                    \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

/* 0, 3, .. 33 as little-endian int16. */
#define VALUES                                                         \
	"\0\0\3\0\6\0\x09\0\x0c\0\x0f\0\x12\0\x15\0\x18\0\x1b\0\x1e\0" \
	"\x21\0"

#define SHUFFLE "{\"name\":\"shuffle\",\"configuration\":{\"elementsize\":2}}"
#define ZLIB "{\"name\":\"zlib\",\"configuration\":{\"level\":4}}"
#define FLETCHER "{\"name\":\"fletcher32\",\"configuration\":{}}"
#define ZSTD "{\"name\":\"zstd\",\"configuration\":{\"level\":3}}"
#define BLOSC "{\"name\":\"blosc\",\"configuration\":{}}"

static struct js *parse(struct arena *a, const char *text)
{
	struct err err = ERR_INIT;
	struct js *v = js_parse(a, text, strlen(text), &err);

	assert_non_null(v);
	return v;
}

/* The stored bytes of a 24-byte chunk, written by h5py 3.16 and netCDF4 1.7. */
static const struct {
	const char *codecs;
	struct bytes stored;
	uint32_t mask;
} stored[] = {
	{ "[]", BYTES(VALUES), 0 },
	{ "[" SHUFFLE "]",
		BYTES("\x00\x03\x06\x09\x0c\x0f\x12\x15\x18\x1b"
		      "\x1e\x21\0\0\0\0\0\0\0\0\0\0\0\0"),
		0 },
	{ "[" ZLIB "]",
		BYTES("\x78\x5e\x63\x60\x60\x66\x60\x63\xe0\x64\xe0\x61"
		      "\xe0\x67\x10\x62\x10\x65\x90\x60\x90\x66\x90\x63\x50\x64\x00"
		      "\x00\x06\xcc\x00\xc7"),
		0 },
	{ "[" FLETCHER "]", BYTES(VALUES "\x00\xc6\x03\x5a"), 0 },
	/* as HDF5 before 1.6.3 left it */
	{ "[" FLETCHER "]", BYTES(VALUES "\xc6\x00\x5a\x03"), 0 },
	{ "[" SHUFFLE "," ZLIB "]",
		BYTES("\x78\x5e\x63\x60\x66\xe3\xe4\xe1\x17"
		      "\x12\x95\x90\x96\x53\x64\x40\x02\x00\x0c\xba\x00\xc7"),
		0 },
	{ "[" SHUFFLE "," ZLIB "," FLETCHER "]",
		BYTES("\x78\x5e\x63\x60\x66"
		      "\xe3\xe4\xe1\x17\x12\x95\x90\x96\x53\x64\x40\x02\x00\x0c\xba"
		      "\x00\xc7\x3b\xde\xa1\x96"),
		0 },
	/* netcdf-c's order: the checksum is inside the stream */
	{ "[" FLETCHER "," SHUFFLE "," ZLIB "]",
		BYTES("\x78\x5e\x63\x60\x66"
		      "\xe3\xe4\xe1\x17\x12\x95\x90\x96\x53\x64\x60\x66\x40\x02\xc7"
		      "\xa2\x00\x11\xe9\x01\xea"),
		0 },
	{ "[" ZSTD "]", BYTES("\x28\xb5\x2f\xfd\x20\x18\xc1\x00\x00" VALUES),
		0 },
	/* masks: blosc gave up; shuffle alone was skipped; all were */
	{ "[" BLOSC "]", BYTES(VALUES), 1 },
	{ "[" SHUFFLE "," ZLIB "]",
		BYTES("\x78\x5e\x63\x60\x60\x66\x60\x63\xe0"
		      "\x64\xe0\x61\xe0\x67\x10\x62\x10\x65\x90\x60\x90\x66\x90\x63"
		      "\x50\x64\x00\x00\x06\xcc\x00\xc7"),
		1 },
	{ "[" SHUFFLE "," ZLIB "," FLETCHER "]", BYTES(VALUES), 7 },
	{ "[" SHUFFLE "," ZLIB "," FLETCHER "]",
		BYTES("\x00\x03\x06\x09\x0c"
		      "\x0f\x12\x15\x18\x1b\x1e\x21\0\0\0\0\0\0\0\0\0\0\0\0"),
		6 },
};

static void decodes_what_hdf5_stored(void **state)
{
	struct decoder *d = decoder_open();
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < N(stored); i++) {
		const struct js *codecs = parse(&a, stored[i].codecs);
		uint8_t out[25];
		struct room room = { out, 24, 0 };

		memset(out, 0xcc, sizeof(out));
		assert_true(decoder_knows(codecs));
		assert_int_equal(decoder_begin(d, codecs, 2, &err), 0);
		assert_true(stored[i].stored.len <= decoder_bound(d, 24));
		assert_int_equal(decoder_run(d, stored[i].stored,
					 stored[i].mask, room, &err),
			0);
		assert_memory_equal(out, VALUES, 24);
		assert_int_equal(out[24], 0xcc);
	}
	decoder_close(d);
	arena_release(&a);
}

/* 32 times each of 0, 1, 2, 3 as int16, by numcodecs 0.16. */
static void decodes_what_numcodecs_wrote(void **state)
{
	static const struct {
		const char *codecs;
		struct bytes stored;
	} cases[] = {
		{ "[" BLOSC "]",
			BYTES("\x02\x01\x21\x02\x00\x01\x00\x00\x00"
			      "\x01\x00\x00\x41\x00\x00\x00\x14\x00\x00\x00\x1a\x00"
			      "\x00\x00\x1f\x00\x01\x00\x0c\x1f\x01\x01\x00\x0c\x1f"
			      "\x02\x01\x00\x0c\x1f\x03\x01\x00\x07\x50\x03\x03\x03"
			      "\x03\x03\x0b\x00\x00\x00\x1f\x00\x01\x00\x67\x50\x00"
			      "\x00\x00\x00\x00") },
		{ "[" ZSTD "]",
			BYTES("\x28\xb5\x2f\xfd\x60\x00\x00\x85\x00"
			      "\x00\x28\x00\x00\x01\x02\x03\x04\x04\x27\x04\x42\x70"
			      "\xcc\xb1\x81\x36") },
	};
	struct decoder *d = decoder_open();
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	uint8_t out[256];
	struct room room = { out, sizeof(out), 0 };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(decoder_begin(d, parse(&a, cases[i].codecs), 2,
					 &err),
			0);
		memset(out, 0xcc, sizeof(out));
		assert_int_equal(decoder_run(d, cases[i].stored, 0, room, &err),
			0);
		for (size_t k = 0; k < sizeof(out); k++)
			assert_int_equal(out[k], k % 2 ? 0 : k / 64);
	}
	decoder_close(d);
	arena_release(&a);
}

/* Every byte of every stored chunk changed, and every chunk cut short: an error
 * of kind ERR_DATA or 24 bytes, never a crash. */
static void survives_corruption(void **state)
{
	struct decoder *d = decoder_open();
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < N(stored); i++) {
		const struct js *codecs = parse(&a, stored[i].codecs);
		struct bytes s = stored[i].stored;
		uint8_t bad[64], out[24];
		struct room room = { out, sizeof(out), 0 };

		for (size_t k = 0; k < 2 * s.len; k++) {
			struct err err = ERR_INIT;
			struct bytes in = { bad,
				k < s.len ? s.len : k - s.len };

			memcpy(bad, s.data, s.len);
			if (k < s.len)
				bad[k] ^= 0x55;
			assert_int_equal(decoder_begin(d, codecs, 2, &err), 0);
			if (decoder_run(d, in, stored[i].mask, room, &err) < 0)
				assert_int_equal(err.kind, ERR_DATA);
		}
	}
	decoder_close(d);
	arena_release(&a);
}

static void says_what_is_wrong_with_a_chunk(void **state)
{
	static const struct {
		const char *codecs;
		struct bytes stored;
		const char *message;
	} cases[] = {
		{ "[]", BYTES("abc"), "decodes to 3 bytes, the chunk has 24" },
		{ "[" FLETCHER "]", BYTES(VALUES "\1\2\3\4"),
			"codec "
			"'fletcher32': checksum is 04030201, the data have "
			"5a03c600" },
		{ "[" FLETCHER "]", BYTES("ab"),
			"codec 'fletcher32': no room for a checksum" },
		{ "[" ZLIB "]", BYTES("<html>"),
			"codec 'zlib': not a whole zlib stream" },
		{ "[" ZSTD "]", BYTES("<html><body>"),
			"codec 'zstd': Unknown frame descriptor" },
		{ "[" BLOSC "]", BYTES("<html>"),
			"codec 'blosc': not a whole blosc frame" },
	};
	struct decoder *d = decoder_open();
	struct arena a = ARENA_INIT;
	uint8_t out[24];
	struct room room = { out, sizeof(out), 0 };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(decoder_begin(d, parse(&a, cases[i].codecs), 2,
					 &err),
			0);
		assert_int_equal(decoder_run(d, cases[i].stored, 0, room, &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, cases[i].message);
	}
	decoder_close(d);
	arena_release(&a);
}

static void knows_its_codecs(void **state)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct decoder *d = decoder_open();

	(void)state;
	assert_false(decoder_knows(parse(&a, "[{\"name\":\"lzma\"}]")));
	assert_false(decoder_knows(parse(&a, "[" ZLIB ",{}]")));
	assert_true(decoder_knows(parse(&a, "[]")));
	assert_int_equal(
		decoder_begin(d,
			parse(&a,
				"[{\"name\":\"shuffle\","
				"\"configuration\":{\"elementsize\":0}}]"),
			2, &err),
		-1);
	assert_string_equal(err.msg,
		"codec 'shuffle': 'elementsize' is not a "
		"whole number from 1 to 2147483647");
	decoder_close(d);
	arena_release(&a);
}

#define LE "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}"

/* The decoder reads back what the encoder wrote; gzip and crc32c, which it does
 * not know, are looked at by hand. */
static void encodes_what_decodes(void **state)
{
	static const struct {
		const char *target, *source;
	} cases[] = {
		{ "[" LE ",{\"name\":\"zstd\",\"configuration\":{\"level\":3,"
		  "\"checksum\":true}}]",
			"[" ZSTD "]" },
		{ "[" LE ",{\"name\":\"blosc\",\"configuration\":{\"cname\":"
		  "\"lz4\",\"clevel\":5,\"shuffle\":\"shuffle\"}}]",
			"[" BLOSC "]" },
		{ "[" LE ",{\"name\":\"blosc\",\"configuration\":{\"cname\":"
		  "\"zstd\",\"clevel\":9,\"shuffle\":\"bitshuffle\","
		  "\"typesize\":2,\"blocksize\":0}}]",
			"[" BLOSC "]" },
		{ "[" LE ",{\"name\":\"blosc\",\"configuration\":{\"cname\":"
		  "\"blosclz\",\"clevel\":0,\"shuffle\":\"noshuffle\"}},"
		  "{\"name\":\"zstd\",\"configuration\":{\"level\":-1}}]",
			"[" BLOSC "," ZSTD "]" },
	};
	struct encoder *e = encoder_open();
	struct decoder *d = decoder_open();
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	static uint8_t in[100000], back[100000];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i % 2 ? i / 1000 : i * i / 7);
	for (size_t i = 0; i < N(cases); i++) {
		struct room room = { back, sizeof(back), 0 };
		struct bytes out;

		assert_int_equal(encoder_begin(e, parse(&a, cases[i].target),
					 dtype_of(DTYPE_INT16), &err),
			0);
		assert_int_equal(encoder_run(e,
					 (struct bytes){ in, sizeof(in) }, &out,
					 &err),
			0);
		assert_int_equal(decoder_begin(d, parse(&a, cases[i].source), 2,
					 &err),
			0);
		memset(back, 0xcc, sizeof(back));
		assert_int_equal(decoder_run(d, out, 0, room, &err), 0);
		assert_memory_equal(in, back, sizeof(in));
	}
	encoder_close(e);
	decoder_close(d);
	arena_release(&a);
}

static void frames_gzip_and_crc32c(void **state)
{
	static const char codecs[] =
		"[{\"name\":\"bytes\"},{\"name\":\"gzip\","
		"\"configuration\":{\"level\":1}},{\"name\":\"crc32c\"}]";
	struct encoder *e = encoder_open();
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct bytes out, in = BYTES("123456789");

	(void)state;
	assert_int_equal(encoder_begin(e,
				 parse(&a,
					 "[{\"name\":\"bytes\"},"
					 "{\"name\":\"crc32c\"}]"),
				 dtype_of(DTYPE_INT8), &err),
		0);
	assert_int_equal(encoder_run(e, in, &out, &err), 0);
	assert_int_equal(out.len, 13);
	assert_memory_equal(out.data, "123456789\x83\x92\x06\xe3", 13);
	assert_int_equal(encoder_begin(e, parse(&a, codecs),
				 dtype_of(DTYPE_INT8), &err),
		0);
	assert_int_equal(encoder_run(e, in, &out, &err), 0);
	/* magic, deflate, no flags, no time: RFC 1952, 2.3 */
	assert_memory_equal(out.data, "\x1f\x8b\x08\0\0\0\0\0", 8);
	/* the length is the last word in front of the checksum */
	assert_memory_equal(out.data + out.len - 8, "\x09\0\0\0", 4);
	encoder_close(e);
	arena_release(&a);
}

static void hands_out_uncompressed_chunks_where_they_lie(void **state)
{
	struct encoder *e = encoder_open();
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct bytes out, in = BYTES("abcd");

	(void)state;
	assert_int_equal(encoder_begin(e, parse(&a, "[" LE "]"),
				 dtype_of(DTYPE_INT16), &err),
		0);
	assert_int_equal(encoder_run(e, in, &out, &err), 0);
	assert_ptr_equal(out.data, in.data);
	assert_int_equal(out.len, 4);
	encoder_close(e);
	arena_release(&a);
}

static void refuses_impossible_pipelines(void **state)
{
	static const struct {
		const char *codecs, *message;
	} cases[] = {
		{ "[]",
			"the first codec is '', of this data type it must be "
			"'bytes'" },
		{ "[{\"name\":\"gzip\"}]",
			"the first codec is 'gzip', of this "
			"data type it must be 'bytes'" },
		{ "[{\"name\":\"bytes\",\"configuration\":{\"endian\":"
		  "\"big\"}}]",
			"codec 'bytes': endian 'big' is not "
			"written: use 'little'" },
		{ "[" LE ",{\"name\":\"lzma\"}]",
			"codec 'lzma' is not one of "
			"blosc, zstd, gzip, crc32c" },
		{ "[" LE "," LE "]",
			"codec 'bytes' is not one of blosc, zstd, "
			"gzip, crc32c" },
		{ "[" LE ",{\"name\":\"gzip\",\"configuration\":{\"level\":"
		  "10}}]",
			"codec 'gzip': 'level' is not a whole number "
			"from 0 to 9" },
		{ "[" LE ",{\"name\":\"zstd\",\"configuration\":{\"checksum\":"
		  "1}}]",
			"codec 'zstd': 'checksum' is not true or "
			"false" },
		{ "[" LE ",{\"name\":\"blosc\",\"configuration\":{\"shuffle\":"
		  "1}}]",
			"codec 'blosc': 'shuffle' is not 'noshuffle', "
			"'shuffle' or 'bitshuffle'" },
	};
	struct encoder *e = encoder_open();
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(encoder_begin(e, parse(&a, cases[i].codecs),
					 dtype_of(DTYPE_INT16), &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, cases[i].message);
	}
	encoder_close(e);
	arena_release(&a);
}

/* As numcodecs' VLenUTF8 writes a, nothing, h and e with an acute accent. */
static void lays_out_text_as_vlen_utf8(void **state)
{
	static const char want[] = "\3\0\0\0"
				   "\1\0\0\0a"
				   "\0\0\0\0"
				   "\3\0\0\0h\xc3\xa9";
	struct text cells[] = {
		text_cut("a\0bc", 4),
		text_cut("\0xyz", 4),
		text_cut("h\xc3\xa9", 3),
	};
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	uint64_t recoded = 0;

	(void)state;
	assert_int_equal(text_encode(cells, 3, &out, &recoded, &err), 0);
	assert_int_equal(out.len, sizeof(want) - 1);
	assert_memory_equal(out.data, want, sizeof(want) - 1);
	assert_int_equal(recoded, 0);
	cells[2] = text_cut("h\xe9", 2);
	buf_reset(&out);
	assert_int_equal(text_encode(cells, 3, &out, &recoded, &err), 0);
	assert_int_equal(out.len, sizeof(want) - 1);
	assert_memory_equal(out.data, want, sizeof(want) - 1);
	assert_int_equal(recoded, 1);
	buf_release(&out);
}

static void reads_text_with_lengths(void **state)
{
	static const struct {
		struct bytes in;
		const char *message;
	} bad[] = {
		{ BYTES("\1\0\0\0a"), "text ends at cell 1 of 2" },
		{ BYTES("\1\0\0\0a\2\0\0\0b"), "cell 1 of 2 is cut short" },
		{ BYTES("\1\0\0\0a\0\0\0\0b"), "1 bytes of text too many" },
		{ BYTES("\xff\xff\xff\xff"), "cell 0 of 2 is cut short" },
	};
	struct bytes good = BYTES("\1\0\0\0a\2\0\0\0bc");
	struct text cells[2];
	struct err none = ERR_INIT;

	(void)state;
	assert_int_equal(text_parse(good, cells, 2, &none), 0);
	assert_int_equal(cells[0].len, 1);
	assert_memory_equal(cells[0].data, "a", 1);
	assert_int_equal(cells[1].len, 2);
	assert_memory_equal(cells[1].data, "bc", 2);
	for (size_t i = 0; i < N(bad); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(text_parse(bad[i].in, cells, 2, &err), -1);
		assert_string_equal(err.msg, bad[i].message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_what_hdf5_stored),
		cmocka_unit_test(decodes_what_numcodecs_wrote),
		cmocka_unit_test(survives_corruption),
		cmocka_unit_test(says_what_is_wrong_with_a_chunk),
		cmocka_unit_test(knows_its_codecs),
		cmocka_unit_test(encodes_what_decodes),
		cmocka_unit_test(frames_gzip_and_crc32c),
		cmocka_unit_test(hands_out_uncompressed_chunks_where_they_lie),
		cmocka_unit_test(refuses_impossible_pipelines),
		cmocka_unit_test(lays_out_text_as_vlen_utf8),
		cmocka_unit_test(reads_text_with_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
