/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a cache that are what came, and those that are not, each in its way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "caching.h"
#include "net/lock.h"
#include "net/verify.h"

/* SHA-256 of "aaa", and of "aab". */
#define AAA "9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0"
#define AAB "38760eabb666e8e61ee628a17c4090cc50728e095ff24218119d51bd22475363"

static struct buf told;
static char message[1536];

/* Verify; what is told is in told, and at last in message.  How many records. */
static int go(bool clean, enum err_kind want)
{
	struct err err = ERR_INIT, none = ERR_INIT;
	struct verify how = { .cache = "c", .remove = clean };
	int n = 0;

	how.out = stream_create("out", &none);
	assert_non_null(how.out);
	assert_int_equal(verify_run(&how, &err), want == ERR_NONE ? 0 : -1);
	assert_int_equal(err.kind, want);
	assert_int_equal(stream_commit(how.out, NULL, &none), 0);
	buf_reset(&told);
	assert_int_equal(io_read_file("out", 1 << 20, &told, &none), 0);
	for (size_t i = 0; i < told.len; i++)
		n += told.data[i] == '\n';
	snprintf(message, sizeof(message), "%s", err.msg);
	return n;
}

static const struct js *record(void)
{
	struct err err = ERR_INIT;
	const struct js *rec = js_parse(&arena, told.data, told.len, &err);

	assert_non_null(rec);
	return rec;
}

static void check_text(const struct js *rec, const char *name, const char *want)
{
	const char *is = js_get_text(rec, name);

	if (want == NULL)
		assert_null(is);
	else
		assert_string_equal(is ? is : "(none)", want);
}

/* What a file that has a good sidecar holds, and what is told of it. */
static void bytes_count_and_not_their_number(void **state)
{
	static const struct {
		const char *is, *got;
	} cases[] = {
		{ "aab", AAB },
		{ "aa",
			"961b6dd3ede3cb8ecbaacbd68de040cd78eb2ed5889130cceb4c49"
			"268ea4d506" },
		{ "",
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7"
			"852b855" },
	};
	const struct cache_place *a = have("http://h/a.nc", "aaa");

	(void)state;
	have("http://h/b.nc", "bbb");
	assert_int_equal(go(false, ERR_NONE), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put(a->data, cases[i].is);
		assert_int_equal(go(false, ERR_DATA), 1);
		check_text(record(), "path",
			arena_printf(&arena, "%s/%s", folder, a->data));
		check_text(record(), "url", "http://h/a.nc");
		check_text(record(), "want", AAA);
		check_text(record(), "got", cases[i].got);
		check_text(record(), "error", "it is not what came");
		assert_non_null(strstr(message, "1 of 2 files in '"));
		assert_non_null(strstr(message, "--remove takes them away"));
		assert_true(is_there(a->data) && is_there(a->sidecar));
	}
	put(a->data, "aaa");
	assert_int_equal(go(false, ERR_NONE), 0);
}

static void a_sidecar_must_be_there_and_its_own(void **state)
{
	static const char *const texts[] = { "", "{", "[]", "{}",
		"{\"url\":\"http://h/a.nc\",\"size\":3}",
		"{\"url\":\"http://h/a.nc\",\"size\":3,\"sha256\":\"98\"}",
		"{\"size\":3,\"sha256\":\"" AAA "\"}" };
	const struct cache_place *a = have("http://h/a.nc", "aaa");

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		put(a->sidecar, texts[i]);
		assert_int_equal(go(false, ERR_DATA), 1);
		check_text(record(), "error", "no sidecar says what it is");
		check_text(record(), "url", NULL);
		check_text(record(), "want", NULL);
		check_text(record(), "got", NULL);
	}
	put(a->sidecar,
		"{\"url\":\"http://h/b.nc\",\"size\":3,\"sha256\":\"" AAA
		"\"}");
	assert_int_equal(go(false, ERR_DATA), 1);
	check_text(record(), "error", "its sidecar is that of another URL");
	check_text(record(), "url", "http://h/b.nc");
	unlink(a->sidecar);
	assert_int_equal(go(false, ERR_DATA), 1);
	check_text(record(), "error", "no sidecar says what it is");
}

