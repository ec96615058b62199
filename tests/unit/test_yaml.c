/* SPDX-License-Identifier: Apache-2.0 */
/* YAML: scalars of the core schema, lines, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "record/json_write.h"
#include "record/yaml.h"

static struct arena arena = ARENA_INIT;

static int parse(const char *text, size_t len, struct yaml_doc *doc,
	struct err *err)
{
	struct yaml_text in = { .name = "r.yaml", .text = text, .len = len };

	err_clear(err);
	return yaml_parse(&arena, &in, doc, err);
}

static void values_are_those_of_the_core_schema(void **state)
{
	static const struct {
		const char *yaml, *json;
	} cases[] = {
		{ "a: 1", "{\"a\":1}" },
		{ "[null, Null, NULL, ~, ]", "[null,null,null,null]" },
		{ "a:", "{\"a\":null}" },
		{ "[true, True, TRUE, false, False, FALSE]",
			"[true,true,true,false,false,false]" },
		{ "[yes, no, on, off, y, n, tRUE, nULL]",
			"[\"yes\",\"no\",\"on\",\"off\",\"y\",\"n\","
			"\"tRUE\",\"nULL\"]" },
		{ "[0, -0, +12, -12, 0o17, 0xfF, -0x1, 0b1]",
			"[0,0,12,-12,15,255,\"-0x1\",\"0b1\"]" },
		{ "[9223372036854775807, -9223372036854775808]",
			"[\"9223372036854775807\",\"-9223372036854775808\"]" },
		{ "[1.5, .5, 5., 1e3, -1.5E-3, +.5]",
			"[1.5,0.5,5.0,1000.0,-0.0015,0.5]" },
		{ "[., +, -, e5, 1e, 1_000, 12:30:00]",
			"[\".\",\"+\",\"-\",\"e5\",\"1e\",\"1_000\","
			"\"12:30:00\"]" },
		{ "[.nan, .inf, -.INF, nan]",
			"[\"NaN\",\"Infinity\",\"-Infinity\",\"nan\"]" },
		{ "[1981-09-01, 1981-09, 2001-01-01T00:00:00]",
			"[\"1981-09-01\",\"1981-09\",\"2001-01-01T00:00:00\"]" },
		{ "['1', \"2\", 'true', \"\"]", "[\"1\",\"2\",\"true\",\"\"]" },
		{ "a: |\n  1\n  2\n", "{\"a\":\"1\\n2\\n\"}" },
		{ "[!!str 1, ! 2, !!int 3, !!float 1.5, !!null ~, !!bool true]",
			"[\"1\",\"2\",3,1.5,null,true]" },
		{ "!!map {a: !!seq [1]}", "{\"a\":[1]}" },
		{ "1: 2\ntrue: 3\n", "{\"1\":2,\"true\":3}" },
		{ "{\"a\":[1,2.0,{\"b\":null}],\"c\":\"\\u00e9\\n\"}",
			"{\"a\":[1,2.0,{\"b\":null}],\"c\":\"\xc3\xa9\\n\"}" },
		{ "\xef\xbb\xbf"
		  "a: 1",
			"{\"a\":1}" },
		{ "a: &x [1, &y 2]\nb: *x\nc: *y\n",
			"{\"a\":[1,2],\"b\":[1,2],\"c\":2}" },
		{ "a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}" },
		{ "<<: {a: 1}", "{\"<<\":{\"a\":1}}" },
		{ "%YAML 1.2\n---\na: 1\n...\n", "{\"a\":1}" },
		{ "{\n\t\"a\": 1\n}", "{\"a\":1}" },
		{ "text", "\"text\"" },
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		struct yaml_doc doc;

		if (parse(cases[i].yaml, strlen(cases[i].yaml), &doc, &err))
			fail_msg("%s", err.msg);
		buf_reset(&out);
		js_write(&out, doc.root, JS_RECORD);
		assert_string_equal(out.data, cases[i].json);
	}
	buf_release(&out);
}

static const struct {
	const char *yaml, *message;
} refused[] = {
	{ "", "r.yaml: empty: there is no document in it" },
	{ "# nothing\n", "r.yaml: empty: there is no document in it" },
	{ "a: 1\n---\nb: 2\n",
		"r.yaml:2: a second document begins; only one may" },
	{ "a: 1\nb: [1,\n",
		"r.yaml:3: not YAML: did not find expected node content "
		"(while parsing a flow node begun on line 3)" },
	{ "a: 1\nb: {c: 1\n",
		"r.yaml:3: not YAML: did not find expected ',' or '}' "
		"(while parsing a flow mapping begun on line 2)" },
	{ "a:\n\tb: 1\n",
		"r.yaml:2: not YAML: a tab where only blanks may "
		"stand" },
	{ "a: 1\na: 2\n", "r.yaml:2: the key 'a' is given twice" },
	{ "a: 1\nb:\n  - {x: 1, \"x\": 2}\n",
		"r.yaml:3: the key 'x' is given twice" },
	{ "[a]: 1\n", "r.yaml:1: a key must be plain text" },
	{ "a: 1\nb: \xff\n", "r.yaml:2: not YAML: not UTF-8" },
	{ "a: 1\nb: \x01\n",
		"r.yaml:2: not YAML: control characters are not "
		"allowed (0x01)" },
	{ "a: \"\\0\"\n", "r.yaml:1: text holds a control character" },
	{ "a: 1\nb: \"x\\u0085\"\n",
		"r.yaml:2: text holds a control character" },
	{ "\"\\x7f\": 1\n", "r.yaml:1: text holds a control character" },
	{ "a: \"\\u2028\"\n", "r.yaml:1: text holds a control character" },
	{ "a: 007\n",
		"r.yaml:1: the number '007' has leading zeros; quote "
		"it to keep them, or drop them" },
	{ "a:\n - 99999999999999999999\n",
		"r.yaml:2: the number '99999999999999999999' is out "
		"of range; quote it to make it text" },
	{ "a: -9223372036854775809\n",
		"r.yaml:1: the number '-9223372036854775809' is out "
		"of range; quote it to make it text" },
	{ "a: 1e999\n",
		"r.yaml:1: the number '1e999' is out of range; quote "
		"it to make it text" },
	{ "a: 0x10000000000000000\n",
		"r.yaml:1: the number '0x10000000000000000' is out "
		"of range; quote it to make it text" },
	{ "a: *b\n",
		"r.yaml:1: the alias '*b' has no anchor before "
		"it" },
	{ "a: &b [*b]\n",
		"r.yaml:1: the alias '*b' stands within its own "
		"anchor" },
	{ "a: !!binary aGk=\n",
		"r.yaml:1: the tag 'tag:yaml.org,2002:binary' is not "
		"supported; leave it out" },
	{ "a: !!python/object {}\n",
		"r.yaml:1: the tag "
		"'tag:yaml.org,2002:python/object' is not supported; "
		"leave it out" },
	{ "a: !!int x\n",
		"r.yaml:1: the tag 'tag:yaml.org,2002:int' is not "
		"supported; leave it out" },
};

static void bad_input_gets_one_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct err err = ERR_INIT;
		struct yaml_doc doc;

		assert_int_equal(parse(refused[i].yaml, strlen(refused[i].yaml),
					 &doc, &err),
			-1);
		assert_string_equal(err.msg, refused[i].message);
		assert_int_equal(err.kind, ERR_DATA);
	}
}

/* 64 levels are read, 65 are not, whether written out or through an alias. */
static void depth_is_limited(void **state)
{
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	struct yaml_doc doc;

	(void)state;
	for (int deep = 63; deep <= 64; deep++) {
		buf_reset(&text);
		for (int i = 0; i < deep; i++)
			buf_addc(&text, '[');
		buf_addc(&text, '1');
		for (int i = 0; i < deep; i++)
			buf_addc(&text, ']');
		assert_int_equal(parse(text.data, text.len, &doc, &err),
			deep == 63 ? 0 : -1);
	}
	assert_string_equal(err.msg, "r.yaml:1: nested deeper than 64 levels");
	buf_reset(&text);
	buf_adds(&text, "a: &x [[[[[[[[[[1]]]]]]]]]]\nb: ");
	for (int i = 0; i < 55; i++)
		buf_addc(&text, '[');
	buf_adds(&text, "*x");
	for (int i = 0; i < 55; i++)
		buf_addc(&text, ']');
	assert_int_equal(parse(text.data, text.len, &doc, &err), -1);
	assert_string_equal(err.msg, "r.yaml:2: nested deeper than 64 levels");
	buf_reset(&text);
	for (int i = 0; i < 100000; i++)
		buf_addc(&text, '[');
	assert_int_equal(parse(text.data, text.len, &doc, &err), -1);
	buf_release(&text);
}

