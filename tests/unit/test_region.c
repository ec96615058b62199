/* SPDX-License-Identifier: Apache-2.0 */
/* Region records: names, what is read, what is refused, digests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "model/region.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

#define ARRAY                                                                \
	"\"array\":{\"zarr_format\":3,\"node_type\":\"array\","              \
	"\"shape\":[10,4],\"data_type\":\"int16\",\"chunk_grid\":{\"name\":" \
	"\"regular\",\"configuration\":{\"chunk_shape\":[4,2]}},"            \
	"\"chunk_key_encoding\":{\"name\":\"default\",\"configuration\":"    \
	"{\"separator\":\"/\"}},\"fill_value\":-9,\"codecs\":[{\"name\":"    \
	"\"bytes\",\"configuration\":{\"endian\":\"little\"}}],"             \
	"\"attributes\":{},\"dimension_names\":[\"t\",\"x\"]}"
#define PIECE                                                               \
	"{\"url\":\"u\",\"path\":\"/p\",\"size\":99,\"modified\":"          \
	"\"2024-01-02T03:04:05.000000006Z\",\"var\":\"v\",\"offset\":"      \
	"{\"t\":3},\"shape\":[5,4],\"dtype\":\"int16\",\"endian\":\"big\"," \
	"\"chunk_shape\":[5,4],\"codecs\":[],\"refs\":{\"offset\":[8],"     \
	"\"length\":[40]}}"
#define RECORD                                                              \
	"{\"key\":{\"offset\":{\"t\":4,\"x\":0},\"vars\":[\"sst\"]}," ARRAY \
	",\"size\":{\"t\":6,\"x\":4},\"from\":[" PIECE "]}"

static int read_region(struct arena *a, const char *text, struct region *r,
	struct err *err)
{
	struct js *rec = js_parse(a, text, strlen(text), err);

	assert_non_null(rec);
	return region_from_record(a, rec, r, err);
}

static void knows_safe_names(void **state)
{
	static const struct {
		const char *name;
		bool ok;
	} cases[] = {
		{ "sst", true },
		{ "a/b", true },
		{ "c", true },
		{ "caf\xc3\xa9 $x", true },
		{ "a..b", true },
		{ "_a", true },
		{ "", false },
		{ "/a", false },
		{ "a/", false },
		{ "a//b", false },
		{ ".", false },
		{ "..", false },
		{ "a/../b", false },
		{ "...", false },
		{ ".zarray", false },
		{ "__a", false },
		{ "a/__b", false },
		{ "a\nb", false },
		{ "a\x7f", false },
		{ "zarr.json", false },
		{ "zarr.jsonx", true },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(region_name_is_safe(cases[i].name),
			cases[i].ok);
}

static void reads_a_record(void **state)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct region r;

	(void)state;
	assert_int_equal(read_region(&a, RECORD, &r, &err), 0);
	assert_string_equal(r.target.name, "sst");
	assert_int_equal(r.target.ndim, 2);
	assert_int_equal(r.target.shape[0], 10);
	assert_int_equal(r.target.chunk_shape[1], 2);
	assert_int_equal(r.target.dtype.kind, DTYPE_INT16);
	assert_memory_equal(r.target.fill, "\xf7\xff", 2);
	assert_int_equal(r.target.separator, '/');
	assert_null(r.target.inner_shape);
	assert_false(r.target.v2_keys);
	assert_int_equal(r.offset[0], 4);
	assert_int_equal(r.size[0], 6);
	assert_int_equal(r.size[1], 4);
	assert_int_equal(r.cell_size, 2);
	assert_int_equal(r.pieces[0].cell_size, 2);
	assert_null(r.encoding);
	assert_null(r.pieces[0].encoding);
	assert_int_equal(r.npieces, 1);
	assert_string_equal(r.pieces[0].path, "/p");
	assert_int_equal(r.pieces[0].size, 99);
	assert_string_equal(r.pieces[0].modified,
		"2024-01-02T03:04:05.000000006Z");
	assert_int_equal(r.pieces[0].offset[0], 3);
	assert_int_equal(r.pieces[0].offset[1], 0);
	assert_true(r.pieces[0].table.big_endian);
	arena_release(&a);
}

/* RECORD with the first part of it that reads FROM replaced by TO. */
static const char *change(struct arena *a, const char *from, const char *to)
{
	const char *at = strstr(RECORD, from);

	assert_non_null(at);
	return arena_printf(a, "%.*s%s%s", (int)(at - RECORD), RECORD, to,
		at + strlen(from));
}

