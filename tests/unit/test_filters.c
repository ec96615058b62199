/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks that HDF5's filters made (filters.tab): what they are called, that
 * they decode, and that no damaged one is taken for whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "chunk/bitshuffle.h"
#include "chunk/decoder.h"
#include "format/hdf5_chunk.h"
#include "record/json_write.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

enum { MOST = 1600 };

static const struct row {
	const char *name;
	size_t element;
	struct {
		int id;
		size_t n;
		unsigned values[8];
	} filters[3];
	size_t nfilters;
	uint32_t mask;
	const char *stored, *want;
} rows[] = {
#include "filters.tab"
};

static struct js *codecs_of(struct arena *a, const struct row *r)
{
	struct js *list = js_new_list(a);

	for (size_t i = 0; i < r->nfilters; i++)
		js_add(list,
			hdf5_codec(a, r->filters[i].id, r->filters[i].values,
				r->filters[i].n));
	return list;
}

static size_t from_hex(const char *text, uint8_t *out)
{
	size_t n = 0;
	unsigned v;

	for (; sscanf(text, "%2x", &v) == 1; text += 2) {
		assert_true(n < MOST);
		out[n++] = (uint8_t)v;
	}
	return n;
}

/* What becomes of stored bytes in blocks of their own, so that a sanitizer sees
 * where they end. */
static int run(struct decoder *d, const struct row *r, struct bytes stored,
	size_t size, uint8_t *out)
{
	struct err err = ERR_INIT;
	uint8_t *in = mem_alloc(stored.len + 1);
	uint8_t *made = mem_alloc(size);
	int code;

	memcpy(in, stored.data, stored.len);
	code = decoder_run(d, (struct bytes){ in, stored.len }, r->mask,
		(struct room){ .data = made, .cap = size }, &err);
	if (code < 0)
		assert_int_equal(err.kind, ERR_DATA);
	else
		memcpy(out, made, size);
	mem_free(in);
	mem_free(made);
	return code;
}

static void begin(struct decoder *d, struct arena *a, const struct row *r)
{
	struct err err = ERR_INIT;
	const struct js *codecs = codecs_of(a, r);

	if (!decoder_knows(codecs))
		fail_msg("%s is not known", r->name);
	if (decoder_begin(d, codecs, r->element, &err) < 0)
		fail_msg("%s: %s", r->name, err.msg);
}

static void decodes_what_filters_stored(void **state)
{
	struct decoder *d = decoder_open();
	struct arena a = ARENA_INIT;
	uint8_t stored[MOST], want[MOST], out[MOST];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct row *r = &rows[i];
		size_t n = from_hex(r->stored, stored);
		size_t size = from_hex(r->want, want);

		begin(d, &a, r);
		assert_true(n <= decoder_bound(d, size));
		if (run(d, r, (struct bytes){ stored, n }, size, out) < 0 ||
			memcmp(out, want, size) != 0)
			fail_msg("%s: other values", r->name);
	}
	decoder_close(d);
	arena_release(&a);
}

/* A chunk cut short is refused, or what it lacks was padding. */
static void refuses_chunks_cut_short(void **state)
{
	struct decoder *d = decoder_open();
	struct arena a = ARENA_INIT;
	uint8_t stored[MOST], want[MOST], out[MOST];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct row *r = &rows[i];
		size_t n = from_hex(r->stored, stored);
		size_t size = from_hex(r->want, want);

		begin(d, &a, r);
		for (size_t k = 0; k < n; k++) {
			struct bytes in = { stored, k };

			if (run(d, r, in, size, out) == 0 &&
				memcmp(out, want, size) != 0)
				fail_msg("%s: wrong values from the first "
					 "%zu bytes of %zu",
					r->name, k, n);
		}
	}
	decoder_close(d);
	arena_release(&a);
}

