/* SPDX-License-Identifier: Apache-2.0 */
/* What goes from a cache, and what stays: because a record names it, because it was made
 * of what is named, or because it is not the cache's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "build/sweep.h"
#include "caching.h"
#include "net/derived.h"
#include "net/lock.h"

enum { CHAIN = 8 };

/* What was made of something: its file. */
static struct cache_file make_of(const char *id, const char *content)
{
	const struct derived_name name = { "c", id, "x.nc" };
	struct cache_file out;
	struct err err = ERR_INIT;
	struct derived d;

	assert_false(derived_find(&arena, &name, &d, &out));
	assert_int_equal(derived_begin(&d, &err), 0);
	assert_int_equal(derived_add(&d, content, strlen(content), &err), 0);
	assert_int_equal(derived_publish(&d, &out, &err), 0);
	return out;
}

static const char *digest_of(const struct cache_place *place)
{
	struct cache_file file;

	assert_true(cache_find(place, &file));
	return arena_strdup(&arena, file.sha256);
}

/* Sweep with the records of a text; the number of what goes, or -1. */
static int go(const char *records, bool dry, struct err *err)
{
	char name[] = "records", *from[] = { name, NULL };
	struct sweep how = { .cache = "c", .from = from, .dry = dry };
	struct sweep_done done;
	int r;

	put("records", records);
	how.out = stream_create("out", err);
	assert_non_null(how.out);
	r = sweep_run(&how, &done, err);
	if (r < 0) {
		stream_abort(how.out);
		return -1;
	}
	assert_int_equal(stream_commit(how.out, NULL, err), 0);
	return (int)done.files;
}

#define RECORD(url) "{\"key\":{},\"url\":\"" url "\"}\n"

static void what_no_record_names_goes(void **state)
{
	const struct cache_place *a = have("http://h/a.nc", "aaa");
	const struct cache_place *b = have("http://h/b.nc", "bbb");
	const struct cache_place *root = have("http://h/", "root");
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	put(b->part, "b");
	/* Two files, two sidecars and the part. */
	assert_int_equal(go(RECORD("http://u:p@H/a.nc"), true, &err), 5);
	assert_true(is_there(b->data) && is_there(root->sidecar));
	assert_int_equal(go(RECORD("http://u:p@H/a.nc"), false, &err), 5);
	assert_true(is_there(a->data) && is_there(a->sidecar));
	assert_false(is_there(b->data) || is_there(b->sidecar) ||
		is_there(b->part) || is_there(root->data) ||
		is_there(root->sidecar));
	assert_int_equal(io_read_file("out", 1 << 16, &out, &err), 0);
	assert_non_null(strstr(out.data, "-b.nc\",\"size\":3}\n"));
	assert_null(strstr(out.data, "-a.nc"));
	buf_release(&out);
}

