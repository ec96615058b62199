/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: what matches, what the groups took, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/regex.h"

static struct arena arena = ARENA_INIT;

static const struct {
	const char *pattern, *text;
	int found;
	const char *groups[5];
} searches[] = {
	{ "b", "abc", 1, { "b" } },
	{ "B", "abc", 0, { NULL } },
	{ "(?i)B", "abc", 1, { "b" } },
	{ "", "abc", 1, { "" } },
	{ "", "", 1, { "" } },
	{ "^$", "a\n", 0, { NULL } },
	{ "^a$", "a\n", 1, { "a" } },
	{ "(\\d+)-(\\w+)[.]nc$", "x/2020-sst.nc", 1,
		{ "2020-sst.nc", "2020", "sst" } },
	{ "(?<time>\\d{3})", "a0123", 1, { "012", "012" } },
	/* groups that took no part, in the middle and at the end */
	{ "(a)|(b)|(c)", "b", 1, { "b", "", "b", "" } },
	{ "(a)(b)?", "a", 1, { "a", "a", "" } },
	{ "(a)?(b)", "b", 1, { "b", "", "b" } },
	/* characters are not bytes */
	{ "^.(.)$", "ü€", 1, { "ü€", "€" } },
	{ "\\x{fc}", "ü", 1, { "ü" } },
	/* a digit is one of ten */
	{ "\\d", "٣", 0, { NULL } },
};

static void texts_are_searched(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
		const char *groups[6] = { NULL };
		struct err err = ERR_INIT;
		struct regex *r =
			regex_compile(&arena, searches[i].pattern, &err);

		if (r == NULL)
			fail_msg("case %zu: %s", i, err.msg);
		if (regex_search(r, &arena, searches[i].text, groups, &err) !=
			searches[i].found)
			fail_msg("case %zu: found, or not", i);
		for (size_t g = 0; searches[i].found && g <= regex_groups(r);
			g++)
			if (strcmp(groups[g], searches[i].groups[g]) != 0)
				fail_msg("case %zu: group %zu is '%s'", i, g,
					groups[g]);
	}
}

static void groups_have_names(void **state)
{
	struct err err = ERR_INIT;
	struct regex *r = regex_compile(&arena,
		"(?<year>\\d+)(x)(?P<name>y)(?'last'z)", &err);

	(void)state;
	assert_non_null(r);
	assert_int_equal(regex_groups(r), 4);
	assert_string_equal(regex_group_name(r, 1), "year");
	assert_null(regex_group_name(r, 2));
	assert_string_equal(regex_group_name(r, 3), "name");
	assert_string_equal(regex_group_name(r, 4), "last");
	r = regex_compile(&arena, "x", &err);
	assert_int_equal(regex_groups(r), 0);
}

static const struct {
	const char *pattern, *says;
} malformed[] = {
	{ "(x", "missing closing parenthesis at character 3" },
	{ "x)", "at character 2" },
	{ "[z-a]", "at character" },
	{ "*", "at character 1" },
	{ "(?<a>x)(?<a>y)", "at character" },
	{ "\\", "at character 2" },
	{ "\\C", "at character 3" }, /* half a character */
	{ "\xff", "UTF-8" },
};

static void malformed_ones_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		struct err err = ERR_INIT;

		if (regex_compile(&arena, malformed[i].pattern, &err) != NULL)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.msg, malformed[i].says) == NULL)
			fail_msg("case %zu: %s", i, err.msg);
	}
}

/* Patterns whose time grows with the power of the text's length. */
static void what_takes_for_ever_ends(void **state)
{
	static const char *const patterns[] = { "^(a+)+$", "^(a|aa)+$",
		"^(\\w+\\s?)+$" };
	char text[20001];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text[sizeof(text) - 2] = '!';
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const char *groups[4];
		struct err err = ERR_INIT;
		struct regex *r = regex_compile(&arena, patterns[i], &err);

		assert_non_null(r);
		assert_int_equal(regex_search(r, &arena, text, groups, &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_non_null(strstr(err.msg, "takes too long"));
		assert_true(strlen(err.msg) < 300);
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
		cmocka_unit_test(texts_are_searched),
		cmocka_unit_test(groups_have_names),
		cmocka_unit_test(malformed_ones_are_refused),
		cmocka_unit_test(what_takes_for_ever_ends),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