#define CODEC "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}"
#define SHARD(shape, where)                                     \
	"{\"name\":\"sharding_indexed\",\"configuration\":{"    \
	"\"chunk_shape\":" shape ",\"codecs\":[" CODEC          \
	"],\"index_codecs\":[" CODEC ",{\"name\":\"crc32c\"}]," \
	"\"index_location\":\"" where "\"}}"
#define OTHER_SHARD                                                        \
	"array 'sst': member 'codecs' holds a shard of another kind than " \
	"with its index at the end, of bytes and crc32c, and nothing "     \
	"behind it"

/* RECORD with a change, and what is said of it. */
static const struct {
	const char *from, *to, *message;
} misfits[] = {
	{ "\"vars\":[\"sst\"]", "\"vars\":[]",
		"member 'key' does not name one array in 'vars'" },
	{ "\"vars\":[\"sst\"]", "\"vars\":[\"../sst\"]",
		"'../sst' "
		"cannot be the name of an array: rename the "
		"variable" },
	{ "\"t\":4", "\"t\":3",
		"array 'sst': dimension 't': the "
		"region does not begin and end between chunks" },
	{ "\"t\":6", "\"t\":5",
		"array 'sst': dimension 't': the "
		"region does not begin and end between chunks" },
	{ "\"t\":6", "\"t\":7",
		"array 'sst': dimension 't': 7 "
		"elements at 4 of 10" },
	{ "\"t\":6", "\"t\":0",
		"array 'sst': dimension 't': 0 "
		"elements at 4 of 10" },
	{ "\"t\":6", "\"y\":6",
		"array 'sst': member 'size' has no "
		"number for every dimension" },
	{ "\"t\":4", "\"y\":4",
		"array 'sst': member 'key' has no "
		"'offset' for every dimension" },
	{ "[4,2]", "[4,0]",
		"array 'sst': member 'chunk_shape' is not "
		"a list of lengths of the rank of the array" },
	{ "[4,2]", "[4]",
		"array 'sst': member 'chunk_shape' is not "
		"a list of lengths of the rank of the array" },
	{ CODEC, SHARD("[3,2]", "end"),
		"array 'sst': member 'codecs' holds a shard that is not "
		"made of whole chunks" },
	{ CODEC, SHARD("[2]", "end"),
		"array 'sst': member 'codecs' holds a shard without a "
		"chunk_shape" },
	{ CODEC, SHARD("[0,2]", "end"),
		"array 'sst': member 'codecs' holds a shard without a "
		"chunk_shape" },
	{ CODEC, SHARD("[2,2]", "start"), OTHER_SHARD },
	{ CODEC, SHARD("[2,2]", "end") "," CODEC, OTHER_SHARD },
	{ "regular", "rectilinear",
		"array 'sst': member 'chunk_grid' is not regular" },
	{ "int16\",\"chunk_grid", "complex64\",\"chunk_grid",
		"array "
		"'sst': member 'data_type' is no data type that is "
		"known" },
	{ "-9", "-99999",
		"array 'sst': member 'fill_value' is not a "
		"value of the data type" },
	{ "[\"t\",\"x\"]", "[\"t\"]",
		"array 'sst': member "
		"'dimension_names' does not name every dimension" },
	{ "default", "v4",
		"array 'sst': member 'chunk_key_encoding' "
		"is not 'default' or 'v2'" },
	{ "{\"separator\":\"/\"}", "{\"separator\":\"//\"}",
		"array "
		"'sst': member 'separator' is not '/' or '.'" },
	{ "\"t\":3", "\"t\":6",
		"array 'sst': variable 'v' of '/p': "
		"reaches beyond the array along 't'" },
	{ "int16\",\"endian", "int32\",\"endian",
		"array 'sst': "
		"variable 'v' of '/p': is int32, the array takes "
		"int16" },
	{ "\"t\":3", "\"t\":3,\"x\":1",
		"array 'sst': variable 'v' of "
		"'/p': reaches beyond the array along 'x'" },
	{ "[5,4],\"codecs", "[5],\"codecs",
		"array 'sst': variable 'v' "
		"of '/p': member 'chunk_shape' has 1 dimensions, "
		"member 'shape' 2" },
	{ "\"size\":99", "\"size\":-1",
		"array 'sst': variable 'v' of "
		"'/p': member 'size' is not a number of bytes" },
	{ "\"var\":\"v\"", "\"war\":\"v\"",
		"array 'sst': member 'from' has no 'var'" },
	{ "\"array\"", "\"arry\"",
		"not a region record: no 'array' "
		"or no list 'from'" },
	{ "\"size\":{\"t\":6",
		"\"cell\":{\"dtype\":\"char\","
		"\"shape\":[3]},\"size\":{\"t\":6",
		"array 'sst': "
		"member 'cell' is not text for a string array" },
	{ "\"var\":\"v\"", "\"var\":\"v\",\"encoding\":{}",
		"array 'sst': variable 'v' of '/p': member 'encoding' is in a "
		"piece, not in the region" },
	{ "\"from\":[{", "\"encoding\":{},\"from\":[{\"encoding\":[],",
		"array 'sst': variable 'v' of '/p': member 'encoding': "
		"'encoding' is not an object" },
	{ "\"from\"", "\"encoding\":{\"missing\":[99999]},\"from\"",
		"array 'sst': member 'encoding': 'missing' has a value of no "
		"element" },
	{ "int16\",\"endian", "char\",\"endian",
		"array 'sst': variable 'v' of '/p': is char, the array takes "
		"int16" },
};

