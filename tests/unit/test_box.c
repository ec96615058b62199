/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes: what they share, whether they overlap, copies between layouts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "chunk/box.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void intersects(void **state)
{
	static const struct {
		uint64_t a[2][2], b[2][2]; /* start, count */
		bool ok;
		uint64_t want[2][2];
	} cases[] = {
		{ { { 0, 0 }, { 4, 4 } }, { { 2, 1 }, { 9, 2 } }, true,
			{ { 2, 1 }, { 2, 2 } } },
		{ { { 0, 0 }, { 4, 4 } }, { { 4, 0 }, { 1, 1 } }, false,
			{ { 0 } } },
		{ { { 3, 3 }, { 1, 1 } }, { { 0, 0 }, { 9, 9 } }, true,
			{ { 3, 3 }, { 1, 1 } } },
		{ { { 0, 0 }, { 4, 0 } }, { { 0, 0 }, { 4, 4 } }, false,
			{ { 0 } } },
		{ { { 5, 0 }, { UINT64_MAX, 2 } }, { { 7, 1 }, { 2, 1 } }, true,
			{ { 7, 1 }, { 2, 1 } } },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct box a = box_of(2, cases[i].a[0], cases[i].a[1]);
		struct box b = box_of(2, cases[i].b[0], cases[i].b[1]);
		struct box got;

		assert_int_equal(box_intersect(&a, &b, &got), cases[i].ok);
		if (!cases[i].ok)
			continue;
		assert_memory_equal(got.start, cases[i].want[0], 16);
		assert_memory_equal(got.count, cases[i].want[1], 16);
		assert_true(box_contains(&a, &got));
		assert_int_equal(box_contains(&got, &b),
			memcmp(got.count, b.count, 16) == 0);
	}
}

static void shares_the_one_element_of_rank_0(void **state)
{
	struct box a = { .ndim = 0 }, b = { .ndim = 0 }, got;
	struct box two[2] = { a, b };
	uint64_t n = 0;

	(void)state;
	assert_true(box_intersect(&a, &b, &got));
	assert_true(box_cells(&got, &n));
	assert_int_equal(n, 1);
	assert_true(box_disjoint(two, 1));
	assert_false(box_disjoint(two, 2));
}

static void counts_without_overflow(void **state)
{
	const uint64_t large[] = { UINT64_C(1) << 40, UINT64_C(1) << 40 };
	struct box b = box_of(2, NULL, large);
	uint64_t n = 7;

	(void)state;
	assert_false(box_cells(&b, &n));
	assert_int_equal(n, 7);
}

static void tells_overlapping_boxes(void **state)
{
	static const struct {
		bool disjoint;
		size_t n;
		uint64_t at[4][4]; /* start, start, count, count */
	} cases[] = {
		{ true, 3, { { 4, 0, 2, 9 }, { 0, 0, 4, 9 }, { 6, 0, 1, 9 } } },
		{ false, 3,
			{ { 4, 0, 3, 9 }, { 0, 0, 4, 9 }, { 6, 0, 1, 9 } } },
		{ true, 2, { { 0, 5, 3, 5 }, { 0, 0, 3, 5 } } },
		{ false, 2, { { 0, 4, 3, 5 }, { 0, 0, 3, 5 } } },
		{ false, 3,
			{ { 0, 0, 9, 2 }, { 1, 2, 1, 1 }, { 8, 1, 1, 1 } } },
		{ true, 4,
			{ { 0, 0, 2, 2 }, { 2, 2, 2, 2 }, { 0, 2, 2, 2 },
				{ 2, 0, 2, 2 } } },
		{ false, 2, { { 1, 1, 1, 1 }, { 1, 1, 1, 1 } } },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct box boxes[4];

		for (size_t k = 0; k < cases[i].n; k++)
			boxes[k] =
				box_of(2, cases[i].at[k], cases[i].at[k] + 2);
		assert_int_equal(box_disjoint(boxes, cases[i].n),
			cases[i].disjoint);
	}
}

/* A copy of a box of a 5 x 7 x 6 array into one of 6 x 7 x 6, element by
 * element, is what box_copy must have done. */
