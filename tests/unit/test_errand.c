/* SPDX-License-Identifier: Apache-2.0 */
/* A command that makes one file from another, and where that lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "foldering.h"
#include "net/errand.h"

/* SHA-256 of "ABC". */
#define UPPER "b5d4045c3f466fa91fe2cc6abe79232a1a57cdf104f7a26e716e0a1e2789df78"

struct scene {
	struct arena arena;
	struct errand errand;
	struct cache_file file;
	struct err err;
};

static void set(struct scene *s, const char *command)
{
	*s = (struct scene){ .arena = ARENA_INIT };
	s->errand.cache = folder;
	s->errand.timeout = 20;
	assert_int_equal(command_parse(&s->arena, command, &s->errand.command,
				 &s->err),
		0);
	s->file.path = arena_printf(&s->arena, "%s/in.nc", folder);
	s->file.size = 3;
	snprintf(s->file.etag, sizeof(s->file.etag), "\"tag\"");
	assert_int_equal(io_replace(s->file.path, "abc", 3, &s->err), 0);
}

static int go(struct scene *s)
{
	return errand_run(&s->arena, &s->errand, &s->file, &s->err);
}

static const char upper[] = "sh -c 'tr a-z A-Z <\"$1\" >\"$2\"' sh {in} {out}";

static void what_it_makes_has_the_tag_of_its_source(void **state)
{
	struct scene s;

	(void)state;
	set(&s, upper);
	assert_int_equal(go(&s), 0);
	assert_string_equal(s.file.sha256, UPPER);
	assert_string_equal(s.file.etag, "\"tag\"");
	assert_int_equal(s.file.size, 3);
	assert_true(io_has_content(s.file.path, "ABC", 3));
	arena_release(&s.arena);
}

static void what_is_there_is_not_made_again(void **state)
{
	struct scene s;
	const char *first;

	(void)state;
	set(&s, "sh -c 'date +%N >\"$2\"' sh {in} {out}");
	assert_int_equal(go(&s), 0);
	first = s.file.path;
	s.file.path = arena_printf(&s.arena, "%s/in.nc", folder);
	s.file.size = 3;
	s.file.sha256[0] = '\0';
	assert_int_equal(go(&s), 0);
	assert_string_equal(s.file.path, first);
	arena_release(&s.arena);
}

static void a_failure_says_the_end_of_what_was_said(void **state)
{
	struct scene s;

	(void)state;
	set(&s, "sh -c 'echo no; echo luck >&2; exit 75' {in} {out}");
	assert_int_equal(go(&s), -1);
	assert_int_equal(s.err.kind, ERR_TEMP);
	assert_non_null(strstr(s.err.msg, "it ended with code 75: no luck"));
	arena_release(&s.arena);
	set(&s, "no-such-program {in} {out}");
	assert_int_equal(go(&s), -1);
	assert_int_equal(s.err.kind, ERR_DATA);
	arena_release(&s.arena);
}

static void it_ends_when_it_is_stopped(void **state)
{
	const atomic_bool stop = true;
	struct scene s;

	(void)state;
	set(&s, "sh -c 'sleep 1000' {in} {out}");
	s.errand.stop = &stop;
	assert_int_equal(go(&s), -1);
	assert_int_equal(s.err.kind, ERR_TEMP);
	assert_non_null(strstr(s.err.msg, "it was ended with the run"));
	arena_release(&s.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_makes_has_the_tag_of_its_source),
		cmocka_unit_test(what_is_there_is_not_made_again),
		cmocka_unit_test(a_failure_says_the_end_of_what_was_said),
		cmocka_unit_test(it_ends_when_it_is_stopped),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