static void reads_a_shard(void **state)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct region r;

	(void)state;
	assert_int_equal(read_region(&a,
				 change(&a, CODEC, SHARD("[2,1]", "end")), &r,
				 &err),
		0);
	assert_int_equal(r.target.inner_shape[0], 2);
	assert_int_equal(r.target.inner_shape[1], 1);
	assert_int_equal(js_count(r.target.inner_codecs), 1);
	arena_release(&a);
}

static void refuses_what_does_not_fit(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < N(misfits); i++) {
		struct err err = ERR_INIT;
		struct region r;

		assert_int_equal(read_region(&a,
					 change(&a, misfits[i].from,
						 misfits[i].to),
					 &r, &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, misfits[i].message);
	}
	arena_release(&a);
}

static void does_not_ask_the_time_of_downloads(void **state)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct region r;

	(void)state;
	assert_int_equal(read_region(&a,
				 change(&a, "\"var\":\"v\"",
					 "\"sha256\":\"00\",\"var\":\"v\""),
				 &r, &err),
		0);
	assert_null(r.pieces[0].modified);
	arena_release(&a);
}

static void reads_keys_of_version_2(void **state)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct region r;

	(void)state;
	assert_int_equal(
		read_region(&a,
			change(&a,
				"\"default\","
				"\"configuration\":{\"separator\":\"/\"}",
				"\"v2\""),
			&r, &err),
		0);
	assert_true(r.target.v2_keys);
	assert_int_equal(r.target.separator, '.');
	arena_release(&a);
}

