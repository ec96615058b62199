/* SPDX-License-Identifier: Apache-2.0 */
/* Spans of files: the same runs in any order and grouping, and few of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "schema/series.h"

enum { NFILES = 60, ROUNDS = 400 };

static struct arena arena = ARENA_INIT;
static uint64_t seed;

static uint64_t next_random(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

/* Stretches of equal steps, jumps, files of two lengths, two members, and times
 * that are no whole numbers. */
static struct series_run make_run(uint64_t i)
{
	double first = (double)(i * 24 + (i > 20 ? 100 : 0));
	struct series_run r = { .place = i + (i > 40), .count = 1 };

	if (i / 10 == 3)
		first += 0.1 * (double)i;
	r.span = (struct extent){ i % 15 == 7 ? 3 : 2, first, first + 12, 12,
		12, 12 };
	return r;
}

static const char *member_of(uint64_t i)
{
	return i % 20 < 17 ? "a" : "b";
}

static const char *text_of(struct series *s)
{
	return archive_text(&arena, series_to_json(&arena, s));
}

static void add_one(struct series *s, uint64_t i)
{
	struct series_run r = make_run(i);

	series_add(&arena, s, member_of(i), &r);
}

/* Some of the files in groups, groups through text or not. */
static void fold_some(struct series *s, const uint64_t *order, size_t n)
{
	struct err err = ERR_INIT;
	struct series half = { 0 }, back = { 0 };
	size_t cut;

	if (n <= 2 || next_random(4) == 0) {
		for (size_t i = 0; i < n; i++)
			add_one(s, order[i]);
		return;
	}
	cut = 1 + next_random(n - 1);
	fold_some(s, order, cut);
	fold_some(&half, order + cut, n - cut);
	if (next_random(2)) {
		series_unite(&arena, s, &half);
		return;
	}
	assert_int_equal(series_from_json(&arena,
				 archive_parse(&arena, text_of(&half)), &back,
				 &err),
		0);
	series_unite(&arena, s, &back);
}

static void any_order_grouping_and_repetition_gives_the_same(void **state)
{
	struct series whole = { 0 };
	const char *want;

	(void)state;
	for (uint64_t i = 0; i < NFILES; i++)
		add_one(&whole, i);
	want = text_of(&whole);
	for (uint64_t round = 1; round <= ROUNDS; round++) {
		uint64_t order[2 * NFILES];
		struct series s = { 0 };
		size_t n = NFILES;

		seed = round * 0x9e3779b97f4a7c15u;
		for (size_t i = 0; i < NFILES; i++)
			order[i] = i;
		while (n < 2 * NFILES && next_random(4))
			order[n++] = next_random(NFILES);
		for (size_t i = n; i > 1; i--) {
			size_t j = next_random(i);
			uint64_t t = order[i - 1];

			order[i - 1] = order[j];
			order[j] = t;
		}
		fold_some(&s, order, n);
		assert_string_equal(text_of(&s), want);
	}
}

static void equal_steps_are_one_run(void **state)
{
	struct series s = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 100000; i++) {
		uint64_t place = (i * 77777) % 100000; /* each of them once */
		struct series_run r = { .place = place, .count = 1 };

		r.span = (struct extent){ 1, (double)place * 86400e3,
			(double)place * 86400e3, 0, 0, 0 };
		series_add(&arena, &s, "", &r);
	}
	assert_string_equal(text_of(&s),
		"{'':[[0,100000,86400000.0,1,0.0,0.0,0.0,0.0,0.0]]}");
}

static void hostile_series_are_refused(void **state)
{
	static const char *const bad[] = {
		"1",
		"{'':[1]}",
		"{'':[[0,1,0,1,0,0,0,0]]}",
		"{'':[[0,0,0,1,0,0,0,0,0]]}",
		"{'':[[-1,1,0,1,0,0,0,0,0]]}",
		"{'':[[0,1,0,0,0,0,0,0,0]]}",
		"{'':[[0,1,0,1,'NaN',0,0,0,0]]}",
		"{'':[[0,1,'Infinity',1,0,0,0,0,0]]}",
		"{'':[['9223372036854775808',1,0,1,0,0,0,0,0]]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err err = ERR_INIT;
		struct series s = { 0 };

		if (series_from_json(&arena, archive_parse(&arena, bad[i]), &s,
			    &err) == 0)
			fail_msg("taken: %s", bad[i]);
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
		cmocka_unit_test(
			any_order_grouping_and_repetition_gives_the_same),
		cmocka_unit_test(equal_steps_are_one_run),
		cmocka_unit_test(hostile_series_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
