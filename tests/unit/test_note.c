/* SPDX-License-Identifier: Apache-2.0 */
/* What a part is part of: what was written, on this boot, for this URL, or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "caching.h"
#include "net/note.h"

static const struct note some = { .length = 77,
	.validators = { "\"a\"", "Tue, 02 Jan 2024 03:04:05 GMT" },
	.if_range = "\"a\"" };

static void check_none(const struct cache_place *place)
{
	struct note n = some;

	assert_false(note_read(place, &n));
	assert_true(n.length == HTTP_UNKNOWN);
	assert_string_equal(n.validators.etag, "");
	assert_string_equal(n.if_range, "");
}

static void what_was_written_is_read(void **state)
{
	const struct cache_place *place = have("http://h/a.nc", "aaa");
	struct note n = NOTE_INIT;
	struct err err = ERR_INIT;

	(void)state;
	check_none(place);
	assert_int_equal(note_write(place, &some, &err), 0);
	assert_true(note_read(place, &n));
	assert_int_equal(n.length, 77);
	assert_string_equal(n.validators.etag, some.validators.etag);
	assert_string_equal(n.validators.modified, some.validators.modified);
	assert_string_equal(n.if_range, some.if_range);
	n = (struct note)NOTE_INIT;
	assert_int_equal(note_write(place, &n, &err), 0);
	n.length = 5;
	assert_true(note_read(place, &n));
	assert_true(n.length == HTTP_UNKNOWN);
	assert_false(is_there(place->temp));
}

/* Replace a part of the note by a text as long, and see. */
static void check_changed(const struct cache_place *place, const char *part,
	const char *by)
{
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	char *at;

	assert_int_equal(note_write(place, &some, &err), 0);
	assert_int_equal(io_read_file(place->note, 1 << 16, &text, &err), 0);
	at = strstr(text.data, part);
	assert_non_null(at);
	memcpy(at, by, strlen(by));
	put(place->note, text.data);
	check_none(place);
	buf_release(&text);
}

static void what_is_not_its_own_is_not_trusted(void **state)
{
	const struct cache_place *place = have("http://h/a.nc", "aaa");

	(void)state;
	check_changed(place, "http://h/a.nc", "http://h/b.nc");
	check_changed(place, "\"boot\":\"", "\"boot\":\"\"");
	check_changed(place, "\"boot\":\"", "\"boot\":\"XXXX");
	check_changed(place, "{", "[");
	put(place->note, "");
	check_none(place);
	put(place->note, "{}");
	check_none(place);
	put(place->note, "[]");
	check_none(place);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make_cache, remove_cache)
	const struct CMUnitTest tests[] = {
		TEST(what_was_written_is_read),
		TEST(what_is_not_its_own_is_not_trusted),
	};
#undef TEST

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
