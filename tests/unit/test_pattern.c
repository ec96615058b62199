/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns: the items of a recipe, in order, and what is refused. */
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
#include "recipe/recipe.h"
#include "record/json_write.h"

static char folder[] = "/tmp/pgf-pattern-XXXXXX";

static void put_file(const char *name, const char *text)
{
	struct err err = ERR_INIT;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (io_make_parent(path, &err) < 0 ||
		io_replace(path, text, strlen(text), &err) < 0)
		fail_msg("%s", err.msg);
}

/* Replace every FOLDER by the test's. */
static void expand_folder(const char *s, struct buf *out)
{
	buf_reset(out);
	buf_adds(out, "");
	while (*s != '\0') {
		if (strncmp(s, "FOLDER", 6) == 0) {
			buf_adds(out, folder);
			s += 6;
		} else {
			buf_addc(out, *s++);
		}
	}
}

/* Items of a recipe whose member pattern is text, one a line; or the error. */
static int items(const char *pattern, uint64_t prune, struct buf *out,
	struct err *err)
{
	struct arena arena = ARENA_INIT, record = ARENA_INIT;
	struct recipe_input in = { .need = RECIPE_NEEDS_PATTERN };
	struct buf text = BUF_INIT;
	struct pattern *p = NULL;
	struct recipe r;
	struct js *item;
	int got;

	in.path = arena_printf(&arena, "%s/r.yaml", folder);
	buf_addf(&text, "name: t\npattern: %s\n", pattern);
	buf_reset(out);
	buf_adds(out, "");
	got = recipe_parse(&arena, &in, &text, &r, err);
	if (got == 0) {
		p = pattern_open(&r.pattern, prune, err);
		got = p ? 0 : -1;
	}
	while (got >= 0 && (got = pattern_next(p, &record, &item, err)) > 0) {
		js_write(out, item, JS_RECORD);
		buf_addc(out, '\n');
		arena_reset(&record);
	}
	pattern_close(p);
	arena_release(&record);
	arena_release(&arena);
	buf_release(&text);
	return got;
}

