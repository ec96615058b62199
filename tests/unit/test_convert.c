/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions: numbers against NumPy (convert.tab), the rules of missing
 * values, every refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "chunk/convert.h"

static struct arena arena = ARENA_INIT;

/* A side in words: type and encoding, whose quotes may be ' for short. */
struct side {
	const char *dtype, *encoding;
};

static struct convert_side side_of(struct side s)
{
	struct err err = ERR_INIT;
	struct encoding *e = ARENA_NEW(&arena, struct encoding, 1);
	char *text = arena_strdup(&arena, s.encoding);
	struct convert_side side = { .encoding = e };

	for (char *p = text; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	assert_true(dtype_parse(s.dtype, &side.dtype));
	if (encoding_from_json(js_parse(&arena, text, strlen(text), &err),
		    side.dtype, e, &err) < 0)
		fail_msg("%s: %s", s.encoding, err.msg);
	return side;
}

static struct convert made(struct side from, struct side to)
{
	struct err err = ERR_INIT;
	struct convert c;

	if (convert_init(&c, side_of(from), side_of(to), &err) < 0)
		fail_msg("%s", err.msg);
	return c;
}

static const struct {
	const char *from, *from_encoding, *to, *to_encoding;
	uint64_t before, after;
} truth[] = {
#include "convert.tab"
};

/* The number n times: alone, and through the loops. */
static void check_truth(size_t row, const struct convert *c, size_t n)
{
	uint64_t in[300], out[300], got;
	struct err err = ERR_INIT;
	size_t at;

	for (size_t i = 0; i < n; i++)
		memcpy((char *)in + i * c->from.size, &truth[row].before,
			c->from.size);
	if (convert_run(c, &(struct convert_job){ in, out, n }, &at, &err) < 0)
		fail_msg("row %zu: %s", row, err.msg);
	for (size_t i = 0; i < n; i++) {
		got = 0;
		memcpy(&got, (char *)out + i * c->to.size, c->to.size);
		if (got != truth[row].after)
			fail_msg("row %zu (%s %s to %s %s): %#llx is %#llx, "
				 "not %#llx",
				row, truth[row].from, truth[row].from_encoding,
				truth[row].to, truth[row].to_encoding,
				(unsigned long long)truth[row].before,
				(unsigned long long)got,
				(unsigned long long)truth[row].after);
	}
}

static void numbers_are_those_of_numpy(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(truth) / sizeof(truth[0]); i++) {
		struct convert c = made((struct side){ truth[i].from,
						truth[i].from_encoding },
			(struct side){ truth[i].to, truth[i].to_encoding });

		check_truth(i, &c, 1);
		check_truth(i, &c, 300);
	}
}

/* A case in JSON: a list of values, the list they become or the refusal. */
struct story {
	struct side from, to;
	const char *before, *after;
	size_t at;
};

static size_t values_of(const char *json, struct dtype t, uint8_t *out)
{
	struct err err = ERR_INIT;
	struct js *list = js_parse(&arena, json, strlen(json), &err);

	for (size_t i = 0; i < js_count(list); i++)
		if (!dtype_value_bytes(t, js_at(list, i), out + i * t.size))
			fail_msg("%s", json);
	return js_count(list);
}

static void check_story(const struct story *s, size_t padding)
{
	struct convert c = made(s->from, s->to);
	struct dtype from, to;
	uint64_t in[300] = { 0 }, out[300] = { 0 }, want[300] = { 0 };
	struct err err = ERR_INIT;
	size_t n, at = 99;

	assert_true(dtype_parse(s->from.dtype, &from));
	assert_true(dtype_parse(s->to.dtype, &to));
	n = values_of(s->before, from, (uint8_t *)in);
	for (size_t i = n; i < n + padding; i++)
		memcpy((char *)in + i * from.size, in, from.size);
	if (*s->after == '[') {
		if (convert_run(&c,
			    &(struct convert_job){ in, out, n + padding }, &at,
			    &err) < 0)
			fail_msg("%s %s: %s", s->from.encoding, s->before,
				err.msg);
		values_of(s->after, to, (uint8_t *)want);
		if (memcmp(out, want, n * to.size) != 0)
			fail_msg("%s %s to %s: not %s", s->from.encoding,
				s->before, s->to.encoding, s->after);
		return;
	}
	assert_int_equal(convert_run(&c,
				 &(struct convert_job){ in, out, n + padding },
				 &at, &err),
		-1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.msg, s->after);
	assert_int_equal(at, s->at);
}

static void check_stories(const struct story *stories, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_story(&stories[i], 0);
		check_story(&stories[i], 290);
	}
}

