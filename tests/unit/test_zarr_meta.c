/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metadata documents, spelled as in the tables of Zarr v2, v3 and xarray; the
 * base64 texts are those of Python's struct.pack("<d", x).  That readers take
 * whole documents is for tests/interop to show.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "format/zarr_meta.h"

static struct arena arena = ARENA_INIT;

/* The only array of a layout with this variable. */
static struct array *array_of(const char *var, int zarr_format,
	const char *codecs)
{
	struct recipe_target target = { .zarr_format = zarr_format,
		.codecs = codecs ? archive_parse(&arena, codecs) : NULL };
	struct layout *l = ARENA_NEW(&arena, struct layout, 1);
	struct arrays arrays;
	struct err err = ERR_INIT;
	struct js *doc = archive_parse(&arena,
		arena_printf(&arena,
			"{'concat':{},'dims':{'x':10,'n':4},'attrs':{},"
			"'attr_dtypes':{},'vars':{'v':%s}}",
			var));

	if (layout_from_json(&arena, doc, l, &err) < 0 ||
		arrays_decide(&arena, l, &target, &arrays, &err) < 0)
		fail_msg("%s", err.msg);
	return &arrays.at[0];
}

#define VAR(dims, shape, dtype, attrs, types)                \
	"{'dims':" dims ",'shape':" shape ",'dtype':'" dtype \
	"','attrs':{" attrs "},'attr_dtypes':{" types "},'from':{'':[[0,0]]}}"
#define X(dtype, attrs, types) VAR("['x']", "[10]", dtype, attrs, types)

/* As stored, on one line and with ' for ". */
static const char *stored(const struct js *doc)
{
	struct buf text = BUF_INIT;
	char *copy, *to;

	zarr_meta_text(&text, doc);
	assert_true(str_ends(text.data, "\n"));
	to = copy = arena_strdup(&arena, text.data);
	for (const char *c = copy; *c != '\0'; c++)
		if (*c == '"')
			*to++ = '\'';
		else if (*c != '\n' && (*c != ' ' || to[-1] != ' '))
			*to++ = *c;
	*to = '\0';
	buf_release(&text);
	return copy;
}

static const struct {
	const char *var, *v3, *attr, *v2;
} fills[] = {
	/* not declared: a default in v3, null in v2 */
	{ X("float32", "", ""), "'NaN'", NULL, "null" },
	{ X("float64", "", ""), "'NaN'", NULL, "null" },
	{ X("int16", "", ""), "0", NULL, "null" },
	{ X("uint8", "", ""), "0", NULL, "null" },
	/* declared: floats as doubles in base64 */
	{ X("float32", "'_FillValue':-999.9", "'_FillValue':'float32'"),
		"-999.9000244140625", "'AAAAQDM/j8A='", "-999.9000244140625" },
	{ X("float64", "'_FillValue':'NaN'", "'_FillValue':'float64'"), "'NaN'",
		"'AAAAAAAA+H8='", "'NaN'" },
	{ X("float32", "'_FillValue':'-Infinity'", "'_FillValue':'float32'"),
		"'-Infinity'", "'AAAAAAAA8P8='", "'-Infinity'" },
	{ X("float32", "'_FillValue':0", "'_FillValue':'float32'"), "0.0",
		"'AAAAAAAAAAA='", "0.0" },
	/* integers as integers, whatever their size */
	{ X("int16", "'_FillValue':-32767", "'_FillValue':'int16'"), "-32767",
		"-32767", "-32767" },
	{ X("int16", "'_FillValue':-32767.0", "'_FillValue':'float32'"),
		"-32767", "-32767", "-32767" },
	{ X("int64", "'_FillValue':'-9223372036854775806'",
		  "'_FillValue':'int64'"),
		"-9223372036854775806", "-9223372036854775806",
		"-9223372036854775806" },
	{ X("uint64", "'_FillValue':'18446744073709551614'",
		  "'_FillValue':'uint64'"),
		"18446744073709551614", "18446744073709551614",
		"18446744073709551614" },
	/* text: empty in v3; bytes in base64 in v2 */
	{ X("string", "'_FillValue':'x'", ""), "''", NULL, "null" },
	{ X("S4", "", ""), "''", NULL, "null" },
	{ X("S4", "'_FillValue':'ab'", ""), "''", NULL, "'YWIAAA=='" },
	{ X("char", "'_FillValue':''", ""), "''", NULL, "'AA=='" },
};

