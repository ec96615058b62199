/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses in documents: where they lead, and whether that is below a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/str.h"
#include "net/link.h"

static struct arena arena;

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static void check_text(const char *of, const char *is, const char *want)
{
	if (is == NULL || want == NULL ? is != want : !str_eq(is, want))
		fail_msg("'%s': '%s', not '%s'", of, is ? is : "(none)",
			want ? want : "(none)");
}

/* RFC 3986, section 5.4.1, as far as dots are not removed. */
static void references_are_resolved(void **state)
{
	static const char base[] = "http://a/b/c/d;p?q";
	static const struct {
		const char *href, *is;
	} cases[] = {
		{ "g:h", "g:h" },
		{ "g", "http://a/b/c/g" },
		{ "./g", "http://a/b/c/g" },
		{ "././g", "http://a/b/c/g" },
		{ "g/", "http://a/b/c/g/" },
		{ "/g", "http://a/g" },
		{ "//g", "http://g" },
		{ "?y", "http://a/b/c/d;p?y" },
		{ "g?y", "http://a/b/c/g?y" },
		{ "#s", "http://a/b/c/d;p" },
		{ "g#s", "http://a/b/c/g" },
		{ "g;x=1:2", "http://a/b/c/g;x=1:2" },
		{ ";x", "http://a/b/c/;x" },
		{ "", "http://a/b/c/d;p" },
		{ " \n g\t", "http://a/b/c/g" },
		{ "../g", "http://a/b/c/../g" },
		{ "https://h/x", "https://h/x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_text(cases[i].href,
			link_resolve(&arena, base, cases[i].href), cases[i].is);
	check_text("g", link_resolve(&arena, "http://a", "g"), "http://a/g");
	check_text("//g", link_resolve(&arena, "https://a/", "//g"),
		"https://g");
}

static void a_folder_ends_at_the_last_slash_of_the_path(void **state)
{
	static const struct {
		const char *url, *is;
	} cases[] = {
		{ "http://a/b/c", "http://a/b/" },
		{ "http://a/b/c/", "http://a/b/c/" },
		{ "http://a/b/c?d=/e/", "http://a/b/" },
		{ "http://a/b#/c/", "http://a/" },
		{ "http://a", "http://a/" },
		{ "http://a?/b", "http://a/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_text(cases[i].url, link_folder(&arena, cases[i].url),
			cases[i].is);
}

/* However they are escaped. */
static void what_is_below_a_folder_is_named(void **state)
{
	static const struct {
		const char *folder, *url, *is;
		bool odd;
	} cases[] = {
		{ "http://a/b/", "http://a/b/c.nc", "c.nc", false },
		{ "http://a/b/", "http://a/b/c/", "c/", false },
		{ "http://a/b/", "HTTP://A/b/c/d.nc", "c/d.nc", false },
		{ "http://a/%62/", "http://a/b/c%20d", "c d", false },
		{ "http://a/b/", "http://a/%62/c", "c", false },
		{ "http://a/b%2Fc/", "http://a/b/c/d", "d", false },
		{ "http://a/b/", "http://a/b/", NULL, false },
		{ "http://a/b/", "http://a/B/c", NULL, false },
		{ "http://a/b/", "http://a/c", NULL, false },
		{ "http://a/b/", "https://a/b/c", NULL, false },
		{ "http://a/b/", "http://a:80/b/c", NULL, false },
		{ "http://a/b/", "http://a/b/c?d", NULL, false },
		{ "http://a/b/", "http://a/b/..", NULL, false },
		{ "http://a/b/", "http://a/b/../c", NULL, false },
		{ "http://a/b/", "http://a/b/%2E%2e/c", NULL, false },
		{ "http://a/b/", "http://a/b/c/../d", NULL, true },
		{ "http://a/b/", "http://a/b/c//d", NULL, true },
		{ "http://a/b/", "http://a/b/./c", NULL, true },
		{ "http://a/b/", "http://a/b/c%2Fd", NULL, true },
		{ "http://a/b/", "http://a/b/c%00", NULL, true },
		{ "http://a/b/", "http://a/b/c%0A", NULL, true },
		{ "http://a/b/", "http://a/b/c%ff", NULL, true },
		{ "http://a/b/", "http://a/b/c%4", NULL, true },
		{ "b/", "b/c", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool odd = !cases[i].odd;

		check_text(cases[i].url,
			link_below(&arena, cases[i].folder, cases[i].url, &odd),
			cases[i].is);
		if (odd != cases[i].odd)
			fail_msg("'%s' is %sodd", cases[i].url,
				odd ? "" : "not ");
	}
}

static void names_are_plain_paths(void **state)
{
	static const char *const good[] = { "a", "a/b", "a/", ".a", "..a/b",
		"a b", "größe.nc", "a/..." };
	static const char *const bad[] = { "", "/", "/a", "a//b", "a//", ".",
		"..", "a/.", "a/../b", "./a", "a\nb", "\x7f", "\xff" };
	char text[LINK_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!link_is_name(good[i], strlen(good[i])))
			fail_msg("'%s' is none", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (link_is_name(bad[i], strlen(bad[i])))
			fail_msg("'%s' is one", bad[i]);
	memset(text, 'a', sizeof(text));
	assert_true(link_is_name(text, LINK_NAME_MAX));
	assert_false(link_is_name(text, LINK_NAME_MAX + 1));
}

/* Every byte that a name can have, there and back. */
static void escapes_are_undone(void **state)
{
	struct buf text = BUF_INIT, argument = BUF_INIT;
	char name[256];

	(void)state;
	for (int i = 1; i < 256; i++)
		name[i - 1] = (char)i;
	name[255] = '\0';
	link_encode(&text, name);
	for (size_t i = 0; i < text.len; i++)
		assert_true(text.data[i] > ' ' && text.data[i] < 0x7f);
	check_text("all", link_decode(&arena, text.data, text.len, true), name);
	link_encode_argument(&argument, name);
	assert_null(strpbrk(argument.data, "/=&+,@:~? "));
	check_text("argument",
		link_decode(&arena, argument.data, argument.len, true), name);
	buf_reset(&text);
	link_encode(&text, "a b/ü+&.nc");
	assert_string_equal(text.data, "a%20b/%C3%BC%2B%26.nc");
	assert_null(link_decode(&arena, "%2f", 3, false));
	check_text("%2f", link_decode(&arena, "%2f", 3, true), "/");
	assert_null(link_decode(&arena, "%00", 3, true));
	assert_null(link_decode(&arena, "%2", 2, true));
	assert_null(link_decode(&arena, "%g0", 3, true));
	assert_null(link_decode(&arena, "%41", 2, true)); /* cut there */
	buf_release(&text);
	buf_release(&argument);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(references_are_resolved),
		cmocka_unit_test(a_folder_ends_at_the_last_slash_of_the_path),
		cmocka_unit_test(what_is_below_a_folder_is_named),
		cmocka_unit_test(names_are_plain_paths),
		cmocka_unit_test(escapes_are_undone),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