/* Any byte changed, any size wanted: refused or decoded, never a crash. */
static void survives_damage(void **state)
{
	static const uint8_t flips[] = { 0x01, 0x80, 0xff };
	struct decoder *d = decoder_open();
	struct arena a = ARENA_INIT;
	uint8_t stored[MOST], want[MOST], out[MOST];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct row *r = &rows[i];
		size_t n = from_hex(r->stored, stored);
		size_t size = from_hex(r->want, want);

		begin(d, &a, r);
		for (size_t k = 0; k < 3 * n; k++) {
			struct bytes in = { stored, n };

			stored[k / 3] ^= flips[k % 3];
			(void)run(d, r, in, size, out);
			stored[k / 3] ^= flips[k % 3];
		}
		assert_int_equal(run(d, r, (struct bytes){ stored, n },
					 size - 1, out),
			-1);
		assert_int_equal(run(d, r, (struct bytes){ stored, n },
					 size / 2, out),
			-1);
		assert_int_equal(run(d, r, (struct bytes){ stored, n },
					 size + 1, out),
			-1);
	}
	decoder_close(d);
	arena_release(&a);
}

/* A checksum finds any change, whether it is under the stream or over it. */
static void checksums_find_changes(void **state)
{
	struct decoder *d = decoder_open();
	struct arena a = ARENA_INIT;
	uint8_t stored[MOST], want[MOST], out[MOST];
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct row *r = &rows[i];
		size_t n = from_hex(r->stored, stored);
		size_t size = from_hex(r->want, want);

		if (strstr(r->name, "fletcher") == NULL)
			continue;
		seen++;
		begin(d, &a, r);
		for (size_t k = 0; k < n; k++) {
			stored[k] ^= 0x10;
			if (run(d, r, (struct bytes){ stored, n }, size, out) ==
					0 &&
				memcmp(out, want, size) != 0)
				fail_msg("%s: byte %zu", r->name, k);
			stored[k] ^= 0x10;
		}
	}
	assert_int_equal(seen, 4);
	decoder_close(d);
	arena_release(&a);
}

/* With every filter masked out a chunk is as it is. */
static void passes_what_was_skipped(void **state)
{
	struct decoder *d = decoder_open();
	struct arena a = ARENA_INIT;
	uint8_t want[MOST], out[MOST];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct row r = rows[i];
		size_t size = from_hex(r.want, want);

		r.mask = (1U << r.nfilters) - 1;
		begin(d, &a, &r);
		assert_true(decoder_is_raw(d, r.mask));
		assert_int_equal(run(d, &r, (struct bytes){ want, size }, size,
					 out),
			0);
		assert_memory_equal(out, want, size);
	}
	decoder_close(d);
	arena_release(&a);
}

static void names_filters(void **state)
{
	static const struct {
		int id;
		size_t n;
		unsigned values[6];
		const char *want;
	} cases[] = {
		{ 4, 4, { 169, 8, 16, 100 },
			"{\"name\":\"szip\",\"configuration\":{"
			"\"options_mask\":169,\"pixels_per_block\":8,"
			"\"bits_per_pixel\":16,\"pixels_per_scanline\":100}}" },
		{ 4, 2, { 169, 8 },
			"{\"name\":\"hdf5\",\"configuration\":{\"id\":4,"
			"\"values\":[169,8]}}" },
		{ 307, 1, { 9 },
			"{\"name\":\"bz2\",\"configuration\":{\"level\":9}}" },
		{ 32000, 3, { 4, 261, 200 },
			"{\"name\":\"lzf\",\"configuration\":{}}" },
		{ 32004, 1, { 64 },
			"{\"name\":\"lz4h5\",\"configuration\":{}}" },
		{ 32008, 3, { 0, 4, 2 },
			"{\"name\":\"bitshuffle\",\"configuration\":{"
			"\"elementsize\":2}}" },
		{ 32008, 6, { 0, 4, 2, 16, 3, 5 },
			"{\"name\":\"bitshuffle\",\"configuration\":{"
			"\"elementsize\":2,\"blocksize\":16,"
			"\"cname\":\"zstd\",\"level\":5}}" },
		{ 32008, 5, { 0, 4, 2, 16, 1 },
			"{\"name\":\"hdf5\",\"configuration\":{\"id\":32008,"
			"\"values\":[0,4,2,16,1]}}" },
		{ 32015, 1, { -1U },
			"{\"name\":\"zstd\",\"configuration\":{\"level\":"
			"-1}}" },
		{ 32013, 1, { 7 },
			"{\"name\":\"hdf5\",\"configuration\":{\"id\":32013,"
			"\"values\":[7]}}" },
	};
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		buf_reset(&text);
		js_write(&text,
			hdf5_codec(&a, cases[i].id, cases[i].values,
				cases[i].n),
			JS_RECORD);
		assert_string_equal(text.data, cases[i].want);
	}
	buf_release(&text);
	arena_release(&a);
}

