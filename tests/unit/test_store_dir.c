/* SPDX-License-Identifier: Apache-2.0 */
/* Stores that are folders: keys, what appears when, and published arrays that
 * are taken back. */
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
#include "base/mem.h"
#include "store/published.h"
#include "store/store_dir.h"
#include "store/withdraw.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static char root[64];

static int begin(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/pgf-test-XXXXXX");
	return mkdtemp(root) == NULL;
}

static int end(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

static const char *below(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

static bool there(const char *name)
{
	return access(below(name), F_OK) == 0;
}

static void put_file(const char *name, const char *text)
{
	struct err err = ERR_INIT;

	assert_int_equal(io_make_parent(below(name), &err), 0);
	assert_int_equal(io_replace(below(name), text, strlen(text), &err), 0);
}

static void knows_safe_keys(void **state)
{
	static const struct {
		const char *key;
		bool ok;
	} cases[] = {
		{ "a", true },
		{ "a/b/0.0", true },
		{ ".zarray", true },
		{ "..a/b", true },
		{ "", false },
		{ "/a", false },
		{ "a/", false },
		{ "..", false },
		{ "a/../b", false },
		{ "./a", false },
		{ "a//b", false },
		{ "a\nb", false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(store_dir_key_is_safe(cases[i].key),
			cases[i].ok);
}

static void shows_objects_at_the_flush(void **state)
{
	char path[100];
	struct err err = ERR_INIT;
	struct store_dir *s;
	struct buf text = BUF_INIT;

	(void)state;
	snprintf(path, sizeof(path), "%s/new/store", root);
	s = store_dir_open(path);
	assert_false(there("new"));
	assert_int_equal(store_dir_put(s, "v/c/0/0", "one", 3, &err), 0);
	assert_int_equal(store_dir_put(s, "v/c/0/1", "", 0, &err), 0);
	assert_false(there("new/store/v/c/0/0"));
	assert_int_equal(store_dir_flush(s, &err), 0);
	assert_int_equal(io_read_file(below("new/store/v/c/0/0"), 99, &text,
				 &err),
		0);
	assert_string_equal(text.data, "one");
	assert_true(there("new/store/v/c/0/1"));
	assert_int_equal(store_dir_put(s, "v/c/0/0", "two", 3, &err), 0);
	store_dir_close(s);
	buf_reset(&text);
	assert_int_equal(io_read_file(below("new/store/v/c/0/0"), 99, &text,
				 &err),
		0);
	assert_string_equal(text.data, "one");
	buf_release(&text);
}

static void leaves_equal_objects_untouched(void **state)
{
	struct err err = ERR_INIT;
	struct store_dir *s = store_dir_open(root);
	struct stat before, after;
	size_t size = 600000;
	char *big = mem_alloc(size);

	(void)state;
	memset(big, 'x', size);
	assert_int_equal(store_dir_put(s, "a", big, size, &err), 0);
	assert_int_equal(store_dir_flush(s, &err), 0);
	assert_int_equal(stat(below("a"), &before), 0);
	assert_int_equal(store_dir_put(s, "a", big, size, &err), 0);
	assert_int_equal(store_dir_flush(s, &err), 0);
	assert_int_equal(stat(below("a"), &after), 0);
	assert_true(before.st_ino == after.st_ino);
	big[size - 1] = 'y';
	assert_int_equal(store_dir_put(s, "a", big, size, &err), 0);
	assert_int_equal(store_dir_flush(s, &err), 0);
	assert_int_equal(stat(below("a"), &after), 0);
	assert_true(before.st_ino != after.st_ino);
	mem_free(big);
	store_dir_close(s);
}

static void takes_many_objects(void **state)
{
	struct err err = ERR_INIT;
	struct store_dir *s = store_dir_open(root);
	char key[32];

	(void)state;
	for (int i = 0; i < 500; i++) {
		snprintf(key, sizeof(key), "many/c/%d/0", i);
		assert_int_equal(store_dir_put(s, key, key, strlen(key), &err),
			0);
	}
	assert_int_equal(store_dir_flush(s, &err), 0);
	for (int i = 0; i < 500; i++) {
		snprintf(key, sizeof(key), "many/c/%d/0", i);
		assert_true(there(key));
	}
	store_dir_close(s);
}

static void keeps_what_is_kept(void **state)
{
	struct err err = ERR_INIT;
	struct store_dir *s = store_dir_open(below("kept"));
	char *big = mem_alloc(2 << 20);

	(void)state;
	memset(big, 'x', 2 << 20);
	assert_int_equal(store_dir_put(s, "a", big, 2 << 20, &err), 0);
	store_dir_keep(s);
	assert_int_equal(store_dir_put(s, "b", big, 2 << 20, &err), 0);
	store_dir_abort(s);
	assert_int_equal(store_dir_put(s, "c", "c", 1, &err), 0);
	assert_int_equal(store_dir_put(s, "../out", "x", 1, &err), -1);
	err_clear(&err);
	assert_false(there("kept/a"));
	assert_int_equal(store_dir_flush(s, &err), 0);
	assert_true(there("kept/a"));
	assert_false(there("kept/b"));
	assert_false(there("kept/c"));
	mem_free(big);
	store_dir_close(s);
}

/* A flush that nobody asked for must not hide that it failed. */
static void tells_that_what_is_kept_was_lost(void **state)
{
	struct err err = ERR_INIT;
	struct store_dir *s = store_dir_open(below("lost"));
	char key[32];
	int r = 0;

	(void)state;
	assert_int_equal(store_dir_put(s, "a", "a", 1, &err), 0);
	assert_false(store_dir_has_enough(s));
	store_dir_keep(s);
	assert_int_equal(mkdir(below("lost/a"), 0777), 0);
	for (int i = 0; i < 1000 && r == 0; i++) {
		assert_true(i < 64 || store_dir_has_enough(s));
		snprintf(key, sizeof(key), "v/%d", i);
		r = store_dir_put(s, key, "x", 1, &err);
	}
	assert_int_equal(r, -1);
	err_clear(&err);
	assert_int_equal(store_dir_flush(s, &err), -1);
	assert_non_null(strstr(err.msg, "what was written there is lost"));
	err_clear(&err);
	assert_int_equal(store_dir_flush(s, &err), 0);
	store_dir_close(s);
}

static void refuses_to_leave_the_store(void **state)
{
	struct err err = ERR_INIT;
	struct store_dir *s = store_dir_open(root);

	(void)state;
	assert_int_equal(store_dir_put(s, "../out", "x", 1, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.msg,
		"'../out' cannot be the name of an object in a store");
	store_dir_close(s);
}

#define V3                                                                 \
	"{\"zarr_format\":3,\"node_type\":\"array\",\"shape\":[SHAPE],"    \
	"\"data_type\":\"int16\",\"chunk_grid\":{\"name\":\"regular\","    \
	"\"configuration\":{\"chunk_shape\":[4]}},\"chunk_key_encoding\":" \
	"{\"name\":\"default\",\"configuration\":{\"separator\":\"/\"}},"  \
	"\"fill_value\":0,\"codecs\":[{\"name\":\"bytes\"},{\"name\":"     \
	"\"blosc\",\"configuration\":{\"cname\":\"lz4\",\"clevel\":5,"     \
	"\"shuffle\":\"shuffle\",\"typesize\":2,\"blocksize\":0}}],"       \
	"\"attributes\":{},\"dimension_names\":[\"t\"]}"
#define V2                                                              \
	"{\"zarr_format\":2,\"shape\":[10],\"chunks\":[4],\"dtype\":"   \
	"\"<i2\",\"compressor\":{\"id\":\"blosc\",\"cname\":\"lz4\","   \
	"\"clevel\":5,\"shuffle\":1,\"blocksize\":0},\"filters\":null," \
	"\"fill_value\":null,\"order\":\"C\",\"dimension_separator\":\".\"}"

/* text with every FROM replaced by TO (NULL: as it is). */
static const char *change(struct arena *a, const char *text, const char *from,
	const char *to)
{
	const char *at = from ? strstr(text, from) : NULL;

	if (from == NULL)
		return text;
	assert_non_null(at);
	return arena_printf(a, "%.*s%s%s", (int)(at - text), text, to,
		at + strlen(from));
}

static struct js *parse(struct arena *a, const char *text)
{
	struct err err = ERR_INIT;
	struct js *v = js_parse(a, text, strlen(text), &err);

	assert_non_null(v);
	return v;
}

/* The target of V3, with the keys of v2 if that is wanted. */
static struct target target_of(struct arena *a, bool v2)
{
	static uint64_t shape[] = { 10 }, chunk[] = { 4 };
	static uint8_t fill[2];
	static const char *dims[] = { "t" };
	struct target t = { .name = "v",
		.ndim = 1,
		.shape = shape,
		.chunk_shape = chunk,
		.dtype = dtype_of(DTYPE_INT16),
		.fill = fill,
		.separator = v2 ? '.' : '/',
		.v2_keys = v2,
		.dims = dims };

	t.metadata = parse(a, change(a, V3, "SHAPE", "10"));
	t.codecs = js_get(t.metadata, "codecs");
	return t;
}

static void compares_layouts(void **state)
{
	static const struct {
		bool v2;
		const char *from, *to;
		bool same;
	} cases[] = {
		{ false, "SHAPE", "10", true },
		{ false, "SHAPE", "99", true },
		{ false, "\"attributes\":{}", "\"attributes\":{\"a\":1}",
			true },
		{ false, "int16", "int32", false },
		{ false, "[4]", "[5]", false },
		{ false, "\"fill_value\":0", "\"fill_value\":1", false },
		{ false, "lz4", "zstd", false },
		{ false, "\"separator\":\"/\"", "\"separator\":\".\"", false },
		{ true, NULL, NULL, true },
		{ true, "[10]", "[99]", true },
		{ true, "<i2", "<i4", false },
		{ true, "[4]", "[5]", false },
		{ true, "\"fill_value\":null", "\"fill_value\":0", true },
		{ true, "\"fill_value\":null", "\"fill_value\":1", false },
		{ true, "\"shuffle\":1", "\"shuffle\":2", false },
		{ true, "\"id\":\"blosc\"", "\"id\":\"zlib\"", false },
		{ true, "\"filters\":null", "\"filters\":[{\"id\":\"x\"}]",
			false },
		{ true, "\"dimension_separator\":\".\"",
			"\"dimension_separator\":\"/\"", false },
		{ true, "\"C\"", "\"F\"", false },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct target t = target_of(&a, cases[i].v2);
		const char *text = change(&a, cases[i].v2 ? V2 : V3,
			cases[i].from, cases[i].to);
		struct js *doc = parse(&a,
			cases[i].v2 || strstr(text, "SHAPE") == NULL ?
				text :
				change(&a, text, "SHAPE", "10"));

		assert_int_equal(cases[i].v2 ? published_is_v2(doc, &t) :
					       published_is_v3(doc, &t),
			cases[i].same);
	}
	arena_release(&a);
}

static void publish(const char *array, const char *text)
{
	put_file("zarr.json", "{}");
	put_file(".zmetadata", "{}");
	put_file(array, text);
	put_file("v/c/0", "old");
	put_file("v/0.0", "old");
	put_file("w/zarr.json", "{}");
}

static void takes_back_another_layout(void **state)
{
	struct arena a = ARENA_INIT;
	struct target t = target_of(&a, false);
	struct err err = ERR_INIT;

	(void)state;
	publish("v/zarr.json",
		change(&a, change(&a, V3, "[4]", "[5]"), "SHAPE", "10"));
	assert_int_equal(withdraw_changed(root, &t, &err), 1);
	assert_false(there("zarr.json"));
	assert_false(there(".zmetadata"));
	assert_false(there("v/zarr.json"));
	assert_false(there("v/c"));
	assert_false(there("v/0.0"));
	assert_false(there("v/.pgf-withdrawn"));
	assert_true(there("w/zarr.json"));
	assert_int_equal(withdraw_changed(root, &t, &err), 0);
	arena_release(&a);
}

static void leaves_the_same_layout_published(void **state)
{
	struct arena a = ARENA_INIT;
	struct target t = target_of(&a, false);
	struct err err = ERR_INIT;

	(void)state;
	publish("v/zarr.json", change(&a, V3, "SHAPE", "7"));
	assert_int_equal(withdraw_changed(root, &t, &err), 0);
	assert_true(there("zarr.json"));
	assert_true(there("v/zarr.json"));
	assert_true(there("v/c/0"));
	arena_release(&a);
}

static void takes_back_another_format(void **state)
{
	struct arena a = ARENA_INIT;
	struct target t = target_of(&a, true);
	struct err err = ERR_INIT;

	(void)state;
	publish("v/.zarray", change(&a, V2, "<i2", "<i4"));
	assert_int_equal(withdraw_changed(root, &t, &err), 1);
	assert_false(there("v/.zarray"));
	publish("v/.zarray", V2);
	assert_int_equal(withdraw_changed(root, &t, &err), 0);
	assert_true(there("v/.zarray"));
	arena_release(&a);
}

/* A process that was killed has left its marker. */
static void goes_on_where_another_was_killed(void **state)
{
	struct arena a = ARENA_INIT;
	struct target t = target_of(&a, false);
	struct err err = ERR_INIT;

	(void)state;
	put_file("v/.pgf-withdrawn", "");
	put_file("v/c/7", "old");
	assert_int_equal(withdraw_changed(root, &t, &err), 1);
	assert_false(there("v/c/7"));
	assert_false(there("v/.pgf-withdrawn"));
	arena_release(&a);
}

static void refuses_a_group_in_the_place_of_an_array(void **state)
{
	struct arena a = ARENA_INIT;
	struct target t = target_of(&a, false);
	struct err err = ERR_INIT;

	(void)state;
	put_file("v/zarr.json", "{\"zarr_format\":3,\"node_type\":\"group\"}");
	put_file("v/inner/zarr.json", "{}");
	assert_int_equal(withdraw_changed(root, &t, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.msg, "a group has the name of an array"));
	assert_true(there("v/inner/zarr.json"));
	arena_release(&a);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_safe_keys),
		IN_FOLDER(shows_objects_at_the_flush),
		IN_FOLDER(leaves_equal_objects_untouched),
		IN_FOLDER(takes_many_objects),
		IN_FOLDER(keeps_what_is_kept),
		IN_FOLDER(tells_that_what_is_kept_was_lost),
		IN_FOLDER(refuses_to_leave_the_store),
		cmocka_unit_test(compares_layouts),
		IN_FOLDER(takes_back_another_layout),
		IN_FOLDER(leaves_the_same_layout_published),
		IN_FOLDER(takes_back_another_format),
		IN_FOLDER(goes_on_where_another_was_killed),
		IN_FOLDER(refuses_a_group_in_the_place_of_an_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
