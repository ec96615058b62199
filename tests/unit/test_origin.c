/* SPDX-License-Identifier: Apache-2.0 */
/* References to files on servers: what they must say, and what is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/origin.h"

#define VERSION ",\"size\":5,\"etag\":\"x\"}"
#define N(a) (sizeof(a) / sizeof((a)[0]))

static int read_origin(struct arena *a, const char *text, struct origin *o,
	struct err *err)
{
	const struct js *v = js_parse(a, text, strlen(text), err);

	assert_non_null(v);
	return origin_read(a, v, o, err);
}

static void hides_secrets(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "{\"url\":\"http://h/a.nc\"" VERSION, "http://h/a.nc" },
		{ "{\"url\":\"http://u:p@h/a.nc\"" VERSION, "http://h/a.nc" },
		{ "{\"url\":\"http://u:p@q@h/a@b\"" VERSION, "http://h/a@b" },
		{ "{\"url\":\"http://h/a@b\"" VERSION, "http://h/a@b" },
		{ "{\"url\":\"http://u@h?a@b\"" VERSION, "http://h?a@b" },
		{ "{\"url\":\"http://u@h\"" VERSION, "http://h" },
		{ "{\"url\":\"odd\"" VERSION, "odd" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err err = ERR_INIT;
		struct origin o;

		assert_int_equal(read_origin(&a, cases[i].text, &o, &err), 0);
		assert_string_equal(o.shown, cases[i].shown);
		assert_int_equal(o.size, 5);
	}
	arena_release(&a);
}

static void refuses_what_tells_no_version(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "{\"size\":5,\"etag\":\"x\"}",
			"no 'path', nor 'url' and 'size' of a file on a "
			"server" },
		{ "{\"url\":\"http://h/a\",\"etag\":\"x\"}",
			"no 'path', nor 'url' and 'size' of a file on a "
			"server" },
		{ "{\"url\":\"http://h/a\",\"size\":\"9223372036854775808\","
		  "\"etag\":\"x\"}",
			"no 'path', nor 'url' and 'size' of a file on a "
			"server" },
		{ "{\"url\":\"http://u:p@h/a\",\"size\":5}",
			"'http://h/a' has neither 'etag' nor 'modified'" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err err = ERR_INIT;
		struct origin o;

		assert_int_equal(read_origin(&a, cases[i].text, &o, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, cases[i].message);
	}
	arena_release(&a);
}

static void comes_back(void **state)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct js *obj = js_new_object(&a);
	struct origin o, back;

	(void)state;
	assert_int_equal(read_origin(&a,
				 "{\"url\":\"http://h/a\",\"size\":5,"
				 "\"modified\":\"m\"}",
				 &o, &err),
		0);
	origin_to_json(&o, obj);
	assert_int_equal(origin_read(&a, obj, &back, &err), 0);
	assert_string_equal(back.url, o.url);
	assert_string_equal(back.modified, "m");
	assert_null(back.etag);
	arena_release(&a);
}

static void names_objects(void **state)
{
	static const struct {
		const char *folder, *name, *url;
	} cases[] = {
		{ "http://h/a.zarr", "v/c/0/1", "http://h/a.zarr/v/c/0/1" },
		{ "http://h/a.zarr//", "v/0.1", "http://h/a.zarr/v/0.1" },
		{ "http://h/a.zarr/?k=v/#x", "v", "http://h/a.zarr/v?k=v/#x" },
		{ "http://h/a", "\xc3\xa9 ?#%",
			"http://h/a/%C3%A9%20%3F%23%25" },
		{ "s3://b/a?b/", "v #%", "s3://b/a?b/v #%" },
		{ "S3://b", ".zmetadata", "S3://b/.zmetadata" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(origin_object(&a, cases[i].folder,
					    cases[i].name),
			cases[i].url);
	arena_release(&a);
}

static void folders_have_no_version(void **state)
{
	static const char text[] = "{\"url\":\"http://u:p@h/a\"}";
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct origin o;

	(void)state;
	assert_int_equal(origin_read_folder(&a,
				 js_parse(&a, text, strlen(text), &err), &o,
				 &err),
		0);
	assert_string_equal(o.shown, "http://h/a");
	assert_int_equal(origin_read_folder(&a, js_new_object(&a), &o, &err),
		-1);
	assert_int_equal(err.kind, ERR_DATA);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hides_secrets),
		cmocka_unit_test(refuses_what_tells_no_version),
		cmocka_unit_test(comes_back),
		cmocka_unit_test(names_objects),
		cmocka_unit_test(folders_have_no_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
