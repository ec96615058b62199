/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/names.h"

static void a_name_keeps_its_first_value(void **state)
{
	struct arena a = ARENA_INIT;
	struct names t = { .n = 0 };

	(void)state;
	assert_null(names_find(&t, "o/0"));
	for (size_t i = 0; i < 10000; i++) {
		const char *name = arena_printf(&a, "o/%zu", i);

		assert_int_equal(names_add(&t, &a, name, i)->value, i);
		assert_int_equal(names_add(&t, &a, name, i + 1)->value, i);
	}
	assert_int_equal(t.n, 10000);
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(
			names_find(&t, arena_printf(&a, "o/%zu", i))->value, i);
	assert_null(names_find(&t, "o/10000"));
	assert_null(names_find(&t, ""));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_keeps_its_first_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
