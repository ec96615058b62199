/* SPDX-License-Identifier: Apache-2.0 */
/* A recipe names secrets, and has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "recipe/recipe.h"

#define IN(section) "name: a\n" section
#define AT(line) "/f/r.yaml:" #line ": "

static const struct {
	const char *text, *message;
} bad[] = {
	{ IN("fetch: {rate: fast}"),
		AT(2) "'fetch.rate' must be bytes a second, such as '10MB', not "
		      "'fast'" },
	{ IN("fetch: {cache: 1}"),
		AT(2) "'fetch.cache' must be true or false, not an integer" },
	{ IN("fetch: {cache: false, exec: \"a {in} {out}\"}"),
		AT(2) "'fetch.cache' must be true where there is exec: a command "
		      "is given a whole file" },
	{ IN("fetch: {on_missing: fill}"),
		AT(2) "'fetch.on_missing' must be one of 'error', 'skip', "
		      "not 'fill'" },
	{ IN("fetch: {on_missing: skip}"),
		AT(2) "'fetch.on_missing' can be 'skip' only where "
		      "combine.missing_variable is 'fill': a file that is "
		      "skipped leaves cells to fill" },
	{ IN("fetch: {on_missing: skip, cache: false}"),
		AT(2) "'fetch.on_missing' can be 'skip' only where fetch.cache "
		      "is true" },
	{ IN("fetch: {rate: -1}"),
		AT(2) "'fetch.rate' must be bytes a second, such as '10MB', not "
		      "an integer" },
	{ IN("fetch: {headers: [a]}"),
		AT(2) "'fetch.headers' must be a mapping, not a list" },
	{ IN("fetch:\n  headers: {Accept: x,\n    authorization: Bearer s3cr}"),
		AT(4) "'fetch.headers.authorization' must not hold the secret "
		      "itself: put that into the environment and its name here, "
		      "as in 'Bearer ${TOKEN}'" },
	{ IN("fetch: {headers: {'A B': x}}"),
		AT(2) "'fetch.headers.A B' must be named with letters, digits "
		      "and '-'" },
	{ IN("fetch: {headers: {A: \"x\\ny\"}}"),
		AT(2) "'fetch.headers.A' must have no line break and no other "
		      "control character" },
	{ IN("fetch: {query: {key: '${1}'}}"),
		AT(2) "'fetch.query.key': '${' must be followed by the name of a "
		      "variable and '}'" },
	{ IN("fetch: {query: {key: 5}}"),
		AT(2) "'fetch.query.key' must be text, not an integer" },
	{ IN("fetch: {s3: {endpont: x}}"),
		AT(2) "unknown member 'endpont' in 'fetch.s3'; did you mean "
		      "'endpoint'?" },
	{ IN("fetch: {s3: {endpoint: s3.example.org}}"),
		AT(2) "'fetch.s3.endpoint' must start with https:// or http://, "
		      "not 's3.example.org'" },
	{ IN("fetch: {s3: {endpoint: 'https://a:b@h'}}"),
		AT(2) "'fetch.s3.endpoint' must have no user and password" },
	{ IN("fetch: {ssh: {key: ''}}"),
		AT(2) "'fetch.ssh.key' must not be empty" },
};

static void errors_name_line_and_member(void **state)
{
	struct arena arena = ARENA_INIT;
	struct buf text = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct recipe_input in = { .path = "/f/r.yaml" };
		struct err err = ERR_INIT;
		struct recipe r;

		buf_reset(&text);
		buf_adds(&text, bad[i].text);
		assert_int_equal(recipe_parse(&arena, &in, &text, &r, &err),
			-1);
		assert_string_equal(err.msg, bad[i].message);
		assert_int_equal(err.kind, ERR_DATA);
		assert_null(strstr(err.msg, "s3cr"));
	}
	buf_release(&text);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_name_line_and_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
