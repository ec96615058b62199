/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of what is in packed files and archives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/bundle_name.h"

static void addresses_are_split(void **state)
{
	static const struct {
		const char *text;
		enum bundle_kind kind;
		const char *container, *member;
	} cases[] = {
		{ "a.nc", BUNDLE_NONE, "a.nc", NULL },
		{ "a.nc.gz", BUNDLE_PACKED, "a.nc.gz", NULL },
		{ "a.nc.BZ2", BUNDLE_PACKED, "a.nc.BZ2", NULL },
		{ "a.nc.xz", BUNDLE_PACKED, "a.nc.xz", NULL },
		{ "a.nc.zst", BUNDLE_PACKED, "a.nc.zst", NULL },
		{ "a.zip", BUNDLE_ARCHIVE, "a.zip", NULL },
		{ "a.tar.gz", BUNDLE_ARCHIVE, "a.tar.gz", NULL },
		{ "a.TGZ", BUNDLE_ARCHIVE, "a.TGZ", NULL },
		{ ".gz", BUNDLE_NONE, ".gz", NULL },
		{ "a.zip!b/c.nc", BUNDLE_ARCHIVE, "a.zip", "b/c.nc" },
		{ "a.tar.zst!b!c", BUNDLE_ARCHIVE, "a.tar.zst", "b!c" },
		{ "a!b.zip!c", BUNDLE_ARCHIVE, "a!b.zip", "c" },
		{ "a.zip!b.zip!c", BUNDLE_ARCHIVE, "a.zip", "b.zip!c" },
		{ "a.nc!b", BUNDLE_NONE, "a.nc!b", NULL },
		{ "a.gz!b", BUNDLE_NONE, "a.gz!b", NULL },
		{ "a.zip!%41", BUNDLE_ARCHIVE, "a.zip", "%41" },
		{ "http://h/a.zip!b%20c", BUNDLE_ARCHIVE, "http://h/a.zip",
			"b c" },
		{ "http://h/a.zip!b%", BUNDLE_ARCHIVE, "http://h/a.zip", "b%" },
		{ "http://h/a.zip?x=1", BUNDLE_ARCHIVE, "http://h/a.zip?x=1",
			NULL },
		{ "http://h/a.zip?x=1!b", BUNDLE_ARCHIVE, "http://h/a.zip?x=1",
			"b" },
		{ "http://h/a?f=b.zip", BUNDLE_NONE, "http://h/a?f=b.zip",
			NULL },
		{ "http://h/a.nc#b.gz", BUNDLE_NONE, "http://h/a.nc#b.gz",
			NULL },
		{ "a?b.gz", BUNDLE_PACKED, "a?b.gz", NULL },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bundle_name name;
		struct err err = ERR_INIT;

		assert_int_equal(bundle_name_split(&a, cases[i].text, &name,
					 &err),
			0);
		if (name.kind != cases[i].kind)
			fail_msg("'%s': kind %d", cases[i].text,
				(int)name.kind);
		assert_string_equal(name.container, cases[i].container);
		if (cases[i].member == NULL)
			assert_null(name.member);
		else
			assert_string_equal(name.member, cases[i].member);
	}
	arena_release(&a);
}

static void a_member_has_a_name(void **state)
{
	struct arena a = ARENA_INIT;
	struct bundle_name name;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(bundle_name_split(&a, "a.zip!", &name, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_split),
		cmocka_unit_test(a_member_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