static void fills_with_a_default(void **state)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct region r;
	float f;

	(void)state;
	assert_int_equal(read_region(&a,
				 change(&a, "\"int16\",\"chunk_grid",
					 "\"float32\",\"chunk_grid"),
				 &r, &err),
		-1);
	assert_int_equal(err.kind, ERR_DATA);
	err_clear(&err);
	assert_int_equal(read_region(&a, change(&a, "-9", "null"), &r, &err),
		0);
	assert_memory_equal(r.target.fill, "\0\0", 2);
	assert_int_equal(
		read_region(&a,
			"{\"key\":{\"offset\":{},\"vars\":"
			"[\"a\"]},\"array\":{\"shape\":[],\"data_type\":\"float32\","
			"\"chunk_grid\":{\"name\":\"regular\",\"configuration\":"
			"{\"chunk_shape\":[]}},\"chunk_key_encoding\":{\"name\":"
			"\"default\"},\"fill_value\":null,\"codecs\":[]},\"size\":{},"
			"\"from\":[]}",
			&r, &err),
		0);
	memcpy(&f, r.target.fill, sizeof(f));
	assert_true(isnan(f));
	assert_int_equal(r.target.separator, '/');
	arena_release(&a);
}

static void a_piece_with_an_encoding_may_be_of_another_type(void **state)
{
	const char *text =
		"{\"key\":{\"offset\":{\"t\":4,\"x\":0},\"vars\":[\"sst\"]}," ARRAY
		",\"size\":{\"t\":6,\"x\":4},\"encoding\":{\"missing\":[-9]},"
		"\"from\":[{\"encoding\":{\"missing\":[200],"
		"\"scale_factor\":0.5},\"path\":\"/p\",\"size\":99,\"var\":"
		"\"v\",\"offset\":{\"t\":3},\"shape\":[5,4],\"dtype\":"
		"\"uint8\",\"endian\":\"little\",\"chunk_shape\":[5,4],\"codecs\":[],\"refs\":"
		"{\"offset\":[8],\"length\":[20]}}]}";
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct region r;

	(void)state;
	assert_int_equal(read_region(&a, text, &r, &err), 0);
	assert_int_equal(r.encoding->nmissing, 1);
	assert_memory_equal(r.encoding->missing[0], "\xf7\xff", 2);
	assert_int_equal(r.pieces[0].encoding->nmissing, 1);
	assert_memory_equal(r.pieces[0].encoding->missing[0], "\xc8", 1);
	assert_true(r.pieces[0].encoding->packed);
	assert_int_equal(r.pieces[0].cell_size, 1);
	arena_release(&a);
}

/* A one-dimensional array of text: its type, the member cell, and of its piece
 * the type and the shape. */
static const struct {
	const char *type, *cell, *dtype, *shape;
	int cell_size; /* of the piece */
	const char *message;
} texts[] = {
#define STRINGS "\"string\""
#define S4                                                       \
	"{\"name\":\"null_terminated_bytes\",\"configuration\":" \
	"{\"length_bytes\":4}}"
#define CELL(DTYPE, SHAPE) \
	"\"cell\":{\"dtype\":\"" DTYPE "\",\"shape\":" SHAPE "},"
	{ STRINGS, CELL("char", "[8]"), "char", "[2,8]", 8, NULL },
	{ STRINGS, CELL("char", "[8]"), "char", "[2,5]", 5, NULL },
	{ STRINGS, CELL("char", "[8]"), "S3", "[2]", 3, NULL },
	{ STRINGS, CELL("S8", "[]"), "S8", "[2]", 8, NULL },
	{ STRINGS, CELL("S8", "[]"), "char", "[2,2,4]", 8, NULL },
	{ STRINGS, CELL("string", "[]"), "string", "[2]", 0, NULL },
	{ STRINGS, CELL("string", "[]"), "char", "[2,9]", 9, NULL },
	{ S4, "", "S4", "[2]", 4, NULL },
	{ S4, "", "S1", "[2]", 1, NULL },
	{ S4, "", "char", "[2]", 1, NULL },
	{ S4, "", "char", "[2,3]", 3, NULL },
	{ STRINGS, CELL("char", "[8]"), "char", "[2,9]", 0,
		"has text of 9 bytes, the array takes 8" },
	{ STRINGS, CELL("char", "[8]"), "string", "[2]", 0,
		"1 dimensions of string make no text of 1 dimensions" },
	{ S4, "", "S5", "[2]", 0, "has text of 5 bytes, the array takes 4" },
	{ S4, "", "S4", "[2,1]", 0,
		"2 dimensions of S4 make no text of 1 dimensions" },
	{ S4, "", "int32", "[2]", 0,
		"1 dimensions of int32 make no text of 1 dimensions" },
	{ S4, "", "string", "[2]", 0,
		"1 dimensions of string make no text of 1 dimensions" },
};