static void fill_values_are_spelled_as_readers_want(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		struct js *v3 = zarr_meta_array(&arena,
			array_of(fills[i].var, 3, NULL));
		const struct array *t2 = array_of(fills[i].var, 2, NULL);
		struct js *attr = js_path(v3, "attributes", "_FillValue", NULL);
		struct js *v2 = zarr_meta_zarray(&arena, t2);

		if (strstr(stored(v3),
			    arena_printf(&arena, "'fill_value': %s, ",
				    fills[i].v3)) == NULL)
			fail_msg("case %zu, v3: %s", i, stored(v3));
		if (fills[i].attr == NULL)
			assert_null(attr);
		else if (strstr(stored(v3),
				 arena_printf(&arena, "'_FillValue': %s ",
					 fills[i].attr)) == NULL)
			fail_msg("case %zu, attr: %s", i, stored(v3));
		if (strstr(stored(v2),
			    arena_printf(&arena, "'fill_value': %s, ",
				    fills[i].v2)) == NULL)
			fail_msg("case %zu, v2: %s", i, stored(v2));
		assert_null(js_get(zarr_meta_zattrs(&arena, t2), "_FillValue"));
	}
}

static const struct {
	const char *var, *codecs, *v3[5], *v2[5];
} spellings[] = {
	{ X("int16", "", ""), NULL,
		{ "'shape': [10]", "'data_type': 'int16'",
			"'configuration': { 'endian': 'little' }",
			"'name': 'blosc', 'configuration': { 'cname': "
			"'lz4', 'clevel': 5, 'shuffle': 'shuffle', "
			"'blocksize': 0, 'typesize': 2 }",
			"'dimension_names': ['x']" },
		{ "'dtype': '<i2'", "'filters': null",
			"'compressor': { 'id': 'blosc', 'cname': "
			"'lz4', 'clevel': 5, 'shuffle': 1, "
			"'blocksize': 0 }",
			"'order': 'C'", "'chunks': [10]" } },
	{ X("uint8", "", ""), "[]",
		{ "'data_type': 'uint8'", "'codecs': [ { 'name': 'bytes' } ]" },
		{ "'dtype': '|u1'", "'compressor': null", "'filters': null" } },
	{ X("float64", "", ""),
		"[{'name':'bytes','configuration':{'endian':'little'}},"
		"{'name':'zstd','configuration':{'level':3,"
		"'checksum':false}}]",
		{ "'codecs': [ { 'name': 'bytes', 'configuration': { "
		  "'endian': 'little' } }, { 'name': 'zstd', "
		  "'configuration': { 'level': 3, 'checksum': false } "
		  "} ]" },
		{ "'dtype': '<f8'",
			"'compressor': { 'id': 'zstd', 'level': 3 }" } },
	{ X("float32", "", ""),
		"[{'name':'gzip','configuration':{'level':5}},"
		"{'name':'crc32c','configuration':{}}]",
		{ "{ 'name': 'gzip', 'configuration': { 'level': 5 } "
		  "}, { 'name': 'crc32c' } ]" },
		{ "'dtype': '<f4'" } },
	{ X("string", "", ""), NULL,
		{ "'data_type': 'string'",
			"'codecs': [ { 'name': 'vlen-utf8' },",
			"'typesize': 1" },
		{ "'dtype': '|O'", "'filters': [ { 'id': 'vlen-utf8' } ]" } },
	{ X("S7", "", ""), NULL, { "'data_type': 'string'" },
		{ "'dtype': '|S7'", "'filters': null" } },
	{ VAR("['x','n']", "[10,4]", "char", "", ""), NULL,
		{ "'data_type': 'string'", "'shape': [10]",
			"'dimension_names': ['x']" },
		{ "'dtype': '|S1'", "'shape': [10, 4]" } },
	{ VAR("[]", "[]", "int32", "", ""), NULL,
		{ "'shape': []", "'chunk_shape': []", "'dimension_names': []" },
		{ "'dtype': '<i4'", "'shape': []", "'chunks': []" } },
};

static void types_codecs_and_dimensions_are_spelled_as_readers_want(
	void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		const char *v3 = stored(zarr_meta_array(&arena,
			array_of(spellings[i].var, 3, spellings[i].codecs)));
		const char *v2 = stored(zarr_meta_zarray(&arena,
			array_of(spellings[i].var, 2, spellings[i].codecs)));

		for (int k = 0; k < 5 && spellings[i].v3[k] != NULL; k++)
			if (strstr(v3, spellings[i].v3[k]) == NULL)
				fail_msg("case %zu: no <%s> in %s", i,
					spellings[i].v3[k], v3);
		for (int k = 0; k < 5 && spellings[i].v2[k] != NULL; k++)
			if (strstr(v2, spellings[i].v2[k]) == NULL)
				fail_msg("case %zu: no <%s> in %s", i,
					spellings[i].v2[k], v2);
	}
}