static void refuses_impossible_configurations(void **state)
{
	static const struct {
		int id;
		size_t n;
		unsigned values[6];
		const char *want;
	} cases[] = {
		{ 4, 4, { 32, 0, 16, 100 },
			"codec 'szip': 'pixels_per_block' is not a whole "
			"number from 2 to 32" },
		{ 4, 4, { 32, 9, 16, 100 },
			"codec 'szip': 'pixels_per_block' is odd" },
		{ 4, 4, { 32, 8, 25, 100 },
			"codec 'szip': 'bits_per_pixel' is not 1 to 24, 32 or "
			"64" },
		{ 4, 4, { 32, 8, 8, 5000 },
			"codec 'szip': 'pixels_per_scanline' is not a whole "
			"number from 1 to 4096" },
		{ 32008, 4, { 0, 4, 0, 8 },
			"codec 'bitshuffle': 'elementsize' is not a whole "
			"number from 1 to 2147483647" },
		{ 32008, 4, { 0, 4, 2, 12 },
			"codec 'bitshuffle': 'blocksize' is not a multiple of "
			"8" },
	};
	struct decoder *d = decoder_open();
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err err = ERR_INIT;
		struct js *list = js_new_list(&a);

		js_add(list,
			hdf5_codec(&a, cases[i].id, cases[i].values,
				cases[i].n));
		assert_int_equal(decoder_begin(d, list, 2, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, cases[i].want);
	}
	decoder_close(d);
	arena_release(&a);
}

/* Bit b of byte k of element i is bit i % 8 of byte i / 8 of row 8 k + b. */
static void puts_bits_where_the_definition_does(void **state)
{
	enum { ELEMENTS = 200 };

	static uint8_t in[64 * ELEMENTS], out[64 * ELEMENTS + 1];
	static uint8_t scratch[64 * ELEMENTS], want[64 * ELEMENTS];
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
	for (size_t e = 1; e <= 64; e++)
		for (size_t n = 0; n <= ELEMENTS; n += 8) {
			memset(want, 0, sizeof(want));
			memset(out, 0xcc, sizeof(out));
			for (size_t bit = 0; bit < 8 * e * n; bit++) {
				size_t row = bit / n, i = bit % n;

				if ((in[bit / 8] >> bit % 8 & 1) != 0)
					want[i * e + row / 8] |=
						(uint8_t)(1U << row % 8);
			}
			bitshuffle_undo(e, in, n, scratch, out);
			if (n > 0)
				assert_memory_equal(out, want, e * n);
			assert_int_equal(out[e * n], 0xcc);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_what_filters_stored),
		cmocka_unit_test(refuses_chunks_cut_short),
		cmocka_unit_test(survives_damage),
		cmocka_unit_test(checksums_find_changes),
		cmocka_unit_test(passes_what_was_skipped),
		cmocka_unit_test(names_filters),
		cmocka_unit_test(refuses_impossible_configurations),
		cmocka_unit_test(puts_bits_where_the_definition_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