static void what_is_not_there_is_not_bad(void **state)
{
	const struct cache_place *a = have("http://h/a.nc", "aaa");

	(void)state;
	unlink(a->data); /* the next run fetches it */
	put(a->part, "aa");
	put(a->note, "{}");
	put("c/note", "mine");
	put("c/16/11c9e6c3587701b05d0575f5a30a0028289df36063f72f5c3485f57d927121x",
		"mine");
	assert_int_equal(go(true, ERR_NONE), 0);
	assert_true(
		is_there(a->sidecar) && is_there(a->part) && is_there(a->note));
	remove_cache(state);
	assert_int_equal(go(false, ERR_DATA), 0);
	assert_non_null(strstr(message, "cannot open '"));
	make_cache(state);
	assert_int_equal(go(false, ERR_NONE), 0);
}

/* However they are called: as sidecars and parts are, too. */
static void files_are_known_by_their_sidecars(void **state)
{
	static const char *const urls[] = { "http://h/a.json",
		"http://h/a.part", "http://h/a.note", "http://h/a.temp",
		"http://h/" };

	(void)state;
	for (size_t i = 0; i < 5; i++)
		put(have(urls[i], "aaa")->data, "aab");
	assert_int_equal(go(false, ERR_DATA), 5);
}

static void bad_ones_go_if_told(void **state)
{
	const struct cache_place *a = have("http://h/a.nc", "aaa");
	const struct cache_place *b = have("http://h/b.nc", "bbb");
	const struct cache_place *c = have("http://h/c.nc", "ccc");

	(void)state;
	put(b->data, "bba");
	unlink(c->sidecar);
	assert_int_equal(go(true, ERR_DATA), 2);
	assert_non_null(strstr(message, "2 of 3 files in '"));
	assert_non_null(strstr(message,
		"are bad: they were removed, the next run fetches them"));
	assert_true(is_there(a->data) && is_there(a->sidecar));
	assert_false(
		is_there(b->data) || is_there(b->sidecar) || is_there(c->data));
	assert_int_equal(go(true, ERR_NONE), 0);
}

/* A link to itself: that it is bad is not known. */
static void what_cannot_be_opened_stays(void **state)
{
	const struct cache_place *a = have("http://h/a.nc", "aaa");
	const struct cache_place *b = have("http://h/b.nc", "bbb");

	(void)state;
	put(a->data, "aab");
	unlink(b->data);
	assert_int_equal(symlink(strrchr(b->data, '/') + 1, b->data), 0);
	assert_int_equal(go(true, ERR_DATA), 2);
	assert_non_null(strstr(told.data, "\"error\":\"cannot read it: "));
	assert_non_null(strstr(message, "1 could not be opened and stay"));
	assert_true(is_there(b->sidecar));
	assert_false(is_there(a->data));
	assert_int_equal(go(true, ERR_DATA), 1);
}

/* One that another run is fetching at that moment may be anything. */
static void what_is_held_is_passed_over(void **state)
{
	const struct cache_place *a = have("http://h/a.nc", "aaa");
	const struct cache_place *b = have("http://h/b.nc", "bbb");
	struct err err = ERR_INIT;
	struct lock *lock = lock_open("c", &err);

	(void)state;
	put(a->data, "aab");
	put(b->data, "bba");
	assert_int_equal(lock_take(lock, a->id, &err), 1);
	assert_int_equal(go(true, ERR_DATA), 1);
	check_text(record(), "url", "http://h/b.nc");
	assert_true(is_there(a->data));
	assert_false(is_there(b->data));
	assert_int_equal(go(true, ERR_NONE), 0);
	lock_drop(lock, a->id);
	assert_int_equal(go(true, ERR_DATA), 1);
	assert_false(is_there(a->data));
	lock_close(lock);
}

static void each_of_many_is_told_once(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		const char *url = arena_printf(&arena, "http://h/%d.nc", i);
		const struct cache_place *place = have(url, "aaa");

		if (i % 2 == 0)
			put(place->data, "aab");
	}
	assert_int_equal(go(false, ERR_DATA), 20);
	for (int i = 0; i < 40; i += 2) {
		const char *at = strstr(told.data,
			arena_printf(&arena, "\"http://h/%d.nc\"", i));

		assert_non_null(at);
	}
}

static int end(void **state)
{
	buf_release(&told);
	return remove_folder(state);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make_cache, remove_cache)
	const struct CMUnitTest tests[] = {
		TEST(bytes_count_and_not_their_number),
		TEST(a_sidecar_must_be_there_and_its_own),
		TEST(what_is_not_there_is_not_bad),
		TEST(files_are_known_by_their_sidecars),
		TEST(bad_ones_go_if_told),
		TEST(what_cannot_be_opened_stays),
		TEST(what_is_held_is_passed_over),
		TEST(each_of_many_is_told_once),
	};
#undef TEST

	return cmocka_run_group_tests(tests, make_folder, end);
}