static void copy_one(size_t item, const uint64_t *start, const uint64_t *count)
{
	static uint8_t from[5 * 7 * 6 * 16], to[6 * 7 * 6 * 16],
		want[sizeof(to)];
	const uint64_t from_shape[] = { 5, 7, 6 }, to_shape[] = { 6, 7, 6 };
	uint64_t from_stride[3], to_stride[3], first = 0;

	for (size_t i = 0; i < sizeof(from); i++)
		from[i] = (uint8_t)(i * 7 + i / 256);
	memset(to, 0xee, sizeof(to));
	memset(want, 0xee, sizeof(want));
	box_strides(3, from_shape, item, from_stride);
	box_strides(3, to_shape, item, to_stride);
	for (int i = 0; i < 3; i++)
		first += start[i] * from_stride[i];
	for (uint64_t i = 0; i < count[0]; i++)
		for (uint64_t j = 0; j < count[1]; j++)
			for (uint64_t k = 0; k < count[2]; k++)
				memcpy(want + i * to_stride[0] +
						j * to_stride[1] +
						k * to_stride[2],
					from + first + i * from_stride[0] +
						j * from_stride[1] +
						k * from_stride[2],
					item);
	box_copy(&(struct box_copy){ .ndim = 3,
		.count = count,
		.item = item,
		.to = to,
		.to_stride = to_stride,
		.from = from + first,
		.from_stride = from_stride });
	assert_memory_equal(to, want, sizeof(to));
}

static void copies_any_box(void **state)
{
	static const size_t items[] = { 1, 2, 3, 4, 8, 16 };
	static const uint64_t boxes[][2][3] = {
		{ { 0, 0, 0 }, { 5, 7, 6 } },
		{ { 1, 2, 3 }, { 3, 4, 2 } },
		{ { 4, 6, 5 }, { 1, 1, 1 } },
		{ { 0, 2, 0 }, { 5, 3, 6 } },
		{ { 2, 0, 0 }, { 2, 7, 6 } },
		{ { 0, 0, 5 }, { 5, 7, 1 } },
		{ { 0, 3, 0 }, { 5, 1, 6 } },
		{ { 0, 0, 0 }, { 5, 0, 6 } },
	};

	(void)state;
	for (size_t i = 0; i < N(items); i++)
		for (size_t k = 0; k < N(boxes); k++)
			copy_one(items[i], boxes[k][0], boxes[k][1]);
}

static void copies_into_another_order(void **state)
{
	const uint64_t count[] = { 2, 3 }, to_stride[] = { 1, 2 };
	const uint64_t from_stride[] = { 3, 1 };
	uint8_t to[6] = { 0 };
	const uint8_t from[] = "abcdef";

	(void)state;
	box_copy(&(struct box_copy){ .ndim = 2,
		.count = count,
		.item = 1,
		.to = to,
		.to_stride = to_stride,
		.from = from,
		.from_stride = from_stride });
	assert_memory_equal(to, "adbecf", 6);
}

static void fills_any_box(void **state)
{
	static const struct {
		size_t item;
		const char *value; /* NULL: zero bytes */
		uint64_t count[2];
		const char *want; /* of a 3 x 12-byte array of '.' */
	} cases[] = {
		{ 1, "x", { 2, 5 }, "xxxxx.......xxxxx..................." },
		{ 2, "xy", { 1, 3 }, "xyxyxy.............................." },
		{ 3, "abc", { 3, 4 }, "abcabcabcabcabcabcabcabcabcabcabcabc" },
		{ 4, "abcd", { 2, 1 }, "abcd........abcd...................." },
		{ 4, "abcd", { 0, 1 }, "...................................." },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const uint64_t stride[] = { 12, cases[i].item };
		uint8_t to[36];

		memset(to, '.', sizeof(to));
		box_fill(&(struct box_copy){ .ndim = 2,
			.count = cases[i].count,
			.item = cases[i].item,
			.to = to,
			.to_stride = stride,
			.from = (const uint8_t *)cases[i].value });
		assert_memory_equal(to, cases[i].want, sizeof(to));
	}
}

static void fills_with_zeros_by_default(void **state)
{
	const uint64_t count[] = { 2 }, stride[] = { 4 };
	uint8_t to[9];

	(void)state;
	memset(to, '.', sizeof(to));
	box_fill(&(struct box_copy){ .ndim = 1,
		.count = count,
		.item = 4,
		.to = to,
		.to_stride = stride });
	assert_memory_equal(to, "\0\0\0\0\0\0\0\0.", 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intersects),
		cmocka_unit_test(shares_the_one_element_of_rank_0),
		cmocka_unit_test(counts_without_overflow),
		cmocka_unit_test(tells_overlapping_boxes),
		cmocka_unit_test(copies_any_box),
		cmocka_unit_test(copies_into_another_order),
		cmocka_unit_test(fills_any_box),
		cmocka_unit_test(fills_with_zeros_by_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
