/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings: from records and back, from attributes, equality. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/encoding.h"
#include "record/json_write.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct arena arena = ARENA_INIT;

/* JSON whose quotes may be ' for short. */
static struct js *parsed(const char *text)
{
	struct err err = ERR_INIT;
	char *copy = arena_strdup(&arena, text);
	struct js *v;

	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	v = js_parse(&arena, copy, strlen(copy), &err);
	if (v == NULL)
		fail_msg("%s: %s", text, err.msg);
	return v;
}

static struct dtype type_of(const char *name)
{
	struct dtype t;

	assert_true(dtype_parse(name, &t));
	return t;
}

static void check_text(const struct encoding *e, const char *dtype,
	const char *want)
{
	struct js *back = encoding_to_json(&arena, e, type_of(dtype));
	struct buf text = BUF_INIT;

	js_write(&text, back, 0);
	if (!js_equal(back, parsed(want)))
		fail_msg("%s, not %s", text.data, want);
	buf_release(&text);
}

static void a_record_reads_back(void **state)
{
	static const struct {
		const char *dtype, *text;
	} cases[] = {
		{ "int16", "{}" },
		{ "int16", "{'missing':[-999,-9999]}" },
		{ "float32", "{'missing':['NaN',-999.0]}" },
		{ "uint64", "{'missing':['18446744073709551615']}" },
		{ "int16", "{'scale_factor':0.01,'add_offset':273.15}" },
		{ "int8", "{'missing':[-1],'unsigned':true}" },
		{ "uint8", "{'unsigned':false}" },
		{ "int32",
			"{'time':{'units':'days since 2000-01-01',"
			"'calendar':'noleap'}}" },
		{ "int32",
			"{'time':{'units':'months since 2000-01-01',"
			"'calendar':'standard','months':'udunits'}}" },
		{ "float32", "{'units':[1.8,32.0]}" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err err = ERR_INIT;
		struct encoding e;

		assert_int_equal(encoding_from_json(parsed(cases[i].text),
					 type_of(cases[i].dtype), &e, &err),
			0);
		check_text(&e, cases[i].dtype, cases[i].text);
	}
}

static const struct {
	const char *dtype, *text, *message;
} refused[] = {
	{ "int16", "[]", "'encoding' is not an object" },
	{ "int16", "{'scale':1}", "'scale' is no member of an encoding" },
	{ "int16", "{'missing':-9}", "'missing' is not a list" },
	{ "int16", "{'missing':[40000]}",
		"'missing' has a value of no element" },
	{ "int16", "{'missing':['NaN']}",
		"'missing' has a value of no element" },
	{ "int16", "{'missing':[1,2,3,4,5,6,7,8,9]}",
		"more than 8 values mean missing" },
	{ "int16", "{'scale_factor':0}", "'scale_factor' is 0" },
	{ "int16", "{'scale_factor':'NaN'}",
		"'scale_factor' is not a finite number" },
	{ "int16", "{'add_offset':[1]}",
		"'add_offset' is not a finite number" },
	{ "int16", "{'unsigned':'true'}", "'unsigned' is not true or false" },
	{ "int16", "{'time':{'units':'days since 2000-01-01'}}",
		"'time' has no text 'units' or 'calendar'" },
	{ "int16",
		"{'time':{'units':'days since 2000-01-01','calendar':"
		"'standard','months':'mean'}}",
		"'months' is not 'udunits'" },
	{ "int16", "{'units':[1]}", "'units' is not [factor, offset]" },
	{ "int16", "{'units':[0,1]}", "'units' is not [factor, offset]" },
	{ "int16", "{'units':[1,'Infinity']}",
		"'units' is not [factor, offset]" },
	{ "char", "{'missing':['AA==']}",
		"'encoding' is for numbers, this is text" },
};

static void what_is_no_encoding_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(refused); i++) {
		struct err err = ERR_INIT;
		struct encoding e;

		assert_int_equal(encoding_from_json(parsed(refused[i].text),
					 type_of(refused[i].dtype), &e, &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, refused[i].message);
	}
}

