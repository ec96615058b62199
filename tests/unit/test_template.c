/* SPDX-License-Identifier: Apache-2.0 */
/* Templates: what they expand to, and what is wrong with others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "recipe/template.h"

static struct arena arena = ARENA_INIT;

static const char *const members[] = { "dir", "code", "only", NULL };
static const struct template_name names[] = {
	{ "time", TEMPLATE_DATE, CALENDAR_STANDARD, NULL },
	{ "n", TEMPLATE_INTEGER, CALENDAR_STANDARD, NULL },
	{ "variable", TEMPLATE_TEXT, CALENDAR_STANDARD, members },
	{ "a.b", TEMPLATE_TEXT, CALENDAR_STANDARD, NULL },
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

static int compile(const char *text, struct template **t, struct err *err)
{
	struct template_source src = { .text = text,
		.names = names,
		.n = NAMES };

	err_clear(err);
	return template_compile(&arena, &src, t, err);
}

static void fill(struct template_value values[NAMES])
{
	static const char text[] = "{\"dir\":\"OI\",\"code\":7}";
	struct err err = ERR_INIT;

	memset(values, 0, NAMES * sizeof(values[0]));
	values[0].text = "1981-09-04";
	values[0].date = (struct date){ 1981, 9, 4, 6, 5, 3 };
	values[1].text = "-7";
	values[1].number = -7;
	values[2].text = "sst";
	values[2].members = js_parse(&arena, text, strlen(text), &err);
	assert_non_null(values[2].members);
	values[3].text = "dotted";
}

static void placeholders_are_filled(void **state)
{
	static const struct {
		const char *text, *result;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "{time}", "1981-09-04" },
		{ "x{time:%Y%m%d}y{time:%H:%M:%S}z", "x19810904y06:05:03z" },
		{ "{time:%j %y %b %B %%}", "247 81 Sep September %" },
		{ "{n} {n:d} {n:03d} {n:00d}", "-7 -7 -07 -7" },
		{ "{n:020d}", "-0000000000000000007" },
		{ "{variable}/{variable.dir}{variable.code:03d}.nc",
			"sst/OI007.nc" },
		{ "{variable.code}", "7" },
		{ "{{{n}}}{{}}", "{-7}{}" },
		{ "{a.b}", "dotted" },
		{ "$(x) `y` 'q' \"Q\" %s ../..",
			"$(x) `y` 'q' \"Q\" %s ../.." },
	};
	struct template_value values[NAMES];
	struct buf out = BUF_INIT;

	(void)state;
	fill(values);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct template *t = NULL;
		struct err err = ERR_INIT;

		assert_int_equal(compile(cases[i].text, &t, &err), 0);
		buf_reset(&out);
		buf_adds(&out, "");
		assert_int_equal(template_expand(t, values, &out, &err), 0);
		assert_string_equal(out.data, cases[i].result);
	}
	buf_release(&out);
}

#define KNOWN                                                        \
	"; known: '{time}', '{n}', '{variable}', '{variable.dir}', " \
	"'{variable.code}', '{variable.only}', '{a.b}'"

static const struct {
	const char *text, *message;
} wrong[] = {
	{ "{tme}",
		"unknown placeholder '{tme}'" KNOWN
		"; did you mean '{time}'?" },
	{ "{}", "unknown placeholder '{}'" KNOWN "; did you mean '{n}'?" },
	{ "{:%Y}", "unknown placeholder '{}'" KNOWN "; did you mean '{n}'?" },
	{ "{variable.dri}",
		"unknown placeholder '{variable.dri}'" KNOWN
		"; did you mean '{variable.dir}'?" },
	{ "{time.year}", "unknown placeholder '{time.year}'" KNOWN },
	{ "{ time}",
		"unknown placeholder '{ time}'" KNOWN
		"; did you mean '{time}'?" },
	{ "{__class__}", "unknown placeholder '{__class__}'" KNOWN },
	{ "a{", "'{' without '}'; a literal brace is '{{'" },
	{ "a{time", "'{' without '}'; a literal brace is '{{'" },
	{ "{a{b}}", "'{' without '}'; a literal brace is '{{'" },
	{ "a}b", "'}' without '{'; a literal brace is '}}'" },
	{ "{time}}", "'}' without '{'; a literal brace is '}}'" },
	{ "{time:%Q}",
		"unknown date code '%Q' in '%Q'; known: %Y %m %d %H %M "
		"%S %j %y %b %B %%" },
	{ "{time:%}",
		"unknown date code '%' in '%'; known: %Y %m %d %H %M "
		"%S %j %y %b %B %%" },
	{ "{time:x%%}",
		"the date format 'x%%' has no date code, as in "
		"'%Y%m%d'" },
	{ "{time:}",
		"the date format '' has no date code, as in "
		"'%Y%m%d'" },
	{ "{n:3d}",
		"'3d' is not the format of an integer; write '03d' "
		"(zeros to width 3) or 'd'" },
	{ "{n:021d}",
		"'021d' is not the format of an integer; write "
		"'03d' (zeros to width 3) or 'd'" },
	{ "{n:0999999999999d}",
		"'0999999999999d' is not the format of an integer; "
		"write '03d' (zeros to width 3) or 'd'" },
	{ "{n:}",
		"'' is not the format of an integer; write '03d' "
		"(zeros to width 3) or 'd'" },
	{ "{n:%n%s}",
		"'%n%s' is not the format of an integer; write "
		"'03d' (zeros to width 3) or 'd'" },
	{ "{variable:03d}",
		"the keys of 'variable' are text, which "
		"takes no format like '03d'" },
};

static void wrong_ones_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct template *t = NULL;
		struct err err = ERR_INIT;

		assert_int_equal(compile(wrong[i].text, &t, &err), -1);
		assert_string_equal(err.msg, wrong[i].message);
		assert_int_equal(err.kind, ERR_DATA);
	}
}

static void members_are_checked_when_filled(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "{variable.only}",
			"the key 'sst' has no member 'only', which the url "
			"uses" },
		{ "{variable.dir:03d}",
			"the member 'dir' of the key 'sst' is not an integer, "
			"which its format wants" },
	};
	struct template_value values[NAMES];
	struct buf out = BUF_INIT;

	(void)state;
	fill(values);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct template *t = NULL;
		struct err err = ERR_INIT;

		assert_int_equal(compile(cases[i].text, &t, &err), 0);
		assert_int_equal(template_expand(t, values, &out, &err), -1);
		assert_string_equal(err.msg, cases[i].message);
	}
	buf_release(&out);
}

static void use_is_known(void **state)
{
	struct template *t = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(compile("{{n}}{variable.dir}", &t, &err), 0);
	assert_false(template_uses(t, 0));
	assert_false(template_uses(t, 1));
	assert_true(template_uses(t, 2));
}

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(placeholders_are_filled),
		cmocka_unit_test(wrong_ones_are_refused),
		cmocka_unit_test(members_are_checked_when_filled),
		cmocka_unit_test(use_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