static const struct story of_missing[] = {
	/* every value of the source's list, and NaN, become the first */
	{ { "int16", "{'missing':[-999,-1]}" },
		{ "int16", "{'missing':[7,8]}" }, "[-999,1,-1,-998]",
		"[7,1,7,-998]", 0 },
	{ { "float32", "{'missing':[-999.9]}" },
		{ "float32", "{'missing':[-1]}" }, "[-999.9,\"NaN\",2]",
		"[-1,-1,2]", 0 },
	{ { "float64", "{}" }, { "float32", "{'missing':['NaN',5]}" },
		"[\"NaN\",2]", "[\"NaN\",2]", 0 },
	{ { "int8", "{'missing':[-128]}" }, { "float32", "{}" }, "[-128,-127]",
		"[\"NaN\",-127]", 0 },
	{ { "float32", "{'missing':[0]}" }, { "float32", "{'missing':[9]}" },
		"[0.0,-0.0,1]", "[9,9,1]", 0 },
	{ { "float64", "{}" }, { "int32", "{'missing':[-1]}" }, "[\"NaN\",2]",
		"[-1,2]", 0 },
	{ { "float64", "{}" },
		{ "int16", "{'missing':[-1],'scale_factor':0.5}" },
		"[\"NaN\",2]", "[-1,4]", 0 },
	/* raw, before unpacking; and not as the number it would unpack to */
	{ { "int16", "{'missing':[100],'scale_factor':0.5}" },
		{ "float64", "{'missing':[-5]}" }, "[100,200]", "[-5,100]", 0 },
	/* also where the number itself would be beyond the target */
	{ { "float64", "{'missing':[1e36]}" },
		{ "int16", "{'missing':[-1],'scale_factor':1}" }, "[1e36,2]",
		"[-1,2]", 0 },
	{ { "float64", "{'missing':[1e300]}" }, { "float32", "{}" },
		"[1e300,2]", "[\"NaN\",2]", 0 },
	{ { "int32", "{'missing':[70000]}" }, { "int16", "{'missing':[3]}" },
		"[70000,2]", "[3,2]", 0 },
	/* the same value on both sides */
	{ { "int16", "{'missing':[-999]}" }, { "int32", "{'missing':[-999]}" },
		"[-999,5]", "[-999,5]", 0 },
	/* unsigned, by its bits */
	{ { "int8", "{'missing':[-1],'unsigned':true}" },
		{ "int16", "{'missing':[-9]}" }, "[-1,-2,127]", "[-9,254,127]",
		0 },
	{ { "int8", "{'missing':[255],'unsigned':true}" },
		{ "int16", "{'missing':[-9]}" }, "[-1,-2]", "[-9,254]", 0 },
	{ { "uint8", "{'unsigned':false}" }, { "int16", "{}" }, "[255,127]",
		"[-1,127]", 0 },
	{ { "int16", "{}" }, { "int8", "{'unsigned':true}" }, "[255,127]",
		"[-1,127]", 0 },
	{ { "int16", "{'unsigned':true,'scale_factor':0.5}" },
		{ "float32", "{}" }, "[-1,2]", "[32767.5,1]", 0 },
	{ { "int64", "{'missing':['-9223372036854775808']}" },
		{ "int64", "{'missing':[0]}" },
		"[\"-9223372036854775808\",\"9007199254740993\"]",
		"[0,\"9007199254740993\"]", 0 },
	{ { "uint64", "{'missing':['18446744073709551615']}" },
		{ "uint64", "{'missing':[1]}" },
		"[\"18446744073709551615\",\"18446744073709551614\"]",
		"[1,\"18446744073709551614\"]", 0 },
	/* infinities are numbers */
	{ { "float64", "{'missing':[1]}" }, { "float32", "{'scale_factor':2}" },
		"[\"Infinity\",1,\"-Infinity\"]",
		"[\"Infinity\",\"NaN\",\"-Infinity\"]", 0 },
};

static void missing_cells_become_the_missing_value(void **state)
{
	(void)state;
	check_stories(of_missing, sizeof(of_missing) / sizeof(of_missing[0]));
}