static void nothing_goes_unless_something_is_named(void **state)
{
	const struct cache_place *a = have("http://h/a.nc", "aaa");
	static const char *const bad[] = { "", "{\"key\":{}}\n", "no record\n",
		RECORD("gopher://h/a"),
		RECORD("http://h/b.nc") RECORD("gopher://h/a") };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(go(bad[i], false, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_true(is_there(a->data) && is_there(a->sidecar));
	}
}

/* A member of an archive, and what a command made of that, and so on: longer than that the
 * sidecars could be met in this order by chance. */
static void make_chain(const struct cache_place *archive, const char *mark,
	struct cache_file made[CHAIN])
{
	made[0] = make_of(arena_printf(&arena, "unpack:%s!x.nc",
				  digest_of(archive)),
		mark);
	for (int i = 1; i < CHAIN; i++)
		made[i] = make_of(arena_printf(&arena, "exec:%s:cp",
					  made[i - 1].sha256),
			arena_printf(&arena, "%s%d", mark, i));
}

static void what_was_made_stays_with_its_source(void **state)
{
	const struct cache_place *a = have("http://h/a.zip", "aaa");
	const struct cache_place *b = have("http://h/b.zip", "bbb");
	struct cache_file one[CHAIN], two[CHAIN];
	struct err err = ERR_INIT;

	(void)state;
	make_chain(a, "one", one);
	make_chain(b, "two", two);
	assert_int_equal(go(RECORD("http://h/a.zip!x.nc"), false, &err),
		2 * (1 + CHAIN));
	assert_true(is_there(a->data));
	assert_false(is_there(b->data));
	for (int i = 0; i < CHAIN; i++)
		assert_true(is_there(one[i].path) && !is_there(two[i].path));
}

static void what_was_made_of_local_files_stays_with_them(void **state)
{
	const char *here = getcwd(arena_alloc(&arena, 4096, 1), 4096);
	struct cache_file mine, other;
	struct err err = ERR_INIT;

	(void)state;
	mine = make_of(arena_printf(&arena, "unpack:%s/a b.zip 7 now!x", here),
		"mine");
	other = make_of(arena_printf(&arena, "unpack:%s/a.zip 7 now!x", here),
		"other");
	assert_int_equal(go(RECORD("a b.zip!x"), false, &err), 2);
	assert_true(is_there(mine.path));
	assert_false(is_there(other.path));
}

/* An output of a run names files, too. */
static void paths_of_records_name_files(void **state)
{
	const struct cache_file one = make_of("unpack:gone!a", "one");
	const struct cache_file two = make_of("unpack:gone!b", "two");
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(go(arena_printf(&arena,
				    "{\"file\":{\"path\":\"%s/%s\"}}\n",
				    "/elsewhere", one.path),
				 false, &err),
		2);
	assert_true(is_there(one.path));
	assert_false(is_there(two.path));
}

static void what_is_not_the_caches_stays(void **state)
{
	static const char *const others[] = { "c/note", "c/ab/note",
		"c/16/11c9e6c3587701b05d0575f5a30a0028289df36063f72f5c3485f57d92712"
		"Z-a.nc",
		"c/abc/11c9e6c3587701b05d0575f5a30a0028289df36063f72f5c3485f57d9271"
		"21" };
	const size_t n = sizeof(others) / sizeof(others[0]);
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < n; i++)
		put(others[i], "mine");
	assert_int_equal(go(RECORD("http://h/a.nc"), false, &err), 0);
	for (size_t i = 0; i < n; i++)
		assert_true(is_there(others[i]));
}

static void what_a_killed_run_left_goes(void **state)
{
	static const char *const stay[] = { "c/.pgf-1-1.tmp", "c/ab/x.tmp",
		"c/ab/cd/.pgf-1-1.tmp" };
	struct err err = ERR_INIT;

	(void)state;
	put("c/ab/.pgf-1-1.tmp", "half");
	for (size_t i = 0; i < 3; i++)
		put(stay[i], "mine");
	assert_int_equal(go(RECORD("http://h/a.nc"), true, &err), 1);
	assert_true(is_there("c/ab/.pgf-1-1.tmp"));
	assert_int_equal(go(RECORD("http://h/a.nc"), false, &err), 1);
	assert_false(is_there("c/ab/.pgf-1-1.tmp"));
	for (size_t i = 0; i < 3; i++)
		assert_true(is_there(stay[i]));
}

static void a_cache_in_use_is_left_alone(void **state)
{
	const struct cache_place *a = have("http://h/a.nc", "aaa");
	struct err err = ERR_INIT;
	struct lock *lock = lock_open("c", &err);

	(void)state;
	assert_int_equal(go(RECORD("http://h/b.nc"), false, &err), -1);
	assert_int_equal(err.kind, ERR_TEMP);
	assert_true(is_there(a->data));
	lock_close(lock);
	err_clear(&err);
	assert_int_equal(go(RECORD("http://h/b.nc"), false, &err), 2);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make_cache, remove_cache)
	const struct CMUnitTest tests[] = {
		TEST(what_no_record_names_goes),
		TEST(nothing_goes_unless_something_is_named),
		TEST(what_was_made_stays_with_its_source),
		TEST(what_was_made_of_local_files_stays_with_them),
		TEST(paths_of_records_name_files),
		TEST(what_is_not_the_caches_stays),
		TEST(what_a_killed_run_left_goes),
		TEST(a_cache_in_use_is_left_alone),
	};
#undef TEST

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