static const struct {
	const char *pattern;
	uint64_t prune;
	const char *items;
} good[] = {
	{ "{url: 'https://h/{t:%Y%m%d}.nc', format: netcdf3, dims: [{concat: "
	  "t, dates: {start: 2000-02-28, stop: 2000-03-01}}]}",
		0,
		"{\"key\":{\"concat\":{\"t\":0}},\"url\":\"https://h/"
		"20000228.nc\",\"format\":\"netcdf3\"}\n"
		"{\"key\":{\"concat\":{\"t\":1}},\"url\":\"https://h/"
		"20000229.nc\",\"format\":\"netcdf3\"}\n"
		"{\"key\":{\"concat\":{\"t\":2}},\"url\":\"https://h/"
		"20000301.nc\",\"format\":\"netcdf3\"}\n" },
	/* skipped dates leave no hole in the positions */
	{ "{url: 'h://{t}', dims: [{concat: t, dates: {start: 2000-01-01, stop: "
	  "2000-01-06, skip: [2000-01-04, 2000-01-01, 2000-01-03]}}]}",
		0,
		"{\"key\":{\"concat\":{\"t\":0}},\"url\":\"h://2000-01-02\"}\n"
		"{\"key\":{\"concat\":{\"t\":1}},\"url\":\"h://2000-01-05\"}\n"
		"{\"key\":{\"concat\":{\"t\":2}},\"url\":\"h://2000-01-"
		"06\"}\n" },
	{ "{url: 'h://{t}', dims: [{concat: t, dates: {start: 1999, stop: 2001, "
	  "step: 1 year, calendar: noleap}, items_per_file: 365}]}",
		0,
		"{\"key\":{\"concat\":{\"t\":0}},\"url\":\"h://1999-01-01\","
		"\"expect\":{\"t\":365}}\n"
		"{\"key\":{\"concat\":{\"t\":1}},\"url\":\"h://2000-01-01\","
		"\"expect\":{\"t\":365}}\n"
		"{\"key\":{\"concat\":{\"t\":2}},\"url\":\"h://2001-01-01\","
		"\"expect\":{\"t\":365}}\n" },
	{ "{url: 'h://{t}', dims: [{concat: t, dates: {start: '2000-01-01 "
	  "18:00', stop: 2000-01-02, step: 6 hours}}]}",
		0,
		"{\"key\":{\"concat\":{\"t\":0}},\"url\":\"h://2000-01-01T18:"
		"00:00\"}\n"
		"{\"key\":{\"concat\":{\"t\":1}},\"url\":\"h://2000-01-02T00:"
		"00:00\"}\n" },
	/* the last dimension is the fastest; concat stands first in the key */
	{ "{url: 'h://{v}{n:02d}', dims: [{merge: v, values: [a, b]}, {concat: "
	  "n, range: {start: 1, stop: 6, step: 3}}]}",
		0,
		"{\"key\":{\"concat\":{\"n\":0},\"merge\":{\"v\":\"a\"}},"
		"\"url\":\"h://a01\"}\n"
		"{\"key\":{\"concat\":{\"n\":1},\"merge\":{\"v\":\"a\"}},"
		"\"url\":\"h://a04\"}\n"
		"{\"key\":{\"concat\":{\"n\":0},\"merge\":{\"v\":\"b\"}},"
		"\"url\":\"h://b01\"}\n"
		"{\"key\":{\"concat\":{\"n\":1},\"merge\":{\"v\":\"b\"}},"
		"\"url\":\"h://b04\"}\n" },
	/* prune keeps the first concat keys and all merge keys */
	{ "{url: 'h://{n}/{v.dir}{v}', dims: [{concat: n, range: {stop: 99}}, "
	  "{merge: v, values: {sst: {dir: OI}, ice: {dir: 7}}}]}",
		2,
		"{\"key\":{\"concat\":{\"n\":0},\"merge\":{\"v\":\"sst\"}},"
		"\"url\":\"h://0/OIsst\"}\n"
		"{\"key\":{\"concat\":{\"n\":0},\"merge\":{\"v\":\"ice\"}},"
		"\"url\":\"h://0/7ice\"}\n"
		"{\"key\":{\"concat\":{\"n\":1},\"merge\":{\"v\":\"sst\"}},"
		"\"url\":\"h://1/OIsst\"}\n"
		"{\"key\":{\"concat\":{\"n\":1},\"merge\":{\"v\":\"ice\"}},"
		"\"url\":\"h://1/7ice\"}\n" },
	{ "{url: 'h://{k:03d}', dims: [{concat: k, values: [7, 12]}]}", 0,
		"{\"key\":{\"concat\":{\"k\":0}},\"url\":\"h://007\"}\n"
		"{\"key\":{\"concat\":{\"k\":1}},\"url\":\"h://012\"}\n" },
	{ "{url: 'd/../{k}/./x', dims: [{concat: k, values: [., '../..', '$(x)', "
	  "'a b', \"q'\"]}]}",
		4,
		"{\"key\":{\"concat\":{\"k\":0}},\"url\":\"FOLDER/x\"}\n"
		"{\"key\":{\"concat\":{\"k\":1}},\"url\":\"/x\"}\n"
		"{\"key\":{\"concat\":{\"k\":2}},\"url\":\"FOLDER/$(x)/x\"}\n"
		"{\"key\":{\"concat\":{\"k\":3}},\"url\":\"FOLDER/a b/"
		"x\"}\n" },
	/* several dimensions of a kind: the key keeps their order */
	{ "{url: 'h://{t}{y}{v}{w}', dims: [{concat: t, range: {stop: 1}, "
	  "items_per_file: 2}, {merge: v, values: [a]}, {concat: y, values: [k, "
	  "l], items_per_file: 3}, {merge: w, values: ['1']}]}",
		1,
		"{\"key\":{\"concat\":{\"t\":0,\"y\":0},\"merge\":{\"v\":"
		"\"a\",\"w\":\"1\"}},\"url\":\"h://0ka1\",\"expect\":{\"t\":"
		"2,\"y\":3}}\n" },
	/* no dimension: one file */
	{ "{url: 'h://x'}", 0, "{\"key\":{},\"url\":\"h://x\"}\n" },
	{ "{files: [b.nc], dims: []}", 0,
		"{\"key\":{},\"url\":\"FOLDER/b.nc\"}\n" },
	{ "{files: [b.nc, 'http://h/{x}.nc', /abs/./a.nc, 'file:///f.nc'], "
	  "dims: [{concat: t, items_per_file: 2}]}",
		0,
		"{\"key\":{\"concat\":{\"t\":0}},\"url\":\"FOLDER/b.nc\","
		"\"expect\":{\"t\":2}}\n"
		"{\"key\":{\"concat\":{\"t\":1}},\"url\":\"http://h/{x}.nc\","
		"\"expect\":{\"t\":2}}\n"
		"{\"key\":{\"concat\":{\"t\":2}},\"url\":\"/abs/a.nc\","
		"\"expect\":{\"t\":2}}\n"
		"{\"key\":{\"concat\":{\"t\":3}},\"url\":\"file:///f.nc\","
		"\"expect\":{\"t\":2}}\n" },
	/* sorted by bytes, without folders */
	{ "{glob: 'g/*', dims: [{concat: t}]}", 0,
		"{\"key\":{\"concat\":{\"t\":0}},\"url\":\"FOLDER/g/B.nc\"}\n"
		"{\"key\":{\"concat\":{\"t\":1}},\"url\":\"FOLDER/g/a.nc\"}\n"
		"{\"key\":{\"concat\":{\"t\":2}},\"url\":\"FOLDER/g/"
		"a10.nc\"}\n"
		"{\"key\":{\"concat\":{\"t\":3}},\"url\":\"FOLDER/g/"
		"a9.nc\"}\n" },
	{ "{glob: 'g/a*', dims: [{concat: t}]}", 1,
		"{\"key\":{\"concat\":{\"t\":0}},\"url\":\"FOLDER/g/"
		"a.nc\"}\n" },
	{ "{list: l.txt, dims: [{concat: t}]}", 0,
		"{\"key\":{\"concat\":{\"t\":0}},\"url\":\"http://h/1\"}\n"
		"{\"key\":{\"concat\":{\"t\":1}},\"url\":\"FOLDER/g/a.nc\"}\n" },
	{ "{list: l.ndjson, format: netcdf4, dims: [{concat: t}, {merge: v}]}",
		1,
		"{\"key\":{\"concat\":{\"t\":0},\"merge\":{\"v\":\"x\"}},"
		"\"url\":\"FOLDER/x\",\"mine\":1,\"format\":\"netcdf4\"}\n" },
};

