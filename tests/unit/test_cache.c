/* SPDX-License-Identifier: Apache-2.0 */
/* What counts as a file of the cache, and what never does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "net/cache.h"

/* printf %s http://h/a.nc | sha256sum; printf %s hello | sha256sum */
#define PLACE \
	"16/11c9e6c3587701b05d0575f5a30a0028289df36063f72f5c3485f57d927121-a.nc"
#define HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static struct arena arena;
static char folder[] = "/tmp/pgf-cache-XXXXXX";
static struct cache_place place;

static int open_place(void **state)
{
	struct err err = ERR_INIT;
	struct url url;

	(void)state;
	if (mkdtemp(folder) == NULL ||
		url_parse(&arena, "http://u:p@h/a.nc", &url, &err) < 0)
		return -1;
	cache_place(&arena, folder, &url, &place);
	return io_make_parent(place.data, &err);
}

static int close_place(void **state)
{
	(void)state;
	unlink(place.data);
	unlink(place.sidecar);
	rmdir(arena_strndup(&arena, place.data,
		(size_t)(strrchr(place.data, '/') - place.data)));
	rmdir(folder);
	arena_release(&arena);
	return 0;
}

static void put(const char *path, const char *text)
{
	struct err err = ERR_INIT;

	assert_int_equal(io_replace(path, text, strlen(text), &err), 0);
}

static void test_place(void **state)
{
	size_t n = strlen(folder);

	(void)state;
	assert_string_equal(place.url, "http://h/a.nc");
	assert_memory_equal(place.data, folder, n);
	assert_string_equal(place.data + n, "/" PLACE);
	assert_string_equal(place.part + n, "/" PLACE ".part");
	assert_string_equal(place.sidecar + n, "/" PLACE ".json");
}

static void test_round_trip(void **state)
{
	struct cache_file file = {
		.size = 5,
		.sha256 = HELLO,
		.etag = "\"x\\y\"",
		.modified = "2024-01-02T03:04:05.000000000Z",
	};
	struct cache_file back;
	struct err err = ERR_INIT;

	(void)state;
	assert_false(cache_find(&place, &back));
	assert_int_equal(cache_write_sidecar(&place, &file, &err), 0);
	assert_false(cache_find(&place, &back));
	assert_true(cache_read_sidecar(&place, &back));
	put(place.data, "hell");
	assert_false(cache_find(&place, &back));
	put(place.data, "hello");
	assert_true(cache_find(&place, &back));
	assert_string_equal(back.path, place.data);
	assert_int_equal(back.size, 5);
	assert_string_equal(back.sha256, file.sha256);
	assert_string_equal(back.etag, file.etag);
	assert_string_equal(back.modified, file.modified);
	assert_int_not_equal(access(place.temp, F_OK), 0);
}

#define URL "\"url\":\"http://h/a.nc\""
#define SUM "\"sha256\":\"" HELLO "\""

static const struct {
	const char *text;
	bool good;
} sidecars[] = {
	{ "{" URL ",\"size\":5," SUM "}", true },
	{ "{" URL ",\"size\":\"5\"," SUM ",\"more\":1}\n", true },
	{ "", false },
	{ "{" URL ",\"size\":5," SUM, false },
	{ "[]", false },
	{ "{" URL ",\"size\":6," SUM "}", false },
	{ "{" URL ",\"size\":-5," SUM "}", false },
	{ "{" URL "," SUM "}", false },
	{ "{" URL ",\"size\":5}", false },
	{ "{" URL ",\"size\":5,\"sha256\":\"2c\"}", false },
	{ "{\"url\":\"http://h/b.nc\",\"size\":5," SUM "}", false },
	{ "{\"size\":5," SUM "}", false },
};

static void test_sidecars(void **state)
{
	struct cache_file back;

	(void)state;
	put(place.data, "hello");
	for (size_t i = 0; i < sizeof(sidecars) / sizeof(sidecars[0]); i++) {
		put(place.sidecar, sidecars[i].text);
		if (cache_find(&place, &back) != sidecars[i].good)
			fail_msg("%s", sidecars[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_sidecars),
	};

	return cmocka_run_group_tests(tests, open_place, close_place);
}
