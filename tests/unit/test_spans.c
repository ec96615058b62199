/* SPDX-License-Identifier: Apache-2.0 */
/* The set against a plain array of bytes, by chance and at its edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/spans.h"

enum { SIZE = 120 };

static void check_form(const struct spans *s)
{
	for (size_t i = 0; i < s->n; i++) {
		assert_true(s->at[i].start < s->at[i].end);
		if (i > 0)
			assert_true(s->at[i - 1].end < s->at[i].start);
	}
}

static void check_bytes(const struct spans *s, const char *have)
{
	struct spans missing = SPANS_INIT;
	char seen[SIZE];
	size_t n = 0;

	memset(seen, 1, sizeof(seen));
	check_form(s);
	for (uint64_t i = 0; i < SIZE; i++) {
		struct span_range one = { i, i + 1 };

		assert_int_equal(spans_has(s, one), have[i] != 0);
		n += have[i] != 0;
	}
	assert_int_equal(spans_size(s), n);
	spans_missing(s, (struct span_range){ 0, SIZE }, &missing);
	check_form(&missing);
	for (size_t i = 0; i < missing.n; i++)
		memset(seen + missing.at[i].start, 0,
			(size_t)(missing.at[i].end - missing.at[i].start));
	assert_memory_equal(seen, have, SIZE);
	spans_release(&missing);
}

static void test_chance(void **state)
{
	(void)state;
	srand(7);
	for (int round = 0; round < 300; round++) {
		struct spans s = SPANS_INIT;
		char have[SIZE] = { 0 };

		for (int i = 0; i < 12; i++) {
			uint64_t start = (uint64_t)(rand() % SIZE);
			uint64_t end = start + (uint64_t)(rand() % 12);

			if (end > SIZE)
				end = SIZE;
			spans_add(&s, (struct span_range){ start, end }, 0);
			memset(have + start, 1, (size_t)(end - start));
			check_bytes(&s, have);
		}
		spans_release(&s);
	}
}

static void test_gap(void **state)
{
	struct spans s = SPANS_INIT;

	(void)state;
	spans_add(&s, (struct span_range){ 100, 110 }, 5);
	spans_add(&s, (struct span_range){ 116, 120 }, 5);
	assert_int_equal(s.n, 2);
	spans_add(&s, (struct span_range){ 90, 95 }, 5);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.at[0].start, 90);
	assert_int_equal(s.at[0].end, 110);
	spans_add(&s, (struct span_range){ 112, 113 }, 5);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.at[0].end, 120);
	spans_add(&s, (struct span_range){ 300, 300 }, 5);
	assert_int_equal(s.n, 1);
	spans_release(&s);
}

static void test_edges(void **state)
{
	struct spans s = SPANS_INIT;
	struct span_range end = { UINT64_MAX - 5, UINT64_MAX };

	(void)state;
	assert_true(spans_has(&s, (struct span_range){ 3, 3 }));
	assert_false(spans_has(&s, (struct span_range){ 3, 4 }));
	spans_add(&s, end, 100);
	spans_add(&s, (struct span_range){ 0, 1 }, 100);
	assert_int_equal(s.n, 2);
	assert_true(spans_has(&s, end));
	spans_reset(&s);
	assert_false(spans_has(&s, end));
	spans_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chance),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