static const struct story refused[] = {
	{ { "int16", "{'missing':[-999]}" }, { "int16", "{'missing':[7]}" },
		"[1,-999,7]",
		"the value 7 is not missing, but would be read so in the "
		"store's int16: bake the file apart, or give it the missing "
		"value of the others",
		2 },
	{ { "int16", "{}" }, { "int16", "{'missing':[7,8]}" }, "[1,8]",
		"the value 8 is not missing, but would be read so in the "
		"store's int16: bake the file apart, or give it the missing "
		"value of the others",
		1 },
	{ { "float64", "{}" },
		{ "int16", "{'missing':[-1],'scale_factor':0.5}" }, "[1,-0.4]",
		"the value -0.40000000000000002 is not missing, but would be "
		"read so in the store's int16: set 'combine: {packing: "
		"unpack}', or repair the file",
		1 },
	{ { "int16", "{'missing':[-999]}" }, { "int32", "{}" }, "[1,-999]",
		"the value -999 is missing, and no value means that in the "
		"store's int32: make the schema from all files, or repair this "
		"one",
		1 },
	{ { "float32", "{}" }, { "int32", "{}" }, "[1,\"NaN\"]",
		"the value nan is missing, and no value means that in the "
		"store's int32: make the schema from all files, or repair this "
		"one",
		1 },
	{ { "int32", "{}" }, { "int16", "{}" }, "[1,32767,32768]",
		"the value 32768 is no exact int16: make the schema from all "
		"files, or repair this one",
		2 },
	{ { "int32", "{}" }, { "uint64", "{}" }, "[1,-1]",
		"the value -1 is no exact uint64: make the schema from all "
		"files, or repair this one",
		1 },
	{ { "uint64", "{}" }, { "int64", "{}" }, "[1,\"9223372036854775808\"]",
		"the value 9223372036854775808 is no exact int64: make the "
		"schema from all files, or repair this one",
		1 },
	{ { "int32", "{}" }, { "float32", "{}" }, "[16777216,16777217]",
		"the value 16777217 is no exact float32: make the schema from "
		"all files, or repair this one",
		1 },
	{ { "float64", "{}" }, { "float32", "{}" }, "[0.5,0.1]",
		"the value 0.10000000000000001 is no exact float32: make the "
		"schema from all files, or repair this one",
		1 },
	{ { "float64", "{}" }, { "int32", "{}" }, "[1,1.5]",
		"the value 1.5 is no exact int32: make the schema from all "
		"files, or repair this one",
		1 },
	{ { "float64", "{}" },
		{ "int16", "{'scale_factor':0.01,'add_offset':5}" },
		"[5,332.67,332.69]",
		"the value 332.69 becomes too large for int16: set 'combine: "
		"{packing: unpack}', or repair the file",
		2 },
	{ { "float64", "{}" }, { "uint8", "{'scale_factor':1}" }, "[255.5,256]",
		"the value 255.5 becomes too large for uint8: set 'combine: "
		"{packing: unpack}', or repair the file",
		0 },
	{ { "float64", "{}" }, { "int16", "{'scale_factor':1}" },
		"[1,\"Infinity\"]",
		"the value inf becomes no whole number for int16: set "
		"'combine: {packing: unpack}', or repair the file",
		1 },
	{ { "int16", "{'scale_factor':0.5}" }, { "int16", "{}" }, "[2,3]",
		"the value 3 becomes no whole number for int16: make the "
		"schema from all files, or repair this one",
		1 },
	{ { "int16", "{'scale_factor':1e36}" }, { "float32", "{}" }, "[1,400]",
		"the value 400 becomes too large for float32: make the schema "
		"from all files, or repair this one",
		1 },
	{ { "float64", "{'units':[10,0]}" }, { "float64", "{}" }, "[1,1e308]",
		"the value 1e+308 becomes too large for "
		"float64: make the schema from all files, or repair this one",
		1 },
};

static void what_the_target_cannot_hold_is_refused(void **state)
{
	(void)state;
	check_stories(refused, sizeof(refused) / sizeof(refused[0]));
}

#define TIME(UNITS, CALENDAR) \
	"{'time':{'units':'" UNITS "','calendar':'" CALENDAR "'}}"

