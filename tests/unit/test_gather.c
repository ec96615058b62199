/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes out of chunk tables, against arithmetic: cell (i, j, k) of the source
 * holds 100 i + 10 j + k. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "chunk/gather.h"
#include "chunk/source.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

enum { NI = 4, NJ = 5, NK = 6 };

static const uint64_t shape[] = { NI, NJ, NK };

struct file {
	FILE *stream;
	uint64_t size;
	uint64_t offset[1000], length[1000];
	uint64_t n;
};

static void put_value(struct file *f, unsigned value, bool big)
{
	unsigned char v[2] = { (unsigned char)value,
		(unsigned char)(value >> 8) };

	if (big) {
		v[0] = (unsigned char)(value >> 8);
		v[1] = (unsigned char)value;
	}
	assert_int_equal(fwrite(v, 1, 2, f->stream), 2);
	f->size += 2;
}

static unsigned value_at(uint64_t i, uint64_t j, uint64_t k)
{
	return i < NI && j < NJ && k < NK ? (unsigned)(100 * i + 10 * j + k) :
					    9999;
}

/* The array in raw chunks, full size, one after the other behind a gap. */
static void write_chunks(struct file *f, const uint64_t *chunk, bool big)
{
	f->stream = tmpfile();
	assert_non_null(f->stream);
	f->n = 0;
	f->size = 4;
	assert_int_equal(fwrite("gap!", 1, 4, f->stream), 4);
	for (uint64_t ci = 0; ci < NI; ci += chunk[0])
		for (uint64_t cj = 0; cj < NJ; cj += chunk[1])
			for (uint64_t ck = 0; ck < NK; ck += chunk[2]) {
				f->offset[f->n] = f->size;
				f->length[f->n++] =
					2 * chunk[0] * chunk[1] * chunk[2];
				for (uint64_t n = 0;
					n < chunk[0] * chunk[1] * chunk[2]; n++)
					put_value(f,
						value_at(ci +
								n / chunk[2] /
									chunk[1],
							cj +
								n / chunk[2] %
									chunk[1],
							ck + n % chunk[2]),
						big);
			}
	fflush(f->stream);
}

static struct chunk_table table_of(struct file *f, uint64_t *chunk, bool big,
	struct js *codecs)
{
	static uint64_t own[3] = { NI, NJ, NK };

	return (struct chunk_table){
		.ndim = 3,
		.shape = own,
		.dtype = dtype_of(DTYPE_INT16),
		.big_endian = big,
		.chunk_shape = chunk,
		.codecs = codecs,
		.has_refs = true,
		.refs = { .n = f->n, .offset = f->offset, .length = f->length }
	};
}

/* Read a box into the middle of a larger array and look at every element. */
static void check_box(struct gather *g, const struct gather_source *src,
	const struct box *b)
{
	static uint8_t out[8 * 8 * 8 * 2];
	const uint64_t stride[] = { 128, 16, 2 };
	const struct gather_out to = { out + 128 + 16 + 2, stride };
	struct err err = ERR_INIT;

	memset(out, 0xcc, sizeof(out));
	assert_int_equal(gather_read(g, src, b, &to, &err), 0);
	for (uint64_t i = 0; i < 8; i++)
		for (uint64_t j = 0; j < 8; j++)
			for (uint64_t k = 0; k < 8; k++) {
				const uint8_t *p =
					out + i * 128 + j * 16 + k * 2;
				bool inside = i - 1 < b->count[0] &&
					j - 1 < b->count[1] &&
					k - 1 < b->count[2];
				unsigned want = inside ?
					value_at(i - 1 + b->start[0],
						j - 1 + b->start[1],
						k - 1 + b->start[2]) :
					0xcccc;

				assert_int_equal(p[0] | p[1] << 8, want);
			}
}

static const uint64_t boxes[][2][3] = {
	{ { 0, 0, 0 }, { NI, NJ, NK } },
	{ { 1, 2, 3 }, { 1, 1, 1 } },
	{ { 0, 1, 1 }, { 4, 3, 4 } },
	{ { 2, 0, 0 }, { 2, 5, 6 } },
	{ { 3, 4, 5 }, { 1, 1, 1 } },
	{ { 0, 0, 2 }, { 4, 5, 1 } },
	{ { 0, 0, 0 }, { 2, 3, 6 } },
	{ { 1, 0, 0 }, { 0, 5, 6 } },
};

static void reads_any_box_of_any_chunks(void **state)
{
	static uint64_t chunks[][3] = {
		{ NI, NJ, NK },
		{ 1, NJ, NK },
		{ 1, 1, 1 },
		{ 2, 3, 4 },
		{ 4, 2, 6 },
		{ 3, 5, 5 },
	};
	struct gather *g = gather_open();
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t c = 0; c < 2 * N(chunks); c++) {
		uint64_t *chunk = chunks[c / 2];
		struct file f;
		struct chunk_table t;
		struct gather_source src;

		write_chunks(&f, chunk, c % 2);
		t = table_of(&f, chunk, c % 2, js_new_list(&a));
		src = (struct gather_source){
			{ .fd = fileno(f.stream), .path = "f" }, &t, NULL
		};
		for (size_t i = 0; i < N(boxes); i++) {
			struct box b = box_of(3, boxes[i][0], boxes[i][1]);

			check_box(g, &src, &b);
		}
		fclose(f.stream);
	}
	assert_true(gather_bytes_read(g) > 0);
	gather_close(g);
	arena_release(&a);
}

