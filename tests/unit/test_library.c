/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries that are loaded when they are needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/library.h"

static double (*cosine)(double);
static double (*sine)(double);

static void finds_functions(void **state)
{
	static const struct library_call calls[] = {
		{ "cos", &cosine },
		{ "sin", &sine },
		{ NULL, NULL },
	};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(library_load("libm.so.6", calls, &err), 0);
	assert_true(cosine(0) > 0.99 && sine(0) < 0.01);
	assert_int_equal(library_load("libm.so.6", calls, &err), 0);
	cosine = NULL;
}

static void sets_all_or_nothing(void **state)
{
	static const struct library_call calls[] = {
		{ "cos", &cosine },
		{ "pgf_no_such_function", &sine },
		{ NULL, NULL },
	};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(library_load("libm.so.6", calls, &err), -1);
	assert_null(cosine);
	assert_non_null(strstr(err.msg, "cannot load 'libm.so.6': "));
	assert_non_null(strstr(err.msg, "pgf_no_such_function"));
	err_clear(&err);
	assert_int_equal(library_load("libpgf-none.so.1", calls, &err), -1);
	assert_non_null(strstr(err.msg, "cannot load 'libpgf-none.so.1': "));
	err_clear(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_functions),
		cmocka_unit_test(sets_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