static void items_are_those_of_the_recipe(void **state)
{
	struct buf out = BUF_INIT, wanted = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct err err = ERR_INIT;

		if (items(good[i].pattern, good[i].prune, &out, &err) < 0)
			fail_msg("%zu: %s", i, err.msg);
		expand_folder(good[i].items, &wanted);
		assert_string_equal(out.data, wanted.data);
	}
	buf_release(&out);
	buf_release(&wanted);
}

static const struct {
	const char *pattern, *message;
} bad[] = {
	{ "{glob: 'none/*.nc', dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: 'none/*.nc' matches no file" },
	{ "{glob: 'g/fold*', dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: 'g/fold*' matches no file" },
	{ "{glob: '**/*.nc', dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: '**/*.nc': '**' is one level of folders "
		"here; write '*/' for each, or list the files (list) that "
		"find(1) finds" },
	{ "{glob: 'g/**/x.nc', dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: 'g/**/x.nc': '**' is one level of folders "
		"here; write '*/' for each, or list the files (list) that "
		"find(1) finds" },
	{ "{list: none.txt, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: cannot open 'FOLDER/none.txt': No such file "
		"or directory" },
	{ "{list: empty.txt, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: 'empty.txt' lists no file" },
	{ "{list: empty.ndjson, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: 'empty.ndjson' lists no file" },
	{ "{list: twice.txt, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: twice.txt:3: 'a.nc' is listed twice" },
	{ "{list: control.txt, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: control.txt:1: the url 'a\x1b.nc' has a "
		"control character (0x1b)" },
	{ "{list: latin.txt, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: latin.txt:1: the url '\xe9' is not UTF-8" },
	{ "{files: [a.nc, ./a.nc], dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: files[1]: './a.nc' is listed twice" },
	{ "{files: [\"a\\nb\"], dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: files[0]: the url 'a\nb' has a control "
		"character (0x0a)" },
	{ "{url: 'h://{t:%Y}', dims: [{concat: t, dates: {start: 2000-12-31, "
	  "stop: 2001-01-02}}]}",
		"FOLDER/r.yaml:2: key t=2: the url 'h://2001' is that of "
		"another key, too; use more of '{t}' in it" },
	{ "{url: 'h://{v}', dims: [{merge: v, values: [a, \"b\\nc\"]}]}",
		"FOLDER/r.yaml:2: key v=b\nc: the url 'h://b\nc' has a control "
		"character (0x0a)" },
	{ "{url: '{v.x}', dims: [{merge: v, values: {a: {x: 1}, b: {}}}]}",
		"FOLDER/r.yaml:2: key v=b: the key 'b' has no member 'x', which "
		"the url uses" },
	{ "{url: '{v.x}', dims: [{merge: v, values: {a: {x: ''}}}]}",
		"FOLDER/r.yaml:2: key v=a: the url is empty" },
	{ "{url: 'h://{a}{b}{c}', dims: [{concat: a, range: {stop: 9999}}, "
	  "{merge: b, values: [x, y]}, {concat: c, range: {stop: 999}}]}",
		"FOLDER/r.yaml:2: the keys mean 20000000 files or more; at "
		"most 10000000 are supported" },
	{ "{list: bad.ndjson, dims: [{concat: t}, {merge: v}]}",
		"FOLDER/r.yaml:2: bad.ndjson:1: the key has a dimension that "
		"'pattern.dims' does not name" },
	{ "{list: bad.ndjson, dims: [{concat: x}]}",
		"FOLDER/r.yaml:2: bad.ndjson:1: 'key.concat.x' must be the "
		"position of the file, 0 or more" },
	{ "{list: bad.ndjson, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: bad.ndjson:1: the key has a dimension that "
		"'pattern.dims' does not name" },
	{ "{list: text.ndjson, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: text.ndjson:1: not JSON" },
	{ "{list: keyless.ndjson, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: keyless.ndjson:1: the record has no 'key'" },
	{ "{list: urlless.ndjson, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: urlless.ndjson:2: the record has no 'url'" },
	{ "{list: minus.ndjson, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: minus.ndjson:1: 'key.concat.t' must be the "
		"position of the file, 0 or more" },
	{ "{list: place.ndjson, dims: [{concat: t}, {concat: y}]}",
		"FOLDER/r.yaml:2: place.ndjson:3: 'FOLDER/c' is a second file "
		"for key {\"concat\":{\"t\":0,\"y\":1}}; give each key one "
		"file" },
	{ "{list: same.ndjson, dims: [{concat: t}]}",
		"FOLDER/r.yaml:2: same.ndjson:2: 'h://a' is listed twice" },
};

