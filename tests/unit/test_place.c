/* SPDX-License-Identifier: Apache-2.0 */
/* Places as numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/place.h"

static const struct {
	unsigned n;
	uint64_t at[PLACE_MAX_DIMS];
} places[] = {
	/* ascending for each n */
	{ 1, { 0 } },
	{ 1, { 1 } },
	{ 1, { ((uint64_t)1 << 60) - 1 } },
	{ 2, { 0, 0 } },
	{ 2, { 0, (1 << 30) - 2 } },
	{ 2, { 1, 0 } },
	{ 2, { (1 << 30) - 2, (1 << 30) - 2 } },
	{ 3, { 0, 0, 1 } },
	{ 3, { 0, 1, 0 } },
	{ 3, { 5, (1 << 20) - 2, 7 } },
	{ 4, { 0, 0, 0, 32766 } },
	{ 4, { 0, 0, 1, 0 } },
	{ 4, { 1, 2, 3, 4 } },
};

enum { NPLACES = sizeof(places) / sizeof(places[0]) };

static void places_come_back_and_keep_their_order(void **state)
{
	uint64_t last = 0;

	(void)state;
	for (unsigned i = 0; i < NPLACES; i++) {
		uint64_t at[PLACE_MAX_DIMS], place;

		assert_true(place_pack(places[i].n, places[i].at, &place));
		assert_int_equal(place_unpack(place, at), places[i].n);
		for (unsigned k = 0; k < places[i].n; k++)
			assert_int_equal(at[k], places[i].at[k]);
		assert_true(i == 0 || place > last);
		last = place;
	}
}

static void what_no_place_can_hold_is_refused(void **state)
{
	uint64_t at[PLACE_MAX_DIMS + 1] = { 0 }, place = 77;

	(void)state;
	assert_false(place_pack(PLACE_MAX_DIMS + 1, at, &place));
	for (unsigned n = 1; n <= PLACE_MAX_DIMS; n++)
		for (unsigned k = 0; k < n; k++) {
			at[k] = place_limit(n) + 1;
			assert_false(place_pack(n, at, &place));
			at[k] = 0;
		}
	assert_int_equal(place, 77);
	assert_true(place_pack(0, at, &place));
	assert_int_equal(place, 0);
}

/* A run along the last dimension must not go on in the next row. */
static void rows_do_not_touch(void **state)
{
	uint64_t end[PLACE_MAX_DIMS] = { 0 }, next[PLACE_MAX_DIMS] = { 0 };
	uint64_t x, y;

	(void)state;
	for (unsigned n = 2; n <= PLACE_MAX_DIMS; n++) {
		end[n - 1] = place_limit(n);
		next[n - 2] = 1;
		assert_true(place_pack(n, end, &x));
		assert_true(place_pack(n, next, &y));
		assert_true(y > x + 1);
		end[n - 1] = next[n - 2] = 0;
	}
}

static void a_mask_keeps_dimensions(void **state)
{
	const uint64_t at[] = { 3, 4, 5 };
	uint64_t got[PLACE_MAX_DIMS], place;

	(void)state;
	assert_true(place_pack(3, at, &place));
	for (unsigned keep = 0; keep < 8; keep++) {
		assert_int_equal(place_unpack(place & place_mask(3, keep), got),
			3);
		for (unsigned k = 0; k < 3; k++)
			assert_int_equal(got[k], keep >> k & 1 ? at[k] : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_come_back_and_keep_their_order),
		cmocka_unit_test(what_no_place_can_hold_is_refused),
		cmocka_unit_test(rows_do_not_touch),
		cmocka_unit_test(a_mask_keeps_dimensions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