static const struct story of_time[] = {
	{ { "int32", TIME("days since 2000-01-01", "standard") },
		{ "int32", TIME("hours since 1999-12-31", "standard") },
		"[0,-1,59]", "[24,0,1440]", 0 },
	{ { "int64", TIME("microseconds since 1970-01-01", "standard") },
		{ "int64",
			TIME("microseconds since 1970-01-01 00:00:00 +01:00",
				"standard") },
		"[\"9007199254740993\",-1]",
		"[\"9007202854740993\",3599999999]", 0 },
	{ { "float64", TIME("days since 2001-01-01", "noleap") },
		{ "int32", TIME("hours since 2000-02-28", "365_day") },
		"[0.0,0.25]", "[7368,7374]", 0 },
	{ { "float32", TIME("days since 2001-01-01", "360_day") },
		{ "float64", TIME("days since 2000-01-01", "360_day") },
		"[0.5,\"NaN\",-360]", "[360.5,\"NaN\",0.0]", 0 },
	{ { "int16", TIME("days since 2000-03-01", "all_leap") },
		{ "int16", TIME("days since 1999-03-01", "366_day") }, "[0,1]",
		"[366,367]", 0 },
	{ { "float64", TIME("days since 1-1-1", "standard") },
		{ "int32", TIME("days since 1-1-1", "proleptic_gregorian") },
		"[577737,730121]", "[577735,730119]", 0 },
	{ { "int16", TIME("days since 1582-10-04", "standard") },
		{ "int16", TIME("days since 1582-10-15", "gregorian") },
		"[1,0]", "[0,-1]", 0 },
	{ { "int32",
		  "{'missing':[-1],'time':{'units':'days since 2000-01-01',"
		  "'calendar':'julian'}}" },
		{ "int64",
			"{'missing':[-2],'time':{'units':'hours since "
			"2000-01-01','calendar':'julian'}}" },
		"[-1,2]", "[-2,48]", 0 },
	/* the same code keeps every bit of a real */
	{ { "float64", TIME("days since 2000-01-01", "standard") },
		{ "float64", TIME("d since 2000-1-1 00:00Z", "gregorian") },
		"[0.1234567890123456]", "[0.1234567890123456]", 0 },
	{ { "int16",
		  "{'scale_factor':0.5,'time':{'units':'days since "
		  "2000-01-01','calendar':'standard'}}" },
		{ "int32", TIME("hours since 2000-01-01", "standard") },
		"[1,3]", "[12,36]", 0 },
	/* refusals */
	{ { "int32", TIME("hours since 2000-01-01", "standard") },
		{ "int32", TIME("days since 2000-01-01", "standard") },
		"[24,12]",
		"12 'hours since 2000-01-01' is no whole number of 'days since "
		"2000-01-01': set finer units in 'combine: {time: ..}', or "
		"repair the file",
		1 },
	{ { "int32", TIME("days since 2000-01-01", "standard") },
		{ "int16", TIME("seconds since 2000-01-01", "standard") },
		"[0,1]",
		"the value 1 becomes too large for int16: make the schema from "
		"all files, or repair this one",
		1 },
	{ { "float64", TIME("days since 2000-01-01", "standard") },
		{ "float64", TIME("hours since 2000-01-01", "standard") },
		"[0,\"Infinity\"]",
		"inf 'days since 2000-01-01' is no time of 'hours since "
		"2000-01-01': set finer units in 'combine: {time: ..}', or "
		"repair the file",
		1 },
	{ { "int32", TIME("days since 1-1-1", "standard") },
		{ "int32", TIME("days since 1-1-1", "proleptic_gregorian") },
		"[577737,577736]",
		"577736 'days since 1-1-1' is before 1582-10-15, where it is "
		"another date in the calendar of 'days since 1-1-1'",
		1 },
};

static void times_are_exact(void **state)
{
	(void)state;
	check_stories(of_time, sizeof(of_time) / sizeof(of_time[0]));
}

static void what_can_never_be_converted_is_refused_at_once(void **state)
{
	static const struct {
		struct side from, to;
		const char *message;
	} cases[] = {
		{ { "int32", TIME("days since 2000-01-01", "standard") },
			{ "int32", "{}" },
			"'days since 2000-01-01' is a time, what it becomes or "
			"came from is not" },
		{ { "int32", "{}" },
			{ "int32", TIME("days since 2000-01-01", "standard") },
			"'days since 2000-01-01' is a time, what it becomes or "
			"came from is not" },
		{ { "int32", TIME("days since 2000-01-01", "noleap") },
			{ "int32", TIME("days since 2000-01-01", "standard") },
			"dates of the calendar 'noleap' cannot become dates of "
			"'standard': bake the files of each calendar apart" },
		{ { "int32", TIME("months since 2000-01-01", "noleap") },
			{ "int32", TIME("days since 2000-01-01", "noleap") },
			"'months since 2000-01-01': 'months' have no fixed "
			"length in the calendar 'noleap'" },
		{ { "char", "{}" }, { "int32", "{}" },
			"text is not converted" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		struct convert c;

		assert_int_equal(convert_init(&c, side_of(cases[i].from),
					 side_of(cases[i].to), &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, cases[i].message);
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
		cmocka_unit_test(numbers_are_those_of_numpy),
		cmocka_unit_test(missing_cells_become_the_missing_value),
		cmocka_unit_test(what_the_target_cannot_hold_is_refused),
		cmocka_unit_test(times_are_exact),
		cmocka_unit_test(
			what_can_never_be_converted_is_refused_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
