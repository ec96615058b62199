/* SPDX-License-Identifier: Apache-2.0 */
/* Static variables within a tolerance: which files are compared, and by what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "combining.h"
#include "layout/decision.h"
#include "model/region.h"
#include "planning.h"

static struct arena arena = ARENA_INIT;

/* File n along t with a variable y(y), told by its digest. */
#define ALONG(n, url, y)                                                  \
	"{'key':{'concat':{'t':" #n "}},'url':'" url                      \
	"','dims':{'t':1,'y':2},'vars':{'v':{'dims':['t'],'dtype':'int8'" \
	"},'y':{'dims':['y'],'" y "}}}"
#define Y(digest) "dtype':'float64','digest':'" digest "'"
#define YA(digest, dtype, attrs) \
	"dtype':'" dtype "','digest':'" digest "','attrs':{" attrs "}"
#define MEMBER(n, m, url, digest)                                          \
	"{'key':{'concat':{'t':" #n "},'merge':{'w':'" m "'}},'url':'" url \
	"','dims':{'t':1,'y':2},'vars':{'" m "':{'dims':['t'],"            \
	"'dtype':'int8'},'y':{'dims':['y'],'" Y(digest) "}}}"
#define TILE(t, x, url, digest)                                 \
	"{'key':{'concat':{'t':" #t ",'x':" #x "}},'url':'" url \
	"','dims':{'t':1,'x':1},'vars':{'x':{'dims':['x'],'" Y( \
		digest) "},'v':{'dims':['t','x'],'dtype':'int8'}}}"

static struct recipe_combine within(double tolerance)
{
	struct recipe_combine policy = recipe_combine_default;

	policy.statics.policy = "close";
	policy.statics.tolerance = tolerance;
	return policy;
}

static const struct {
	const char *files[7], *var, *close;
} cases[] = {
	/* the same everywhere: nothing to compare */
	{ { ALONG(0, "a", Y("1")), ALONG(1, "b", Y("1")) }, "y", NULL },
	/* one file for each other set of values */
	{ { ALONG(0, "a", Y("1")), ALONG(1, "b", Y("2")), ALONG(2, "c", Y("1")),
		  ALONG(3, "d", Y("2")), ALONG(4, "e", Y("0")) },
		"y", "{'tolerance':0.5,'with':{'':[[1,1],[4,4]]}}" },
	/* files at the end add none that is known */
	{ { ALONG(0, "a", Y("1")), ALONG(1, "b", Y("2")), ALONG(2, "c", Y("1")),
		  ALONG(3, "d", Y("2")), ALONG(4, "e", Y("0")),
		  ALONG(5, "f", Y("0")) },
		"y", "{'tolerance':0.5,'with':{'':[[1,1],[4,4]]}}" },
	/* the same bits are other values if they mean something else */
	{ { ALONG(0, "a", YA("1", "int16", "'scale_factor':0.5")),
		  ALONG(1, "b", YA("1", "int16", "'scale_factor':0.25")),
		  ALONG(2, "c", YA("1", "int16", "'scale_factor':0.5")) },
		"y", "{'tolerance':0.5,'with':{'':[[1,1]]}}" },
	{ { ALONG(0, "a", YA("1", "int16", "'units':'m'")),
		  ALONG(1, "b", YA("1", "int16", "'units':'km'")),
		  ALONG(2, "c", YA("1", "int16", "")) },
		"y", "{'tolerance':0.5,'with':{'':[[1,2]]}}" },
	{ { ALONG(0, "a", YA("1", "int16", "'_FillValue':1")),
		  ALONG(1, "b", YA("1", "int16", "")) },
		"y", "{'tolerance':0.5,'with':{'':[[1,1]]}}" },
	{ { ALONG(0, "a",
		    YA("1", "int16",
			    "'units':'days since 2000-01-01',"
			    "'calendar':'noleap'")),
		  ALONG(1, "b",
			  YA("1", "int16",
				  "'units':'days since 2000-01-01'")) },
		"y", "{'tolerance':0.5,'with':{'':[[1,1]]}}" },
	/* merged files */
	{ { MEMBER(0, "p", "a", "1"), MEMBER(0, "q", "b", "2"),
		  MEMBER(1, "p", "c", "1"), MEMBER(1, "q", "d", "2") },
		"y", "{'tolerance':0.5,'with':{'q':[[0,0]]}}" },
	/* two dimensions, of which the variable has one */
	{ { TILE(0, 0, "a", "1"), TILE(0, 1, "b", "2"), TILE(1, 0, "c", "1"),
		  TILE(1, 1, "d", "3"), TILE(2, 0, "e", "4"),
		  TILE(2, 1, "f", "3") },
		"x",
		"{'tolerance':0.5,'with':{'':[[[1,1],[1,1]],[[2,0],[2,0]]]}}" },
};