static void reads_no_more_than_the_rows_it_needs(void **state)
{
	uint64_t chunk[] = { NI, NJ, NK };
	const uint64_t start[] = { 2, 0, 0 }, count[] = { 1, NJ, NK };
	const uint64_t stride[] = { 2 * NJ * NK, 2 * NK, 2 };
	struct box b = box_of(3, start, count);
	uint8_t out[2 * NJ * NK];
	struct gather_out to = { out, stride };
	struct gather *g = gather_open();
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct file f;
	struct chunk_table t;
	struct gather_source src;

	(void)state;
	write_chunks(&f, chunk, false);
	t = table_of(&f, chunk, false, js_new_list(&a));
	src = (struct gather_source){ { .fd = fileno(f.stream), .path = "f" },
		&t, NULL };
	assert_int_equal(gather_read(g, &src, &b, &to, &err), 0);
	assert_int_equal(gather_bytes_read(g), sizeof(out));
	assert_int_equal(out[0] | out[1] << 8, 200);
	fclose(f.stream);
	gather_close(g);
	arena_release(&a);
}

/* Chunks that are absent, masked, or not listed. */
static void fills_what_is_absent(void **state)
{
	uint64_t chunk[] = { 1, NJ, NK };
	const uint64_t stride[] = { 2 * NJ * NK, 2 * NK, 2 };
	uint8_t fill[] = { 0x34, 0x12 }, out[2 * NI * NJ * NK];
	struct gather_out to = { out, stride };
	struct box b = box_of(3, NULL, shape);
	struct gather *g = gather_open();
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct file f;
	struct chunk_table t;
	struct gather_source src;

	(void)state;
	write_chunks(&f, chunk, true);
	f.offset[1] = REFS_ABSENT;
	f.length[1] = 0;
	t = table_of(&f, chunk, true, js_new_list(&a));
	src = (struct gather_source){ { .fd = fileno(f.stream), .path = "f" },
		&t, NULL };
	assert_int_equal(gather_read(g, &src, &b, &to, &err), 0);
	assert_int_equal(out[2 * NJ * NK] | out[2 * NJ * NK + 1], 0);
	t.fill = fill;
	assert_int_equal(gather_read(g, &src, &b, &to, &err), 0);
	for (unsigned i = 0; i < NJ * NK; i++) {
		const uint8_t *p = out + 2 * (NJ * NK + i);

		assert_int_equal(p[0] | p[1] << 8, 0x1234);
	}
	assert_int_equal(out[4 * NJ * NK] | out[4 * NJ * NK + 1] << 8, 200);
	fclose(f.stream);
	gather_close(g);
	arena_release(&a);
}

static void finds_listed_chunks_by_number(void **state)
{
	uint64_t chunk[] = { 1, NJ, NK }, index[] = { 1, 3 };
	const uint64_t start[] = { 1, 0, 0 }, count[] = { 1, NJ, NK };
	struct box b = box_of(3, start, count);
	struct gather *g = gather_open();
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	const uint64_t stride[] = { 2 * NJ * NK, 2 * NK, 2 };
	uint8_t out[2 * NJ * NK];
	struct gather_out to = { out, stride };
	struct file f;
	struct chunk_table t;
	struct gather_source src;

	(void)state;
	write_chunks(&f, chunk, false);
	f.offset[0] = f.offset[1];
	f.offset[1] = f.offset[3];
	f.n = 2;
	t = table_of(&f, chunk, false, js_new_list(&a));
	t.refs.index = index;
	src = (struct gather_source){ { .fd = fileno(f.stream), .path = "f" },
		&t, NULL };
	check_box(g, &src, &b);
	b.start[0] = 3;
	check_box(g, &src, &b);
	b.start[0] = 2;
	assert_int_equal(gather_read(g, &src, &b, &to, &err), -1);
	assert_string_equal(err.msg,
		"chunk 2/0/0: 'f': not listed in the record");
	fclose(f.stream);
	gather_close(g);
	arena_release(&a);
}

