/* SPDX-License-Identifier: Apache-2.0 */
/* Units of more values than are kept: files are compared all the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "combining.h"

static struct arena arena = ARENA_INIT;

enum { POSITIONS = 20 };

/* Two members at 20 positions, each position with units of its own, but for the
 * second member at one of them. */
static void fold_members(struct schema *s, int odd)
{
	struct err err = ERR_INIT;

	schema_init(s, &arena);
	for (int i = 0; i < 2 * POSITIONS; i++) {
		int n = i / 2, is_b = i % 2;
		const char *text = arena_printf(&arena,
			"{'key':{'concat':{'time':%d},'merge':{'v':'%s'}},"
			"'url':'f%d%s','dims':{'time':1},'vars':{'time':"
			"{'dims':['time'],'dtype':'int32','digest':'1',"
			"'data':[0],'attrs':{'units':"
			"'days since 2000-01-%02d'}}}}",
			n, is_b ? "b" : "a", n, is_b ? "b" : "a",
			n + 1 + (is_b && n == odd));

		if (schema_fold(s, archive_record(&arena, text), &err) < 0)
			fail_msg("%s", err.msg);
	}
}

static int decide(const struct schema *s, struct err *err)
{
	struct layout l;

	return layout_decide(&arena, s, &recipe_combine_default, &l, err);
}

static void merged_files_with_many_units_are_compared(void **state)
{
	struct err err = ERR_INIT;
	struct schema s;

	(void)state;
	fold_members(&s, -1);
	if (decide(&s, &err) < 0)
		fail_msg("%s", err.msg);
	fold_members(&s, 18);
	assert_int_equal(decide(&s, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.msg,
		"the meaning of the numbers of variable 'time' differs"));
	assert_non_null(strstr(err.msg, "('f18a')"));
	assert_non_null(strstr(err.msg, "'f18b'"));
}

/* Facts of an older program do not tell enough. */
static void facts_that_do_not_tell_are_refused(void **state)
{
	struct err err = ERR_INIT;
	struct schema s, back;
	struct js *facts;

	(void)state;
	fold_members(&s, -1);
	facts = schema_to_json(&arena, &s);
	js_remove(js_path(facts, "vars", "time", NULL), "meaning");
	schema_init(&back, &arena);
	if (schema_from_json(&back, facts, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(decide(&back, &err), -1);
	assert_non_null(strstr(err.msg, "of 40 files"));
	assert_non_null(strstr(err.msg, "make the facts again"));
}

/* A metre is spelled as often as is kept, then comes a kilometre. */
static void a_unit_that_is_not_kept_is_no_spelling(void **state)
{
	struct recipe_combine policy = recipe_combine_default;
	const char *files[POSITIONS + 1] = { NULL };
	struct err err = ERR_INIT;
	struct layout l;

	(void)state;
	for (int i = 0; i < POSITIONS; i++)
		files[i] = arena_printf(&arena,
			"{'key':{'concat':{'time':%d}},'url':'f%d','dims':"
			"{'time':1},'vars':{'v':{'dims':['time'],'dtype':"
			"'float32','attrs':{'units':'1.%0*d %s'}}}}",
			i, i, i + 1, 0, i < POSITIONS - 1 ? "m" : "km");
	assert_int_equal(combine(&arena, files, &policy, &l, &err), -1);
	assert_non_null(
		strstr(err.msg, "attribute 'units' of variable 'v' differs"));
	policy.units = "convert";
	if (combine(&arena, files, &policy, &l, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(combined(&arena, &l, "v"),
		"float32 {'units':'1.0 m'} {}");
}

static int teardown(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merged_files_with_many_units_are_compared),
		cmocka_unit_test(facts_that_do_not_tell_are_refused),
		cmocka_unit_test(a_unit_that_is_not_kept_is_no_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
