/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts of records folded in bulk give what each record folded by itself gives:
 * the same facts, and where one is wrong the same words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "schema/fold.h"

enum { NFILES = 5000 };

static struct arena arena = ARENA_INIT;

static const char *line_of(const struct js *rec)
{
	struct buf text = BUF_INIT;
	char *copy;

	js_write(&text, rec, JS_RECORD);
	copy = arena_strdup(&arena, text.data);
	buf_release(&text);
	return copy;
}

/* Days in files of one or two, counted from one of three dates, with bounds that
 * have no units; what is common, rare, and different everywhere; two members. */
static struct js *record(unsigned i)
{
	unsigned n = 1 + i % 2, at = i / 2;
	const char *data = arena_printf(&arena, n == 1 ? "[%u]" : "[%u,%u]",
		3 * at, 3 * at + 1);
	const char *units =
		arena_printf(&arena, "days since 200%u-01-01", at % 3);

	return archive_record(&arena,
		arena_printf(&arena,
			"{'key':{'concat':{'time':%u},'merge':{'m':'%s'}},"
			"'url':'u%05u','dims':{'time':%u,'x':2,'nv':2},"
			"'attrs':{'history':'%u','flag':'%u'},'vars':{"
			"'time':{'dims':['time'],'dtype':'int32','attrs':{"
			"'units':'%s','bounds':'tb'},'data':%s},"
			"'tb':{'dims':['time','nv'],'dtype':'float64'},"
			"'x':{'dims':['x'],'dtype':'float32','digest':'%s'},"
			"'%s':{'dims':['time','x'],'dtype':'int16','attrs':{"
			"'units':'%s','scale_factor':%s,'_FillValue':-9},"
			"'attr_dtypes':{'scale_factor':'float32',"
			"'_FillValue':'int16'}}}}",
			at, i % 2 ? "b" : "a", i, n, i, i / 700, units, data,
			i % 900 ? "00" : "11", i % 2 ? "w" : "v",
			i > 900 ? "K" : "degC", i % 1000 ? "0.5" : "0.25"));
}

static unsigned order[NFILES];

static void shuffle(uint64_t seed)
{
	for (unsigned i = 0; i < NFILES; i++)
		order[i] = i;
	for (unsigned i = NFILES; i > 1 && seed > 0; i--) {
		unsigned j, t = order[i - 1];

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		j = (unsigned)(seed % i);
		order[i - 1] = order[j];
		order[j] = t;
	}
}

static const char *end_text(struct fold *f)
{
	struct err err = ERR_INIT;
	struct schema s;

	schema_init(&s, &arena);
	assert_int_equal(fold_end(f, &s, &err), 0);
	fold_close(f);
	return archive_text(&arena, schema_to_json(&arena, &s));
}

static void put_line(struct fold *f, const char *line)
{
	struct err err = ERR_INIT;

	if (fold_line(f, (struct span){ line, strlen(line) }, &err) < 0)
		fail_msg("%s", err.msg);
}

static const char *by_record(void)
{
	struct fold *f = fold_open();
	struct err err = ERR_INIT;

	for (unsigned i = 0; i < NFILES; i++)
		assert_int_equal(fold_add(f, record(i), &err), 0);
	return end_text(f);
}

/* Every 500th also as a record, and every 300th twice. */
static const char *by_line(uint64_t seed)
{
	struct fold *f = fold_open();
	struct err err = ERR_INIT;

	shuffle(seed);
	for (unsigned i = 0; i < NFILES; i++) {
		struct js *rec = record(order[i]);

		if (i % 500 == 499)
			assert_int_equal(fold_add(f, rec, &err), 0);
		else
			put_line(f, line_of(rec));
		if (i % 300 == 0)
			put_line(f, line_of(record(order[i / 2])));
	}
	return end_text(f);
}

static void lines_give_the_facts_of_records(void **state)
{
	const char *want = by_record();

	(void)state;
	assert_non_null(strstr(want, "'history':{"));
	assert_non_null(strstr(want, "'series'"));
	for (uint64_t seed = 0; seed < 4; seed++)
		assert_string_equal(by_line(seed), want);
}

/* What is not plainly a record of its kind is not lost either. */
static void unusual_texts_are_parsed(void **state)
{
	static const char *const texts[] = {
		/* spaces, members in another order, unknown members */
		"{ \"vars\" : { }, \"url\":\"u\", \"more\":[{}], "
		"\"attrs\":{\"a\" : 1},\"attr_dtypes\":{\"a\":\"int8\"},"
		"\"dims\":{\"x\":1},\"format\":\"netcdf3\",\"key\":{} }",
		/* escapes in names */
		"{\"ke\\u0079\":{},\"url\":\"u\\/v\",\"format\":\"netcdf4\","
		"\"dims\":{},\"attrs\":{\"a\\u0062\":\"\\u00e9\"},"
		"\"attr_dtypes\":{},\"vars\":{}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct fold *lines = fold_open(), *records = fold_open();
		struct err err = ERR_INIT;

		put_line(lines, texts[i]);
		assert_int_equal(fold_add(records,
					 js_parse(&arena, texts[i],
						 strlen(texts[i]), &err),
					 &err),
			0);
		assert_string_equal(end_text(lines), end_text(records));
	}
}

