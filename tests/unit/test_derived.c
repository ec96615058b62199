/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the cache that were made from others: named by what made them, whole or not
 * there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "foldering.h"
#include "net/derived.h"

static struct derived_name name_of(const char *id, const char *like)
{
	return (struct derived_name){ folder, id, like };
}

static void one_that_was_made_is_found(void **state)
{
	const struct derived_name name = name_of("unpack:x!a", "dir/a b.nc");
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct cache_file made, found;
	struct derived d;

	(void)state;
	assert_false(derived_find(&a, &name, &d, &found));
	assert_int_equal(derived_begin(&d, &err), 0);
	assert_int_equal(derived_add(&d, "he", 2, &err), 0);
	assert_int_equal(derived_add(&d, "llo", 3, &err), 0);
	assert_false(cache_find(&d.place, &found));
	assert_int_equal(derived_publish(&d, &made, &err), 0);
	assert_true(derived_find(&a, &name, &d, &found));
	assert_string_equal(found.path, made.path);
	assert_int_equal(found.size, 5);
	/* SHA-256 of "hello" */
	assert_string_equal(found.sha256,
		"2cf24dba5fb0a30e26e83b2ac5b9e29e"
		"1b161e5c1fa7425e73043362938b9824");
	assert_true(io_has_content(found.path, "hello", 5));
	assert_null(strchr(strrchr(found.path, '/'), ' '));
	arena_release(&a);
}

static void another_way_is_another_file(void **state)
{
	const struct derived_name one = name_of("exec:1:cp", "a.nc"),
				  two = name_of("exec:1:mv", "a.nc");
	struct arena a = ARENA_INIT;
	struct cache_file f;
	struct derived d, e;

	(void)state;
	assert_false(derived_find(&a, &one, &d, &f));
	assert_false(derived_find(&a, &two, &e, &f));
	assert_string_not_equal(d.place.data, e.place.data);
	arena_release(&a);
}

static void what_another_program_wrote_is_taken(void **state)
{
	const struct derived_name name = name_of("exec:2:cp", "a.nc");
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct cache_file made;
	struct derived d;

	(void)state;
	assert_false(derived_find(&a, &name, &d, &made));
	assert_int_equal(derived_begin(&d, &err), 0);
	unlink(d.temp.temp);
	assert_int_equal(derived_take(&d, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	derived_abort(&d);
	err = (struct err)ERR_INIT;
	assert_int_equal(derived_begin(&d, &err), 0);
	unlink(d.temp.temp);
	assert_int_equal(io_replace(d.temp.temp, "hello", 5, &err), 0);
	assert_int_equal(derived_take(&d, &err), 0);
	assert_int_equal(derived_publish(&d, &made, &err), 0);
	assert_int_equal(made.size, 5);
	assert_true(str_starts(made.sha256, "2cf24dba5fb0a30e"));
	arena_release(&a);
}

static void nothing_is_left_of_one_that_is_given_up(void **state)
{
	const struct derived_name name = name_of("unpack:y!a", "a.nc");
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct cache_file f;
	struct derived d;

	(void)state;
	assert_false(derived_find(&a, &name, &d, &f));
	assert_int_equal(derived_begin(&d, &err), 0);
	assert_int_equal(derived_add(&d, "he", 2, &err), 0);
	assert_int_equal(access(d.temp.temp, F_OK), 0);
	derived_abort(&d);
	derived_abort(&d); /* again: nothing */
	assert_int_equal(access(d.temp.temp, F_OK), -1);
	assert_int_equal(access(d.place.sidecar, F_OK), -1);
	assert_false(derived_find(&a, &name, &d, &f));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_was_made_is_found),
		cmocka_unit_test(another_way_is_another_file),
		cmocka_unit_test(what_another_program_wrote_is_taken),
		cmocka_unit_test(nothing_is_left_of_one_that_is_given_up),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