static void says_where_a_chunk_is_bad(void **state)
{
	uint64_t chunk[] = { 1, NJ, NK };
	struct box b = box_of(3, NULL, shape);
	const uint64_t stride[] = { 2 * NJ * NK, 2 * NK, 2 };
	uint8_t out[2 * NI * NJ * NK];
	struct gather_out to = { out, stride };
	struct gather *g = gather_open();
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct file f;
	struct chunk_table t;
	struct gather_source src;

	(void)state;
	write_chunks(&f, chunk, false);
	t = table_of(&f, chunk, false, js_new_list(&a));
	src = (struct gather_source){ { .fd = fileno(f.stream), .path = "f" },
		&t, NULL };
	f.length[2] = 59;
	assert_int_equal(gather_read(g, &src, &b, &to, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.msg,
		"chunk 2/0/0: 'f': 59 bytes stored, an "
		"unfiltered chunk has 60");
	err_clear(&err);
	f.length[2] = 60;
	f.offset[3] = f.size - 10;
	assert_int_equal(gather_read(g, &src, &b, &to, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.msg, "chunk 3/0/0: 'f' is truncated: "));
	err_clear(&err);
	b.count[0] = NI + 1;
	assert_int_equal(gather_read(g, &src, &b, &to, &err), -1);
	assert_string_equal(err.msg, "'f': box beyond the array");
	fclose(f.stream);
	gather_close(g);
	arena_release(&a);
}

/* Chunks that lie in any order, with gaps, or on each other. */
static void reads_chunks_in_any_order(void **state)
{
	enum { CHUNKS = NI * NJ };

	uint64_t chunk[] = { 1, 1, NK };
	struct box b = box_of(3, NULL, shape);
	struct gather *g = gather_open();
	struct arena a = ARENA_INIT;
	struct file f;
	struct chunk_table t;
	struct gather_source src;
	uint64_t bytes_read;

	(void)state;
	write_chunks(&f, chunk, false);
	t = table_of(&f, chunk, false, js_new_list(&a));
	src = (struct gather_source){ { .fd = fileno(f.stream), .path = "f" },
		&t, NULL };
	check_box(g, &src, &b);
	bytes_read = gather_bytes_read(g);
	assert_int_equal(bytes_read, 2 * NI * NJ * NK);
	for (unsigned order = 1; order < CHUNKS; order++) {
		uint8_t copy[2 * NK];

		/* Chunk i to where 7 i + order would be, far from the first. */
		for (unsigned i = 0; i < CHUNKS; i++) {
			uint64_t to = 10000 * (uint64_t)order +
				100 * ((7 * i + order) % CHUNKS);

			assert_int_equal(pread(src.file.fd, copy, sizeof(copy),
						 (off_t)f.offset[i]),
				sizeof(copy));
			assert_int_equal(pwrite(src.file.fd, copy, sizeof(copy),
						 (off_t)to),
				sizeof(copy));
			f.offset[i] = to;
		}
		check_box(g, &src, &b);
	}
	fclose(f.stream);
	gather_close(g);
	arena_release(&a);
}

static void reads_inline_data_and_scalars(void **state)
{
	static const uint8_t data[] = { 0x40, 0x09, 0, 0, 0, 0, 0, 0 };
	struct arena a = ARENA_INIT;
	struct chunk_table t = { .dtype = dtype_of(DTYPE_FLOAT64),
		.big_endian = true,
		.codecs = js_new_list(&a),
		.inline_data = data,
		.inline_size = 8 };
	struct gather_source src = { { .fd = -1, .path = "f" }, &t, NULL };
	struct gather *g = gather_open();
	struct box b = { .ndim = 0 };
	struct err err = ERR_INIT;
	double out = 0;
	struct gather_out to = { (uint8_t *)&out, NULL };

	(void)state;
	assert_true(gather_can(&t));
	assert_int_equal(gather_read(g, &src, &b, &to, &err), 0);
	assert_true(out == 3.125);
	t.inline_data = NULL;
	assert_false(gather_can(&t));
	gather_close(g);
	arena_release(&a);
}

static void reads_times(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t seconds, nanoseconds;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", true, 0, 0 },
		{ "2024-01-02T03:04:05.123456789Z", true, 1704164645,
			123456789 },
		{ "2024-02-29T23:59:59.5Z", true, 1709251199, 500000000 },
		{ "2000-03-01T00:00:00.000000001Z", true, 951868800, 1 },
		{ "1969-12-31T23:59:59Z", true, -1, 0 },
		{ "2024-01-02", false, 0, 0 },
		{ "2024-13-02T03:04:05Z", false, 0, 0 },
		{ "2024-01-02T03:04:05", false, 0, 0 },
		{ "2024-01-02T03:04:05.1234567890Z", false, 0, 0 },
		{ "", false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		int64_t s, ns;

		assert_int_equal(source_time(cases[i].text, &s, &ns),
			cases[i].ok);
		if (!cases[i].ok)
			continue;
		assert_true(s == cases[i].seconds);
		assert_true(ns == cases[i].nanoseconds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_any_box_of_any_chunks),
		cmocka_unit_test(reads_no_more_than_the_rows_it_needs),
		cmocka_unit_test(fills_what_is_absent),
		cmocka_unit_test(finds_listed_chunks_by_number),
		cmocka_unit_test(says_where_a_chunk_is_bad),
		cmocka_unit_test(reads_chunks_in_any_order),
		cmocka_unit_test(reads_inline_data_and_scalars),
		cmocka_unit_test(reads_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
