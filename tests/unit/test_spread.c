/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of files, against a plain table of what is in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "model/place.h"
#include "schema/spread.h"

enum { SIDE = 12, ROUNDS = 400 };

static struct arena arena = ARENA_INIT;

static uint64_t seed;

static uint64_t next_random(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

/* A spread of places of n dimensions, and the same as a table. */
struct model {
	unsigned n;
	bool has[2][SIDE][SIDE];
	struct spread spread;
};

static uint64_t place_of(unsigned n, unsigned row, unsigned column)
{
	uint64_t at[PLACE_MAX_DIMS] = { 0 }, place;

	at[n - 1] = column;
	if (n > 1)
		at[n - 2] = row;
	assert_true(place_pack(n, at, &place));
	return place;
}

static const char *const members[] = { "ice", "sst" };

static void fill(struct model *m, unsigned n)
{
	unsigned runs = (unsigned)next_random(30);

	memset(m, 0, sizeof(*m));
	m->n = n;
	for (unsigned i = 0; i < runs; i++) {
		unsigned member = (unsigned)next_random(2);
		unsigned row = n > 1 ? (unsigned)next_random(SIDE) : 0;
		unsigned first = (unsigned)next_random(SIDE);
		unsigned last = first + (unsigned)next_random(SIDE - first);

		spread_add(&arena, &m->spread, members[member],
			(struct run){ place_of(n, row, first),
				place_of(n, row, last) });
		while (first <= last)
			m->has[member][row][first++] = true;
	}
}

static bool wanted(const struct model *x, const struct model *y, int op,
	unsigned i)
{
	bool a = (&x->has[0][0][0])[i], b = (&y->has[0][0][0])[i];

	return op == 0 ? a || b : op == 1 ? a && b : a && !b;
}

static void check(const struct spread *s, const struct model *x,
	const struct model *y, int op)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < 2 * SIDE * SIDE; i++) {
		unsigned row = i / SIDE % SIDE;
		const struct spread_key k = { members[i / SIDE / SIDE],
			place_of(x->n, x->n > 1 ? row : 0, i % SIDE) };

		if (x->n == 1 && row > 0)
			continue;
		count += wanted(x, y, op, i);
		assert_int_equal(spread_has(s, k), wanted(x, y, op, i));
	}
	assert_int_equal(spread_count(s), count);
}

static void sets_are_joined_cut_and_taken_away(void **state)
{
	static struct model x, y;

	(void)state;
	for (uint64_t round = 1; round <= ROUNDS; round++) {
		struct spread both = { 0 }, left = { 0 }, all = { 0 };
		unsigned n = 1 + (unsigned)(round % PLACE_MAX_DIMS);

		seed = round * 0x9e3779b97f4a7c15u;
		fill(&x, n);
		fill(&y, n);
		spread_intersect(&arena, &x.spread, &y.spread, &both);
		spread_subtract(&arena, &x.spread, &y.spread, &left);
		spread_unite(&arena, &all, &y.spread);
		spread_unite(&arena, &all, &x.spread);
		spread_unite(&arena, &x.spread, &y.spread);
		assert_true(spread_equal(&all, &x.spread));
		/* the same tables once more: x has grown */
		seed = round * 0x9e3779b97f4a7c15u;
		fill(&x, n);
		fill(&y, n);
		check(&all, &x, &y, 0);
		check(&both, &x, &y, 1);
		check(&left, &x, &y, 2);
		arena_reset(&arena);
	}
}

static void sets_come_back_from_text(void **state)
{
	static struct model x;

	(void)state;
	for (uint64_t round = 1; round <= ROUNDS; round++) {
		struct err err = ERR_INIT;
		struct spread back = { 0 };
		const char *text;

		seed = round * 0x9e3779b97f4a7c15u;
		fill(&x, 1 + (unsigned)(round % PLACE_MAX_DIMS));
		text = archive_text(&arena, spread_to_json(&arena, &x.spread));
		assert_int_equal(spread_from_json(&arena,
					 archive_parse(&arena, text), &back,
					 &err),
			0);
		assert_true(spread_equal(&x.spread, &back));
		arena_reset(&arena);
	}
}

static void rows_that_are_alike_are_one_box(void **state)
{
	static const char *const texts[] = {
		"{'':[[0,9],[11,11]]}",
		"{'sst':[[[0,0],[3,9]]]}",
		"{'':[[[0,0],[2,1]],[[0,4],[2,5]],[[3,4],[3,5]]]}",
		"{'':[[[0,0],[0,3]],[[2,0],[3,3]]]}",
		"{'':[[[0,0,0],[0,3,9]],[[1,0,0],[1,3,9]]]}",
		"{'':[[[1,2,3,4],[1,2,9,5]]]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct spread s = { 0 };
		struct err err = ERR_INIT;

		if (spread_from_json(&arena, archive_parse(&arena, texts[i]),
			    &s, &err) < 0)
			fail_msg("%s: %s", texts[i], err.msg);
		assert_string_equal(archive_text(&arena,
					    spread_to_json(&arena, &s)),
			texts[i]);
	}
}

static void what_is_no_run_is_refused(void **state)
{
	static const char *const texts[] = {
		"{'':[[1,0]]}",
		"{'':[[0]]}",
		"{'':[[0,1,2]]}",
		"{'':[[0,'x']]}",
		"{'':[[-1,1]]}",
		"{'':[[0,1152921504606846976]]}",
		"{'':[[[0,0],[0]]]}",
		"{'':[[0,[0,1]]]}",
		"{'':[[[0,0],[0,0,0]]]}",
		"{'':[[[0,0,0,0,0],[0,0,0,0,0]]]}",
		"{'':[[[0,5],[3,4]]]}",
		"{'':[[[0,0,0],[1,0,0]]]}",
		"{'':[[[0,0],[0,1073741823]]]}",
		"{'':[[[0,0],[1073741822,0]]]}",
		"[]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct spread s = { 0 };
		struct err err = ERR_INIT;

		if (spread_from_json(&arena, archive_parse(&arena, texts[i]),
			    &s, &err) == 0)
			fail_msg("%s is taken", texts[i]);
		assert_int_equal(err.kind, ERR_DATA);
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
		cmocka_unit_test(sets_are_joined_cut_and_taken_away),
		cmocka_unit_test(sets_come_back_from_text),
		cmocka_unit_test(rows_that_are_alike_are_one_box),
		cmocka_unit_test(what_is_no_run_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
