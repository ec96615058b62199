/* SPDX-License-Identifier: Apache-2.0 */
/* Names become values, and nothing that goes wrong shows a value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

static struct arena arena;

static int prepare(void **state)
{
	(void)state;
	return setenv("S1", "one", 1) | setenv("S_2", "t${S1}wo", 1) |
		setenv("SNONE", "", 1) | setenv("SBAD", "hidden\nX: y", 1) |
		unsetenv("SMISSING");
}

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static const struct {
	const char *text, *value, *error;
} cases[] = {
	{ "", "", NULL },
	{ "plain $S1 {} $ $$", "plain $S1 {} $ $$", NULL },
	{ "${S1}", "one", NULL },
	{ "a${S1}b${S_2}c", "aonebt${S1}woc", NULL }, /* once only */
	{ "${S1}${S1}", "oneone", NULL },
	{ "x${SMISSING}", NULL,
		"the environment variable 'SMISSING' is not set" },
	{ "${S1}${SNONE}", NULL, "the environment variable 'SNONE' is empty" },
	{ "${SBAD}", NULL,
		"the environment variable 'SBAD' has a line break or another "
		"control character in it" },
	{ "${S1", NULL, "'${' must be" },
	{ "${}", NULL, "'${' must be" },
	{ "${1S}", NULL, "'${' must be" },
	{ "${S 1}", NULL, "'${' must be" },
	{ "${", NULL, "'${' must be" },
};

static void test_expand(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		const char *value = NULL;
		int r = secret_expand(&arena, cases[i].text, &value, &err);

		if (cases[i].error == NULL) {
			assert_int_equal(r, 0);
			assert_string_equal(value, cases[i].value);
			continue;
		}
		assert_int_equal(r, -1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_non_null(strstr(err.msg, cases[i].error));
		assert_null(strstr(err.msg, "hidden"));
	}
}

static void test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		const char *error = cases[i].error;

		assert_int_equal(secret_check(cases[i].text, &err),
			error != NULL && *error == '\'' ? -1 : 0);
	}
}

static void test_bare(void **state)
{
	(void)state;
	assert_true(secret_is_bare("authorization", "Bearer x"));
	assert_true(secret_is_bare("Cookie", "a=b"));
	assert_false(secret_is_bare("Authorization", "Bearer ${T}"));
	assert_false(secret_is_bare("Accept", "x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_bare),
	};

	return cmocka_run_group_tests_name("secret", tests, prepare, release);
}