/* Two variables that hold each other's bounds, of which one changes. */
static void bounds_follow_the_time_that_they_bound(void **state)
{
	static const char *const units[] = { "days since 2000-01-01",
		"hours since 2000-01-01", "m" };
	struct fold *lines = fold_open(), *records = fold_open();

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		struct err err = ERR_INIT;
		struct js *rec = archive_record(&arena,
			arena_printf(&arena,
				"{'key':{'concat':{'t':%u}},'url':'u%u',"
				"'dims':{'t':1,'n':2},'vars':{'b':{'dims':["
				"'t','n'],'dtype':'float64'},'c':{'dims':["
				"'t'],'dtype':'float64','attrs':{'units':"
				"'%s','climatology':'b'}}}}",
				i, i, units[i % 3]));

		put_line(lines, line_of(rec));
		assert_int_equal(fold_add(records, rec, &err), 0);
	}
	assert_string_equal(end_text(lines), end_text(records));
}

/* The same text, in files that are known by other dimensions, says other things:
 * which values must agree, and what is a coordinate. */
static void the_dimensions_of_the_key_matter(void **state)
{
	static const char *const keys[] = { "{'concat':{'t':0}}",
		"{'concat':{'x':1}}", "{'concat':{'t':2},'merge':{'m':'a'}}" };
	struct fold *lines = fold_open(), *records = fold_open();

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct err err = ERR_INIT;
		struct js *rec = archive_record(&arena,
			arena_printf(&arena,
				"{'key':%s,'url':'u%zu','dims':{'t':1,'x':1},"
				"'vars':{'t':{'dims':['t'],'dtype':'int8',"
				"'data':[3],'digest':'1'},'x':{'dims':['x'],"
				"'dtype':'int8','data':[4],'digest':'2'}}}",
				keys[i], i));

		put_line(lines, line_of(rec));
		assert_int_equal(fold_add(records, rec, &err), 0);
	}
	assert_string_equal(end_text(lines), end_text(records));
}

static void what_is_wrong_is_told(void **state)
{
	static const struct {
		const char *from, *to, *says;
	} cases[] = {
		{ "\"dtype\":\"int32\"", "\"dtype\":\"int99\"", "dtype" },
		{ "\"data\":[6]", "\"data\":[6,7]", "data" },
		{ "\"data\":[6]", "\"data\":[6,]", "JSON" },
		{ "\"data\":[6]", "\"data\":6", "data" },
		{ "\"dims\":{", "\"dims\":[{", "" },
		{ "\"key\":{", "\"key\":3,\"k\":{", "key" },
		{ "\"url\":\"u00004\"", "\"url\":4", "url" },
		{ "\"vars\":{", "\"vars\":{\"x\":{},", "" },
		{ "\"format\":", "\"format\"", "JSON" },
	};
	const char *good = line_of(record(4));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *at = strstr(good, cases[i].from);
		struct fold *f = fold_open();
		struct err err = ERR_INIT;
		const char *line;

		assert_non_null(at);
		line = arena_printf(&arena, "%.*s%s%s", (int)(at - good), good,
			cases[i].to, at + strlen(cases[i].from));
		/* Also where all of its parts but one are known. */
		put_line(f, line_of(record(10)));
		assert_int_equal(fold_line(f,
					 (struct span){ line, strlen(line) },
					 &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_non_null(strstr(err.msg, cases[i].says));
		put_line(f, good);
		fold_close(f);
	}
}

static void another_file_in_its_place_is_refused(void **state)
{
	struct fold *f = fold_open();
	struct err err = ERR_INIT;
	struct js *other = record(4);
	const char *line;

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		put_line(f, line_of(record(i)));
	js_set_text(other, "url", "other");
	js_set_int(js_get(other, "attrs"), "flag", 7);
	line = line_of(other);
	assert_int_equal(fold_line(f, (struct span){ line, strlen(line) },
				 &err),
		-1);
	assert_non_null(strstr(err.msg, "two files for time=2 m=a"));
	assert_non_null(strstr(err.msg, "'other'"));
	fold_close(f);
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
		cmocka_unit_test(lines_give_the_facts_of_records),
		cmocka_unit_test(unusual_texts_are_parsed),
		cmocka_unit_test(bounds_follow_the_time_that_they_bound),
		cmocka_unit_test(the_dimensions_of_the_key_matter),
		cmocka_unit_test(what_is_wrong_is_told),
		cmocka_unit_test(another_file_in_its_place_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
