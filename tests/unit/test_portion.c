/* SPDX-License-Identifier: Apache-2.0 */
/* Portions of a region cover what its pieces do, and cut no source chunk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "chunk/portion.h"

static struct arena arena = ARENA_INIT;

/* A piece of bytes at the origin, of that shape, in those chunks. */
static struct piece piece_of(uint64_t *shape, uint64_t *chunks,
	const char *codecs)
{
	static uint64_t origin[3];

	return (struct piece){ .path = "x",
		.offset = origin,
		.cell_size = 1,
		.table = { .ndim = 3,
			.shape = shape,
			.chunk_shape = chunks,
			.dtype = dtype_of(DTYPE_UINT8),
			.codecs = archive_parse(&arena, codecs),
			.has_refs = true } };
}

static struct region region_of(uint64_t *offset, uint64_t *size,
	struct piece *piece)
{
	return (struct region){ .target = { .ndim = 3 },
		.offset = offset,
		.size = size,
		.npieces = 1,
		.pieces = piece };
}

/* One portion behind the other along an axis, all of the others; axis 3: one. */
static void check_portions(const struct region *r, size_t want, unsigned axis)
{
	const uint64_t *chunks = r->pieces[0].table.chunk_shape;
	uint64_t next = r->offset[axis % 3];
	struct portion *list;
	size_t n;

	list = portion_list(&arena, r, &n);
	assert_int_equal(n, want);
	for (size_t i = 0; i < n; i++) {
		struct box box;

		assert_int_equal(list[i].axis, axis);
		portion_box(r, &list[i], &box);
		for (unsigned d = 0; d < 3; d++) {
			if (d == axis)
				continue;
			assert_int_equal(box.start[d], r->offset[d]);
			assert_int_equal(box.count[d], r->size[d]);
		}
		if (axis == 3)
			continue;
		assert_int_equal(box.start[axis], next);
		assert_true(i == 0 || next % chunks[axis] == 0);
		next += box.count[axis];
	}
	if (axis < 3)
		assert_int_equal(next, r->offset[axis] + r->size[axis]);
}

static void pieces_are_cut_between_source_chunks(void **state)
{
	static const struct {
		uint64_t chunks[3], offset[3], size[3];
		size_t want; /* portions */
		unsigned axis;
		const char *codecs;
	} cases[] = {
		/* 1 MiB a chunk: four at a time */
		{ { 1, 1024, 1024 }, { 0 }, { 64, 1024, 1024 }, 16, 0,
			"[{'name':'zlib'}]" },
		{ { 1, 1024, 1024 }, { 7, 0, 0 }, { 10, 1024, 1024 }, 3, 0,
			"[{'name':'zlib'}]" },
		/* not worth it */
		{ { 1, 1024, 1024 }, { 0 }, { 4, 1024, 1024 }, 1, 3,
			"[{'name':'zlib'}]" },
		/* across, when there is one chunk along the first axis */
		{ { 64, 100, 1024 }, { 0 }, { 64, 1024, 1024 }, 11, 1,
			"[{'name':'zlib'}]" },
		{ { 64, 100, 1024 }, { 0, 150, 0 }, { 64, 100, 1024 }, 2, 1,
			"[{'name':'zlib'}]" },
		/* one chunk; what only the library can read */
		{ { 64, 1024, 1024 }, { 0 }, { 64, 1024, 1024 }, 1, 3,
			"[{'name':'zlib'}]" },
		{ { 1, 1024, 1024 }, { 0 }, { 64, 1024, 1024 }, 1, 3,
			"[{'name':'strange'}]" },
	};
	static uint64_t shape[] = { 64, 1024, 1024 };

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		uint64_t chunks[3], offset[3], size[3];
		struct piece p = piece_of(shape, chunks, cases[k].codecs);
		struct region r = region_of(offset, size, &p);

		memcpy(chunks, cases[k].chunks, sizeof(chunks));
		memcpy(offset, cases[k].offset, sizeof(offset));
		memcpy(size, cases[k].size, sizeof(size));
		check_portions(&r, cases[k].want, cases[k].axis);
	}
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_cut_between_source_chunks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