static void text_may_be_narrower_than_the_array(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		struct err err = ERR_INIT;
		struct region r;
		const char *text = arena_printf(&a,
			"{\"key\":{\"offset\":{\"t\":0},\"vars\":[\"a\"]},"
			"\"array\":{\"shape\":[2],\"data_type\":%s,"
			"\"chunk_grid\":{\"name\":\"regular\","
			"\"configuration\":{\"chunk_shape\":[2]}},"
			"\"chunk_key_encoding\":{\"name\":\"default\"},"
			"\"fill_value\":\"\",\"codecs\":[],"
			"\"dimension_names\":[\"t\"]},\"size\":{\"t\":2},%s"
			"\"from\":[{\"path\":\"/p\",\"size\":9,\"var\":\"v\","
			"\"shape\":%s,\"dtype\":\"%s\",\"endian\":\"little\",\"chunk_shape\":%s,"
			"\"codecs\":[],\"refs\":{\"offset\":[0],"
			"\"length\":[8]}}]}",
			texts[i].type, texts[i].cell, texts[i].shape,
			texts[i].dtype, texts[i].shape);
		int got = read_region(&a, text, &r, &err);

		if (texts[i].message == NULL) {
			if (got < 0)
				fail_msg("%zu: %s", i, err.msg);
			assert_int_equal(r.pieces[0].cell_size,
				texts[i].cell_size);
			continue;
		}
		assert_int_equal(got, -1);
		assert_string_equal(err.msg,
			arena_printf(&a, "array 'a': variable 'v' of '/p': %s",
				texts[i].message));
	}
	arena_release(&a);
}

/* The digest is of what determines the bytes. */
static void digests_what_determines(void **state)
{
	static const struct {
		const char *from, *to;
		bool same;
	} cases[] = {
		{ "\"/p\"", "\"/q\"", true },
		{ "\"u\"", "\"https://h/u\"", true },
		{ "05.000000006Z", "06.000000006Z", true },
		{ "\"offset\":[8]", "\"offset\":[9]", false },
		{ "\"size\":99", "\"size\":98", false },
		{ "-9", "-8", false },
		{ "\"sst\"", "\"ice\"", false },
	};
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct region first, r;

	(void)state;
	assert_int_equal(read_region(&a, RECORD, &first, &err), 0);
	assert_int_equal(strlen(first.digest), 32);
	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(read_region(&a,
					 change(&a, cases[i].from, cases[i].to),
					 &r, &err),
			0);
		assert_int_equal(strcmp(r.digest, first.digest) == 0,
			cases[i].same);
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_safe_names),
		cmocka_unit_test(reads_a_record),
		cmocka_unit_test(reads_a_shard),
		cmocka_unit_test(refuses_what_does_not_fit),
		cmocka_unit_test(does_not_ask_the_time_of_downloads),
		cmocka_unit_test(reads_keys_of_version_2),
		cmocka_unit_test(fills_with_a_default),
		cmocka_unit_test(
			a_piece_with_an_encoding_may_be_of_another_type),
		cmocka_unit_test(text_may_be_narrower_than_the_array),
		cmocka_unit_test(digests_what_determines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
