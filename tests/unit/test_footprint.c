/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of a region, term by term, and what is kept from one to the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "archive.h"
#include "plan/budget.h"

static struct arena arena = ARENA_INIT;

static uint64_t chunk[] = { 10, 100, 100 }, size[] = { 10, 1000, 1000 };
static uint64_t source_chunk[] = { 1, 1000, 1000 };
static uint64_t source_shape[] = { 10, 1000, 1000 };

static struct chunk_table source_of(const char *codecs)
{
	static uint64_t length[] = { 5, 700000, 6, 0, 0, 0, 0, 0, 0, 0 };

	return (struct chunk_table){ .ndim = 3,
		.shape = source_shape,
		.chunk_shape = source_chunk,
		.dtype = dtype_of(DTYPE_INT16),
		.codecs = archive_parse(&arena, codecs),
		.has_refs = true,
		.refs = { .n = 10, .length = length } };
}

static void every_buffer_counts(void **state)
{
	static const struct {
		const char *codecs;
		bool converts;
		uint64_t source, convert;
	} cases[] = {
		/* decoded and stored; between two codecs once more */
		{ "[{'name':'zlib'}]", false, 2700000, 0 },
		{ "[{'name':'shuffle'},{'name':'zlib'}]", false, 4700000, 0 },
		{ "[{'name':'a'},{'name':'b'},{'name':'c'},{'name':'d'}]",
			false, 6700000, 0 },
		{ "[]", false, 2 << 20, 0 },
		/* a band of 4 MiB, before as int16 and after as float32 */
		{ "[{'name':'zlib'}]", true, 2700000, (2 << 20) * 6 },
	};
	const struct footprint_target t = { 3, chunk, NULL, false, 4, 1,
		false };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct chunk_table source = source_of(cases[i].codecs);
		struct footprint f = footprint_of(&t, size);

		footprint_add(&f, &t,
			&(struct footprint_piece){ &source, size, &source.refs,
				cases[i].converts, false });
		assert_int_equal(f.part[FOOTPRINT_REGION], 40000000);
		assert_int_equal(f.part[FOOTPRINT_SOURCE], cases[i].source);
		assert_int_equal(f.part[FOOTPRINT_CONVERT], cases[i].convert);
		assert_in_range(f.part[FOOTPRINT_TARGET], 800000, 900000);
		assert_in_range(f.part[FOOTPRINT_BASE], 4 << 20, 16 << 20);
	}
}

static void a_shard_holds_its_chunks_encoded(void **state)
{
	static uint64_t inner[] = { 10, 10, 10 };
	const struct footprint_target t = { 3, chunk, inner, false, 4, 1,
		false };
	struct footprint f = footprint_of(&t, size);

	(void)state;
	/* 400 kB and 100 entries; a chunk of 4 kB twice, and some room */
	assert_in_range(f.part[FOOTPRINT_TARGET], 411000, 550000);
}

/* Both chunks of 1000 bytes are held, with what is known of them. */
static void what_may_stay_is_held_as_it_is_stored(void **state)
{
	uint64_t length[] = { 1000, 1000 };
	struct footprint_target t = { 3, chunk, NULL, false, 4, 1, false };
	struct chunk_table source = source_of("[]");
	struct refs refs = { .n = 2, .length = length };
	const struct footprint_piece p = { &source, size, &refs, false, false };
	struct footprint f = footprint_of(&t, size);

	(void)state;
	footprint_add(&f, &t, &p);
	assert_int_equal(f.part[FOOTPRINT_KEPT], 0);
	t.keep = true;
	footprint_add(&f, &t, &p);
	footprint_add(&f, &t, &p);
	assert_in_range(f.part[FOOTPRINT_KEPT], 4000, 8000);
}

static void what_is_compared_is_read_once_more(void **state)
{
	const struct footprint_target t = { 3, chunk, NULL, false, 2, 1,
		false };
	struct chunk_table source = source_of("[{'name':'zlib'}]");
	struct footprint f = footprint_of(&t, size);

	(void)state;
	footprint_add(&f, &t,
		&(struct footprint_piece){ &source, size, &source.refs, false,
			true });
	assert_int_equal(f.part[FOOTPRINT_SOURCE], 0);
	assert_in_range(f.part[FOOTPRINT_COMPARE], 2700000 + (2 << 20),
		30000000);
}

static void sizes_saturate(void **state)
{
	uint64_t huge[] = { UINT64_MAX, UINT64_MAX };
	const struct footprint_target t = { 2, huge, NULL, false, 8, 1, false };
	struct footprint f = footprint_of(&t, huge);

	(void)state;
	assert_true(footprint_total(&f) == UINT64_MAX);
}

/* A region of uint8 without pieces, in chunks of that length. */
static struct region region_of(uint64_t *len, uint64_t *of)
{
	static uint64_t zero[1];

	return (struct region){ .target = { .name = "v",
					.ndim = 1,
					.shape = len,
					.chunk_shape = of,
					.dtype = dtype_of(DTYPE_UINT8),
					.inner_codecs = archive_parse(&arena,
						"[{'name':'bytes'}]") },
		.offset = zero,
		.size = len,
		.cell_size = 1 };
}

static void what_is_kept_counts_until_it_is_given_back(void **state)
{
	static uint64_t small[] = { 1000000 }, large[] = { 60000000 };
	struct region wide = region_of(large, small);
	struct region high = region_of(small, large);
	struct region both = region_of(large, large);
	struct budget b = { .memory = 100000000 };
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(budget_take(&b, &wide, &err), 0);
	assert_int_equal(budget_take(&b, &wide, &err), 0);
	/* Each fits alone, but not with the other's buffer. */
	assert_int_equal(budget_take(&b, &high, &err), 1);
	assert_int_equal(budget_take(&b, &high, &err), 0);
	assert_int_equal(budget_take(&b, &wide, &err), 1);
	assert_int_equal(budget_take(&b, &both, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.msg, "60.0 MB for the region"));
	assert_non_null(strstr(err.msg, "60.0 MB for a target chunk"));
	b.memory = 0;
	assert_int_equal(budget_take(&b, &both, &err), 0);
}

/* 12 MiB for the program, 1 MB of cells, 1 MB to lay out a chunk; a hand more
 * takes the last and 1 MiB. */
static void there_are_hands_as_there_is_memory(void **state)
{
	static const struct {
		unsigned most, want;
		uint64_t memory;
	} cases[] = {
		{ 0, 1, 0 },
		{ 4, 4, 0 },
		{ 4, 4, 24000000 },
		{ 4, 2, 17000000 },
		{ 4, 1, 15000000 },
	};
	static uint64_t len[] = { 1000000 };
	struct region r = region_of(len, len);
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct budget b = { cases[i].memory, .most = cases[i].most };

		assert_int_equal(budget_take(&b, &r, &err), 0);
		assert_int_equal(b.hands, cases[i].want);
		assert_true(footprint_total(&b.kept) <= b.memory);
	}
}

static int teardown(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_buffer_counts),
		cmocka_unit_test(a_shard_holds_its_chunks_encoded),
		cmocka_unit_test(what_may_stay_is_held_as_it_is_stored),
		cmocka_unit_test(what_is_compared_is_read_once_more),
		cmocka_unit_test(sizes_saturate),
		cmocka_unit_test(what_is_kept_counts_until_it_is_given_back),
		cmocka_unit_test(there_are_hands_as_there_is_memory),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
