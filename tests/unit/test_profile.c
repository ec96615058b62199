/* SPDX-License-Identifier: Apache-2.0 */
/* Sections and values of the files of AWS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/profile.h"

static struct arena arena = ARENA_INIT;

static const struct {
	const char *text, *section, *value; /* of "k"; NULL: none */
} cases[] = {
	{ "", "s", NULL },
	{ "k=v", "s", NULL },
	{ "[s]\nk=v", "s", "v" },
	{ "[s]\r\n  \r\nk = v \t\r\n", "s", "v" },
	{ "[ s ]\nk\t=\tv", "s", "v" },
	{ "[s] # why\nk=v\n", "s", "v" },
	{ "[s\nk=v\n", "s", NULL },
	{ "[]\nk=v\n", "", "v" },
	{ "[S]\nk=v\n", "s", NULL },
	{ "[s]\nK=v\n", "s", NULL },
	{ "[profile s]\nk=v\n", "profile s", "v" },
	{ "[profile  s]\nk=v\n", "profile s", NULL },
	/* what belongs to another */
	{ "[t]\nk=1\n[s]\nk=2\n[u]\nk=3\n", "s", "2" },
	{ "[s]\n[t]\nk=v\n", "s", NULL },
	{ "[s]\nkk=v\nxk=v\n", "s", NULL },
	/* the last one */
	{ "[s]\nk=1\nk=2\n", "s", "2" },
	{ "[s]\nk=1\n[t]\n[s]\nk=2\n", "s", "2" },
	/* comments, and what only looks so */
	{ "[s]\n#k=v\n;k=v\n", "s", NULL },
	{ "#[s]\nk=v\n", "s", NULL },
	{ "[s]\nk=a#b;c\n", "s", "a#b;c" },
	/* nested settings */
	{ "[s]\nx =\n  k = v\n\tk = w\n", "s", NULL },
	{ " [s]\nk=v\n", "s", NULL },
	/* values of all sorts */
	{ "[s]\nk=\n", "s", "" },
	{ "[s]\nk\n", "s", NULL },
	{ "[s]\nk=a=b==\n", "s", "a=b==" },
	{ "[s]\nk=[t]\n", "s", "[t]" },
	{ "[s]\n=v\nk=\xff\x01\n", "s", "\xff\x01" },
};

static void values_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = profile_get(&arena, cases[i].text,
			cases[i].section, "k");

		if ((got == NULL) != (cases[i].value == NULL))
			fail_msg("case %zu: %s", i, got ? got : "none");
		if (got != NULL)
			assert_string_equal(got, cases[i].value);
	}
}

static void sections_are_found(void **state)
{
	static const char text[] = "k=v\n[a]\n[b]\nx=1\n[ c d ]\n#[e]\n[f";

	(void)state;
	assert_true(profile_has(text, "a"));
	assert_true(profile_has(text, "b"));
	assert_true(profile_has(text, "c d"));
	assert_false(profile_has(text, "c"));
	assert_false(profile_has(text, "e"));
	assert_false(profile_has(text, "f"));
	assert_false(profile_has("", ""));
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
		cmocka_unit_test(values_are_found),
		cmocka_unit_test(sections_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