static void aliases_cannot_explode(void **state)
{
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	struct yaml_doc doc;

	(void)state;
	buf_adds(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 10; i++) {
		buf_addf(&text, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			buf_addf(&text, "*a%d,", i - 1);
		buf_adds(&text, "]\n");
	}
	assert_int_equal(parse(text.data, text.len, &doc, &err), -1);
	assert_string_equal(err.msg,
		"r.yaml:5: aliases stand for more than 100000 values");
	buf_reset(&text);
	for (int i = 0; i < 1001; i++)
		buf_addf(&text, "a%d: &a%d 1\n", i, i);
	assert_int_equal(parse(text.data, text.len, &doc, &err), -1);
	assert_string_equal(err.msg, "r.yaml:1001: more than 1000 anchors");
	buf_release(&text);
}

static void size_is_limited(void **state)
{
	struct err err = ERR_INIT;
	struct yaml_doc doc;
	struct yaml_text in = { .name = "r.yaml",
		.text = "",
		.len = (size_t)YAML_MAX_SIZE + 1 };

	(void)state;
	assert_int_equal(yaml_parse(&arena, &in, &doc, &err), -1);
	assert_string_equal(err.msg, "r.yaml: larger than 64 MiB");
	err_clear(&err);
	in.text = NULL;
	in.len = 0;
	assert_int_equal(yaml_parse(&arena, &in, &doc, &err), -1);
}

static void lines_are_known(void **state)
{
	static const char text[] = "# comment\n"
				   "name: demo\n"
				   "dims:\n"
				   "  - concat: time\n"
				   "    n: [1,\n"
				   "        2]\n"
				   "  - merge: v\n"
				   "note: &n {x: 1}\n"
				   "more: *n\n";
	struct err err = ERR_INIT;
	struct yaml_doc doc;
	struct js *dims, *copy;

	(void)state;
	assert_int_equal(parse(text, strlen(text), &doc, &err), 0);
	assert_int_equal(doc.line, 2);
	assert_int_equal(yaml_member_line(&doc.places, doc.root, "name"), 2);
	assert_int_equal(yaml_member_line(&doc.places, doc.root, "dims"), 3);
	assert_int_equal(yaml_member_line(&doc.places, doc.root, "more"), 9);
	assert_int_equal(yaml_member_line(&doc.places, doc.root, "none"), 0);
	dims = js_get(doc.root, "dims");
	assert_int_equal(yaml_element_line(&doc.places, dims, 0), 4);
	assert_int_equal(yaml_element_line(&doc.places, dims, 1), 7);
	assert_int_equal(yaml_element_line(&doc.places, dims, 2), 0);
	assert_int_equal(yaml_member_line(&doc.places, dims, "x"), 0);
	assert_int_equal(yaml_element_line(&doc.places,
				 js_get(js_at(dims, 0), "n"), 1),
		6);
	assert_int_equal(yaml_member_line(&doc.places, js_get(doc.root, "more"),
				 "x"),
		8);
	copy = js_new_object(&arena);
	yaml_places_copy(&doc.places, doc.root, copy);
	assert_int_equal(yaml_member_line(&doc.places, copy, "dims"), 3);
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
		cmocka_unit_test(values_are_those_of_the_core_schema),
		cmocka_unit_test(bad_input_gets_one_line),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(aliases_cannot_explode),
		cmocka_unit_test(size_is_limited),
		cmocka_unit_test(lines_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