/* As far as the expected text goes: jansson says where JSON is wrong. */
static void other_patterns_are_refused(void **state)
{
	struct buf out = BUF_INIT, wanted = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(items(bad[i].pattern, 0, &out, &err), -1);
		expand_folder(bad[i].message, &wanted);
		if (strstr(bad[i].pattern, "text.ndjson"))
			err.msg[wanted.len] = '\0';
		assert_string_equal(err.msg, wanted.data);
		assert_int_equal(err.kind, ERR_DATA);
	}
	buf_release(&out);
	buf_release(&wanted);
}

static int setup(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	put_file("g/a10.nc", "");
	put_file("g/a9.nc", "");
	put_file("g/a.nc", "");
	put_file("g/B.nc", "");
	put_file("g/folder/x", "");
	put_file("l.txt", "# one a line\n\n  http://h/1 \r\ng/a.nc");
	put_file("empty.txt", "# none\n");
	put_file("empty.ndjson", "\n");
	put_file("twice.txt", "a.nc\n\na.nc\n");
	put_file("control.txt", "a\x1b.nc\n");
	put_file("latin.txt", "\xe9\n");
	put_file("l.ndjson",
		"{\"key\":{\"concat\":{\"t\":0},\"merge\":{\"v\":\"x\"}},"
		"\"url\":\"x\",\"mine\":1}\n"
		"{\"key\":{\"concat\":{\"t\":1},\"merge\":{\"v\":\"x\"}},"
		"\"url\":\"y\",\"mine\":2}\n");
	put_file("bad.ndjson",
		"{\"key\":{\"concat\":{\"t\":0,\"u\":1},\"merge\":{\"v\":"
		"\"x\"}},\"url\":\"x\"}\n");
	put_file("text.ndjson", "<html>\n");
	put_file("keyless.ndjson", "{\"url\":\"x\"}\n");
	put_file("urlless.ndjson",
		"{\"key\":{\"concat\":{\"t\":0}},\"url\":\"x\"}\n"
		"{\"key\":{\"concat\":{\"t\":1}}}\n");
	put_file("minus.ndjson",
		"{\"key\":{\"concat\":{\"t\":-1}},\"url\":\"x\"}\n");
	put_file("place.ndjson",
		"{\"key\":{\"concat\":{\"t\":0,\"y\":1}},\"url\":\"a\"}\n"
		"{\"key\":{\"concat\":{\"t\":1,\"y\":0}},\"url\":\"b\"}\n"
		"{\"key\":{\"concat\":{\"y\":1,\"t\":0}},\"url\":\"c\"}\n");
	put_file("same.ndjson",
		"{\"key\":{\"concat\":{\"t\":0}},\"url\":\"h://a\"}\n"
		"{\"key\":{\"concat\":{\"t\":1}},\"url\":\"h://a\"}\n");
	return 0;
}

static int remove_files(void **state)
{
	static const char *const names[] = { "g/a10.nc", "g/a9.nc", "g/a.nc",
		"g/B.nc", "g/folder/x", "g/folder", "g", "l.txt", "empty.txt",
		"empty.ndjson", "twice.txt", "control.txt", "latin.txt",
		"l.ndjson", "bad.ndjson", "text.ndjson", "keyless.ndjson",
		"urlless.ndjson", "minus.ndjson", "same.ndjson", "place.ndjson",
		"" };
	char path[512];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		if (remove(path) != 0)
			return -1;
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_those_of_the_recipe),
		cmocka_unit_test(other_patterns_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, remove_files);
}