/* Attributes, and the encoding they state. */
static const struct {
	const char *dtype, *attrs, *encoding;
} stated[] = {
	{ "int16", "{'long_name':'x','units':'K','valid_min':3}", "{}" },
	{ "int16", "{'_FillValue':-9,'missing_value':-99}",
		"{'missing':[-9,-99]}" },
	{ "int16", "{'missing_value':-99,'_FillValue':-9}",
		"{'missing':[-9,-99]}" },
	{ "int16", "{'_FillValue':-9,'missing_value':-9}", "{'missing':[-9]}" },
	{ "int16", "{'missing_value':[-9,-8,-9]}", "{'missing':[-9,-8]}" },
	/* what no element can equal */
	{ "int16", "{'_FillValue':-9,'missing_value':-99999}",
		"{'missing':[-9]}" },
	{ "int16", "{'missing_value':'none'}", "{}" },
	{ "int16", "{'missing_value':'NaN'}", "{}" },
	{ "int16", "{'missing_value':-32768.0}", "{'missing':[-32768]}" },
	{ "float32", "{'_FillValue':'NaN','missing_value':'NaN'}",
		"{'missing':['NaN']}" },
	{ "float32", "{'_FillValue':-999.9}",
		"{'missing':[-999.9000244140625]}" },
	{ "float32", "{'_FillValue':0.0,'missing_value':-0.0}",
		"{'missing':[0.0]}" },
	{ "int16", "{'scale_factor':0.01}",
		"{'scale_factor':0.01,'add_offset':0.0}" },
	{ "int16", "{'add_offset':5}",
		"{'scale_factor':1.0,'add_offset':5.0}" },
	{ "int8", "{'_Unsigned':'true','_FillValue':-1}",
		"{'missing':[-1],'unsigned':true}" },
	{ "int8", "{'_Unsigned':'true','_FillValue':255}",
		"{'missing':[-1],'unsigned':true}" },
	{ "int8", "{'_Unsigned':'false'}", "{}" },
	{ "uint8", "{'_Unsigned':'false'}", "{'unsigned':false}" },
	{ "uint8", "{'_Unsigned':'true'}", "{}" },
	{ "float32", "{'_Unsigned':'true'}", "{}" },
	{ "int32", "{'units':'days since 2000-01-01'}",
		"{'time':{'units':'days since 2000-01-01','calendar':"
		"'standard'}}" },
	{ "int32", "{'units':'Days Since 2000-01-01','calendar':'360_day'}",
		"{'time':{'units':'Days Since 2000-01-01','calendar':"
		"'360_day'}}" },
	{ "int32", "{'units':'days','calendar':'360_day'}", "{}" },
	{ "char", "{'_FillValue':'AA==','scale_factor':'x'}", "{}" },
};

static void attributes_state_an_encoding(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(stated); i++) {
		struct err err = ERR_INIT;
		struct encoding e;

		if (encoding_of_attrs(parsed(stated[i].attrs),
			    type_of(stated[i].dtype), &e, &err) < 0)
			fail_msg("%s: %s", stated[i].attrs, err.msg);
		check_text(&e, stated[i].dtype, stated[i].encoding);
	}
}

static void attributes_that_mean_nothing_are_refused(void **state)
{
	static const struct {
		const char *attrs, *message;
	} cases[] = {
		{ "{'scale_factor':'0.1'}",
			"'scale_factor' is not a finite number" },
		{ "{'scale_factor':[0.1,0.2]}",
			"'scale_factor' is not a finite number" },
		{ "{'add_offset':'NaN'}",
			"'add_offset' is not a finite number" },
		{ "{'scale_factor':0}", "'scale_factor' is 0" },
		{ "{'units':'days since 2000-01-01','calendar':1}",
			"'calendar' is no text" },
		{ "{'missing_value':[1,2,3,4,5,6,7,8],'_FillValue':9}",
			"more than 8 values mean missing" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err err = ERR_INIT;
		struct encoding e;

		assert_int_equal(encoding_of_attrs(parsed(cases[i].attrs),
					 type_of("int16"), &e, &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, cases[i].message);
	}
}

static void equality_is_of_meaning(void **state)
{
	static const struct {
		const char *dtype, *a, *b;
		bool same;
	} cases[] = {
		{ "int16", "{}", "{}", true },
		{ "int16", "{}", "{'scale_factor':1,'add_offset':0}", true },
		{ "int16", "{'scale_factor':1}", "{'scale_factor':2}", false },
		{ "int16", "{'add_offset':1}", "{}", false },
		{ "int16", "{'missing':[1,2]}", "{'missing':[1,2]}", true },
		{ "int16", "{'missing':[1,2]}", "{'missing':[2,1]}", false },
		{ "int16", "{'missing':[1]}", "{}", false },
		{ "int8", "{'unsigned':true}", "{}", false },
		{ "int8", "{'unsigned':false}", "{}", true },
		{ "int8",
			"{'time':{'units':'days since 1-1-1','calendar':'x'}}",
			"{}", false },
		{ "int8",
			"{'time':{'units':'days since 1-1-1','calendar':'x'}}",
			"{'time':{'units':'days since 1-1-1','calendar':'y'}}",
			false },
		{ "int8", "{'units':[1,0]}", "{}", true },
		{ "int8", "{'units':[1,2]}", "{}", false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct dtype t = type_of(cases[i].dtype);
		struct err err = ERR_INIT;
		struct encoding a, b;

		assert_int_equal(encoding_from_json(parsed(cases[i].a), t, &a,
					 &err),
			0);
		assert_int_equal(encoding_from_json(parsed(cases[i].b), t, &b,
					 &err),
			0);
		assert_int_equal(encoding_equal(&a, &b, t), cases[i].same);
		assert_int_equal(encoding_equal(&b, &a, t), cases[i].same);
	}
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
		cmocka_unit_test(a_record_reads_back),
		cmocka_unit_test(what_is_no_encoding_is_refused),
		cmocka_unit_test(attributes_state_an_encoding),
		cmocka_unit_test(attributes_that_mean_nothing_are_refused),
		cmocka_unit_test(equality_is_of_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