static void one_file_of_each_is_compared(void **state)
{
	const struct recipe_combine policy = within(0.5);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err err = ERR_INIT;
		struct layout l, again;
		struct js *v, *close;

		if (combine(&arena, cases[i].files, &policy, &l, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		v = layout_to_json(&arena, &l);
		close = js_path(v, "vars", cases[i].var, "close", NULL);
		if (cases[i].close == NULL)
			assert_null(close);
		else
			assert_string_equal(archive_text(&arena, close),
				cases[i].close);
		if (layout_from_json(&arena, v, &again, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		assert_string_equal(archive_text(&arena,
					    layout_to_json(&arena, &again)),
			archive_text(&arena, v));
	}
}

static void it_is_told(void **state)
{
	const struct recipe_combine policy = within(1e-6);
	struct err err = ERR_INIT;
	struct layout l;

	(void)state;
	assert_int_equal(combine(&arena, cases[1].files, &policy, &l, &err), 0);
	assert_string_equal(decision_line(&arena, js_at(l.decisions, 0)),
		"values of variable 'y' differs in 5 files: those of the first "
		"file are kept, and the others compared with them within 1e-06 "
		"when they are written");
}

/* n files, each with values of its own. */
static int many(size_t n, struct layout *l, struct err *err)
{
	const struct recipe_combine policy = within(1);
	struct schema s;

	schema_init(&s, &arena);
	for (size_t i = 0; i < n; i++) {
		const char *text = arena_printf(&arena,
			"{'key':{'concat':{'t':%zu}},'url':'f%zu','dims':{'t':1,"
			"'y':2},'vars':{'y':{'dims':['y'],'dtype':'int8',"
			"'digest':'%04zx'}}}",
			i, i, i * 7919 % 65536);

		if (schema_fold(&s, archive_record(&arena, text), err) < 0)
			return -1;
	}
	return layout_decide(&arena, &s, &policy, l, err);
}

static void too_many_are_refused(void **state)
{
	struct err err = ERR_INIT;
	struct layout l;

	(void)state;
	assert_int_equal(many(1001, &l, &err), 0);
	assert_int_equal(spread_count(&layout_var(&l, "y")->close), 1000);
	assert_int_equal(many(1002, &l, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.msg,
		"variable 'y' has 1002 different sets of values (one in 1 file "
		"('f0'), another in 1 file ('f1'))"));
	assert_non_null(strstr(err.msg, "at most 1000"));
	assert_non_null(strstr(err.msg, "combine.static to 'first'"));
}

/* n files with one set of bits, which mean something else in each. */
static int many_packings(size_t n, struct layout *l, struct err *err)
{
	const struct recipe_combine policy = within(1);
	struct schema s;

	schema_init(&s, &arena);
	for (size_t i = 0; i < n; i++) {
		const char *text = arena_printf(&arena,
			"{'key':{'concat':{'t':%zu}},'url':'f%zu','dims':{'t':1,"
			"'y':2},'vars':{'y':{'dims':['y'],'dtype':'int8',"
			"'attrs':{'scale_factor':%zu.5},'digest':'1'}}}",
			i, i, i);

		if (schema_fold(&s, archive_record(&arena, text), err) < 0)
			return -1;
	}
	return layout_decide(&arena, &s, &policy, l, err);
}

static void too_many_packings_are_refused(void **state)
{
	struct err err = ERR_INIT;
	struct layout l;

	(void)state;
	assert_int_equal(many_packings(16, &l, &err), 0);
	assert_int_equal(spread_count(&layout_var(&l, "y")->close), 15);
	assert_int_equal(many_packings(17, &l, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.msg,
		"what the numbers of variable 'y' mean differs in more than 16 "
		"ways in 17 files ('f0' to 'f16')"));
	assert_non_null(strstr(err.msg, "or set it to 'first'"));
}

static const struct {
	const char *files[4], *says;
} refusals[] = {
	{ { ALONG(0, "a", Y("1")), ALONG(1, "b", "dtype':'float64'") },
		"have no digest" },
	{ { ALONG(0, "a", YA("1", "int16", "'units':'m'")),
		  ALONG(1, "b", YA("1", "int16", "'units':'K'")) },
		"variable 'y'" },
	{ { ALONG(0, "a", YA("1", "int16", "'units':'days since 2000-1-1'")),
		  ALONG(1, "b", YA("2", "int16", "'units':'d'")) },
		"a time in some files and none in others" },
	{ { ALONG(0, "a", YA("1", "int16", "")),
		  ALONG(1, "b", YA("2", "char", "")) },
		"'close' cannot compare" },
};

static void what_cannot_be_compared_is_refused(void **state)
{
	const struct recipe_combine policy = within(1);

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct planned p = { .arena = &arena, .policy = &policy };
		struct err err = ERR_INIT;

		if (plan_with(&p, refusals[i].files, NULL, &err) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.msg, refusals[i].says) == NULL)
			fail_msg("case %zu: <%s>", i, err.msg);
	}
}

/* What the regions of a variable say: encoding, and of each file that is
 * compared url, dtype, encoding and chunks. */
static const char *compared(const struct planned *p, const char *var)
{
	struct buf text = BUF_INIT;
	const char *copy;

	for (size_t i = 0; i < js_count(p->regions); i++) {
		const struct js *r = js_at(p->regions, i);
		const struct js *with = js_path(r, "close", "with", NULL);
		const struct js *encoding = js_get(r, "encoding");

		if (!str_eq(js_text(js_at(js_path(r, "key", "vars", NULL), 0)),
			    var))
			continue;
		buf_addf(&text, "%s%s:", text.len ? " " : "",
			encoding ? archive_text(&arena, encoding) : "-");
		for (size_t k = 0; k < js_count(with); k++) {
			const struct js *w = js_at(with, k);

			buf_addf(&text, "%s/%s/%s/%s;", js_get_text(w, "url"),
				js_get_text(w, "dtype"),
				archive_text(&arena, js_get(w, "encoding")),
				archive_text(&arena,
					js_path(w, "refs", "offset", NULL)));
		}
	}
	copy = arena_strdup(&arena, text.data ? text.data : "");
	buf_release(&text);
	return copy;
}

static const struct {
	const char *files[7], *chunks, *var, *want, *inputs;
} plans[] = {
	{ { ALONG(0, "a", YA("1", "int16", "'scale_factor':0.5,'units':'m'")),
		  ALONG(1, "b",
			  YA("2", "float32", "'_FillValue':-9,'units':'km'")) },
		NULL, "y",
		"{'scale_factor':0.5,'add_offset':0.0}:"
		"b/float32/{'missing':[-9.0],'units':[1000.0,0.0]}/[100];",
		"[1,0]" },
	{ { ALONG(0, "a", YA("1", "int16", "'units':'days since 2000-01-01'")),
		  ALONG(1, "b",
			  YA("2", "int8",
				  "'units':'hours since 1999-01-01',"
				  "'calendar':'gregorian'")) },
		NULL, "y",
		"{'time':{'units':'days since 2000-01-01','calendar':'standard'}"
		"}:b/int8/{'time':{'units':'hours since 1999-01-01','calendar':"
		"'gregorian'}}/[100];",
		"[1,0]" },
	/* every column of tiles with those of its own */
	{ { TILE(0, 0, "a", "1"), TILE(0, 1, "b", "2"), TILE(1, 0, "c", "1"),
		  TILE(1, 1, "d", "3"), TILE(2, 0, "e", "4"),
		  TILE(2, 1, "f", "3") },
		"{'x':1}", "x", "{}:e/float64/{}/[100];d/float64/{}/[100];",
		"[4,5,1]" },
};

static void regions_name_what_is_compared(void **state)
{
	const struct recipe_combine policy = within(0.5);

	(void)state;
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		struct planned p = { .arena = &arena, .policy = &policy };
		struct err err = ERR_INIT;

		if (plan_with(&p, plans[i].files, plans[i].chunks, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		assert_string_equal(compared(&p, plans[i].var), plans[i].want);
		assert_string_equal(archive_text(&arena, p.inputs),
			plans[i].inputs);
	}
}

static void nothing_changes_without_new_values(void **state)
{
	static const char *const files[] = { ALONG(0, "a", Y("1")),
		ALONG(1, "b", Y("2")), ALONG(2, "c", Y("2")),
		ALONG(3, "d", Y("1")), NULL };
	static const char *const fewer[] = { ALONG(0, "a", Y("1")),
		ALONG(1, "b", Y("2")), NULL };
	const struct recipe_combine policy = within(0.5);
	struct planned p = { .arena = &arena, .policy = &policy }, q = p;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(plan_with(&p, files, NULL, &err), 0);
	assert_int_equal(plan_with(&q, fewer, NULL, &err), 0);
	assert_string_equal(archive_text(&arena, js_at(p.regions, 1)),
		archive_text(&arena, js_at(q.regions, 1)));
	assert_non_null(js_get(js_at(p.regions, 1), "close"));
	assert_string_equal(archive_text(&arena, js_at(p.inputs, 1)),
		archive_text(&arena, js_at(q.inputs, 1)));
}

static void a_dataset_that_is_not_given_is_missed(void **state)
{
	static const struct plan_sink sink = { 0 };
	static const char *const files[] = { ALONG(0, "a", Y("1")),
		"{'key':{'concat':{'t':1}},'url':'b','dims':{'t':1,'y':2},"
		"'vars':{'y':{'dims':['y'],'" Y("2") "}}}",
		NULL };
	struct recipe_combine policy = within(0.5);
	struct planned p = { .arena = &arena, .policy = &policy };
	struct recipe_target recipe = { .zarr_format = 3 };
	struct js *documents[2] = { NULL, NULL };
	struct err err = ERR_INIT;
	struct arrays arrays;
	struct plan *plan;

	(void)state;
	policy.missing_variable = "fill";
	assert_int_equal(plan_with(&p, files, NULL, &err), 0);
	assert_int_equal(arrays_decide(&arena, &p.layout, &recipe, &arrays,
				 &err),
		0);
	plan = plan_open(&arena,
		&(struct plan_target){ &p.layout, &arrays, documents, 0 });
	assert_int_equal(plan_add(plan, archive_record(&arena, files[0]), 0,
				 &err),
		0);
	assert_int_equal(plan_cut(plan, &sink, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.msg,
		"0 datasets to compare variable 'y' with, and the schema "
		"counts on 1; give pgf-plan the datasets that pgf-schema read, "
		"each once");
}

/* A layout that a hostile schema gives. */
static void layouts_are_checked(void **state)
{
	static const char *const bad[] = {
		"{'tolerance':-1,'with':{'':[[1,1]]}}",
		"{'tolerance':'Infinity','with':{'':[[1,1]]}}",
		"{'with':{'':[[1,1]]}}",
		"{'tolerance':1,'with':{'':[[1,9]]}}",
		"{'tolerance':1}",
		"[]",
	};
	const struct recipe_combine policy = within(0.5);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err err = ERR_INIT;
		struct layout l, again;
		struct js *v;

		assert_int_equal(combine(&arena, cases[1].files, &policy, &l,
					 &err),
			0);
		v = layout_to_json(&arena, &l);
		js_set(js_path(v, "vars", "y", NULL), "close",
			archive_parse(&arena, bad[i]));
		if (layout_from_json(&arena, v, &again, &err) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_DATA);
	}
}

#define PIECE(name, dtype, more)                                          \
	"{'url':'" name "','path':'" name "','size':99,'modified':'" name \
	"','var':'v','offset':{},'shape':[2],'dtype':'" dtype             \
	"','endian':'big','chunk_shape':[2],'codecs':[],'refs':{"         \
	"'offset':[8],'length':[16]}" more "}"
#define REGION(close)                                                      \
	"{'key':{'offset':{'x':0},'vars':['v']},'array':{'shape':[2],"     \
	"'data_type':'int16','chunk_grid':{'name':'regular',"              \
	"'configuration':{'chunk_shape':[2]}},'chunk_key_encoding':{"      \
	"'name':'default'},'fill_value':0,'codecs':[],'dimension_names':[" \
	"'x']},'size':{'x':2},'encoding':{},'from':[" PIECE("p", "int16",  \
		"") "],'close':" close "}"
#define WITH(piece) "{'tolerance':0.5,'with':[" piece "]}"

static void what_is_compared_has_names_of_no_matter(void **state)
{
	static const char *const text[] = {
		REGION(WITH(PIECE("q", "float64", ",'encoding':{}"))),
		REGION(WITH(PIECE("r", "float64", ",'encoding':{}"))),
	};
	struct err err = ERR_INIT;
	struct region r[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		if (region_from_record(&arena, archive_parse(&arena, text[i]),
			    &r[i], &err) < 0)
			fail_msg("%s", err.msg);
	assert_int_equal(r[0].close.n, 1);
	assert_true(r[0].close.tolerance > 0.4 && r[0].close.tolerance < 0.6);
	assert_string_equal(r[0].close.with[0].path, "q");
	assert_int_equal(r[0].close.with[0].cell_size, 8);
	assert_string_equal(r[0].digest, r[1].digest);
}

static void regions_are_checked(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ REGION("[]"),
			"member 'close' has no 'tolerance' or no list" },
		{ REGION("{'tolerance':-1,'with':[]}"), "has no 'tolerance'" },
		{ REGION("{'tolerance':'NaN','with':[]}"),
			"has no 'tolerance'" },
		{ REGION("{'tolerance':1}"), "no list 'with'" },
		{ REGION(WITH("{'fill':true,'shape':[2]}")),
			"member 'close' has a fill in 'with'" },
		{ REGION(WITH(PIECE("q", "int16", ""))),
			"member 'close' has numbers without 'encoding'" },
		{ REGION(WITH("{}")), "member 'close': member 'from' has no" },
		{ REGION(WITH(PIECE("q", "char", ",'encoding':{}"))),
			"member 'close': variable 'v' of 'q'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err err = ERR_INIT;
		struct region r;

		if (region_from_record(&arena,
			    archive_parse(&arena, bad[i].text), &r, &err) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.msg, bad[i].says) == NULL)
			fail_msg("case %zu: <%s>", i, err.msg);
	}
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
		cmocka_unit_test(one_file_of_each_is_compared),
		cmocka_unit_test(it_is_told),
		cmocka_unit_test(too_many_are_refused),
		cmocka_unit_test(too_many_packings_are_refused),
		cmocka_unit_test(what_cannot_be_compared_is_refused),
		cmocka_unit_test(regions_name_what_is_compared),
		cmocka_unit_test(nothing_changes_without_new_values),
		cmocka_unit_test(a_dataset_that_is_not_given_is_missed),
		cmocka_unit_test(layouts_are_checked),
		cmocka_unit_test(what_is_compared_has_names_of_no_matter),
		cmocka_unit_test(regions_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