static void attributes_keep_their_values(void **state)
{
	const char *var = X("int16",
		"'f':0.01,'d':0.01,'i':'9007199254740993',"
		"'l':['9007199254740993',1],'u':'18446744073709551615',"
		"'t':'9007199254740993','n':'NaN','nn':['NaN',1.5],"
		"'_ARRAY_DIMENSIONS':['q'],'m':'\\u00016'",
		"'f':'float32','d':'float64','i':'int64','l':'int64',"
		"'u':'uint64','n':'float32','nn':'float64'");
	const char *want =
		"{ 'f': 0.009999999776482582, 'd': 0.01, "
		"'i': 9007199254740993, 'l': [9007199254740993, 1], "
		"'u': 18446744073709551615, 't': '9007199254740993', "
		"'n': 'NaN', 'nn': ['NaN', 1.5], 'm': ";

	(void)state;
	assert_non_null(
		strstr(stored(zarr_meta_array(&arena, array_of(var, 3, NULL))),
			want));
	assert_non_null(
		strstr(stored(zarr_meta_zattrs(&arena, array_of(var, 2, NULL))),
			"'_ARRAY_DIMENSIONS': ['x']"));
}

static void regions_of_v2_stores_have_v3_words(void **state)
{
	const char *doc = stored(
		zarr_meta_array(&arena, array_of(X("S7", "", ""), 2, NULL)));

	(void)state;
	assert_non_null(strstr(doc,
		"'data_type': { 'name': "
		"'null_terminated_bytes', 'configuration': { "
		"'length_bytes': 7 } }"));
	assert_non_null(strstr(doc,
		"'chunk_key_encoding': { 'name': 'v2', "
		"'configuration': { 'separator': '.' } }"));
	assert_non_null(strstr(doc, "'codecs': [ { 'name': 'bytes' },"));
}

static void the_group_says_who_made_it(void **state)
{
	struct layout l = {
		.attrs = archive_parse(&arena, "{'title':'old','n':'5'}"),
		.attr_dtypes = archive_parse(&arena, "{'n':'int64'}"),
	};
	struct recipe r = { .name = "demo",
		.tree = archive_parse(&arena,
			"{'name':'demo','title':'new','keywords':['a','b'],"
			"'provenance':{'providers':[{'name':'x'}]}}") };
	struct js *attrs = zarr_meta_group_attrs(&arena, &l, &r, "00ff");
	struct js *children = js_new_object(&arena);

	(void)state;
	assert_string_equal(js_get_text(attrs, "title"), "new");
	assert_string_equal(js_get_text(attrs, "keywords"), "a, b");
	assert_string_equal(js_get_text(attrs, "pgf_provenance"),
		"{\"providers\":[{\"name\":\"x\"}]}");
	assert_null(js_get(attrs, "pgf_maintainers"));
	assert_string_equal(js_get_text(attrs, "pgf_recipe"), "demo");
	assert_string_equal(js_get_text(attrs, "pgf_plan"), "00ff");
	assert_int_equal(js_type(js_get(attrs, "n")), JS_INT);
	assert_string_equal(stored(zarr_meta_group(&arena,
				    js_new_object(&arena), children)),
		"{ 'zarr_format': 3, 'node_type': 'group', 'attributes': {}, "
		"'consolidated_metadata': { 'kind': 'inline', "
		"'must_understand': false, 'metadata': {} }}");
	assert_string_equal(stored(zarr_meta_group(&arena,
				    js_new_object(&arena), NULL)),
		"{ 'zarr_format': 3, 'node_type': 'group', 'attributes': {}}");
	assert_string_equal(stored(zarr_meta_zmetadata(&arena, children)),
		"{ 'zarr_consolidated_format': 1, 'metadata': {}}");
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
		cmocka_unit_test(fill_values_are_spelled_as_readers_want),
		cmocka_unit_test(
			types_codecs_and_dimensions_are_spelled_as_readers_want),
		cmocka_unit_test(attributes_keep_their_values),
		cmocka_unit_test(regions_of_v2_stores_have_v3_words),
		cmocka_unit_test(the_group_says_who_made_it),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
