/* SPDX-License-Identifier: Apache-2.0 */
/* The documents of Zarr stores, as their specifications and xarray write them, and as
 * nobody should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "chunk/crc32c.h"
#include "format/zarr_chunk.h"
#include "format/zarr_store.h"
#include "record/json_write.h"

static struct arena arena = ARENA_INIT;

/* A document of version 2 with one array "v", or what its metadata differ in. */
#define V2(zarray, zattrs)                                             \
	"{\"zarr_consolidated_format\":1,\"metadata\":{\".zgroup\":"   \
	"{\"zarr_format\":2},\"v/.zarray\":{\"zarr_format\":2," zarray \
	"},\"v/.zattrs\":" zattrs "}}"
#define PLAIN2 \
	"\"shape\":[4],\"chunks\":[2],\"compressor\":null,\"filters\":null"
#define DIMS2 "{\"_ARRAY_DIMENSIONS\":[\"x\"]}"

#define V3(array)                                                           \
	"{\"zarr_format\":3,\"node_type\":\"group\",\"attributes\":{},"     \
	"\"consolidated_metadata\":{\"kind\":\"inline\","                   \
	"\"must_understand\":false,\"metadata\":{\"v\":{\"zarr_format\":3," \
	"\"node_type\":\"array\"," array "}}}}"
#define SHAPE3(shape, chunks)                                       \
	"\"shape\":" shape ",\"chunk_grid\":{\"name\":\"regular\"," \
	"\"configuration\":{\"chunk_shape\":" chunks "}},"          \
	"\"chunk_key_encoding\":{\"name\":\"default\"},"
#define BYTES "[{\"name\":\"bytes\",\"configuration\":{\"endian\":\"big\"}}]"

static int read_text(int version, const char *json, struct dataset *ds,
	struct zarr_shard **shards, struct err *err)
{
	struct buf text = BUF_INIT;
	struct zarr_group g;
	int r;

	buf_adds(&text, json);
	r = zarr_group_parse(&arena, version, &text, &g, err);
	buf_release(&text);
	return r < 0 ? -1 : zarr_store_dataset(&arena, &g, ds, shards, err);
}

/* The variable v of a document, as a record has it, without refs. */
static void reads(int version, const char *json, const char *want)
{
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	struct zarr_shard *shards;
	struct dataset ds;
	struct js *rec = js_new_object(&arena);

	if (read_text(version, json, &ds, &shards, &err) < 0)
		fail_msg("%s", err.msg);
	dataset_to_record(&arena, &ds, rec);
	js_write(&text, js_path(rec, "vars", "v", NULL), JS_RECORD);
	assert_string_equal(text.data, want);
	buf_release(&text);
	arena_reset(&arena);
}

static void says_what_documents_say(void **state)
{
	(void)state;
	reads(2,
		V2(PLAIN2
			",\"dtype\":\">i2\",\"fill_value\":-9,\"order\":\"C\"",
			"{\"_ARRAY_DIMENSIONS\":[\"x\"],\"scale_factor\":1.0,"
			"\"missing_value\":NaN,\"big\":18446744073709551615,"
			"\"l\":[1,2.5],\"o\":{\"a\":NaN}}"),
		"{\"dims\":[\"x\"],\"shape\":[4],\"dtype\":\"int16\",\"endian\":\"big\","
		"\"fill\":-9,\"attrs\":{\"scale_factor\":1.0,\"missing_value\":\"NaN\","
		"\"big\":\"18446744073709551615\",\"l\":[1.0,2.5],"
		"\"o\":\"{\\\"a\\\":\\\"NaN\\\"}\",\"_FillValue\":-9},"
		"\"attr_dtypes\":{\"scale_factor\":\"float64\",\"l\":\"float64\","
		"\"_FillValue\":\"int16\"},\"chunk_shape\":[2],\"codecs\":[],"
		"\"objects\":{\"prefix\":\"v/\",\"separator\":\".\"}}");
	reads(2,
		V2("\"shape\":[4],\"chunks\":[2],\"dtype\":\"<f4\","
		   "\"fill_value\":\"-Infinity\",\"dimension_separator\":\"/\","
		   "\"compressor\":{\"id\":\"zlib\",\"level\":1},"
		   "\"filters\":[{\"id\":\"shuffle\"}]",
			DIMS2),
		"{\"dims\":[\"x\"],\"shape\":[4],\"dtype\":\"float32\","
		"\"endian\":\"little\",\"fill\":\"-Infinity\","
		"\"attrs\":{\"_FillValue\":\"-Infinity\"},"
		"\"attr_dtypes\":{\"_FillValue\":\"float32\"},\"chunk_shape\":[2],"
		"\"codecs\":[{\"name\":\"shuffle\",\"configuration\":"
		"{\"elementsize\":4}},{\"name\":\"zlib\",\"configuration\":"
		"{\"level\":1}}],\"objects\":{\"prefix\":\"v/\",\"separator\":\"/\"}}");
	reads(3,
		V3(SHAPE3("[]",
			"[]") "\"data_type\":\"float64\",\"fill_value\":"
			      "\"0x7ff8000000000000\",\"codecs\":" BYTES
			      ",\"attributes\":{\"_FillValue\":"
			      "\"AAAAAAAA+H8=\"}"),
		"{\"dims\":[],\"shape\":[],\"dtype\":\"float64\",\"endian\":\"big\","
		"\"fill\":\"NaN\",\"attrs\":{\"_FillValue\":\"NaN\"},"
		"\"attr_dtypes\":{\"_FillValue\":\"float64\"},\"chunk_shape\":[],"
		"\"codecs\":[],\"objects\":{\"prefix\":\"v/c\",\"separator\":\"/\"}}");
	reads(3,
		V3(SHAPE3("[5]",
			"[4]") "\"data_type\":\"bool\",\"fill_value\":true,"
			       "\"dimension_names\":[\"x\"],\"codecs\":"
			       "[{\"name\":\"sharding_indexed\","
			       "\"configuration\":{\"chunk_shape\":[2],"
			       "\"codecs\":[\"bytes\",{\"name\":"
			       "\"numcodecs.zlib\"},\"crc32c\"],"
			       "\"index_codecs\":"
			       "[{\"name\":\"bytes\","
			       "\"configuration\":{\"endian\":\"little\"}}]}}]"),
		"{\"dims\":[\"x\"],\"shape\":[5],\"dtype\":\"int8\","
		"\"endian\":\"little\",\"fill\":1,\"attrs\":{\"dtype\":\"bool\"},"
		"\"attr_dtypes\":{},\"chunk_shape\":[2],\"codecs\":"
		"[{\"name\":\"zlib\"},{\"name\":\"crc32c\"}],"
		"\"objects\":{\"prefix\":\"v/c/\",\"separator\":\"/\",\"per\":[2]}}");
}

static const struct bad {
	int version;
	const char *json, *why;
} bad[] = {
	{ 2, "", "" },
	{ 2, "[]", "not an object" },
	{ 2, "{\"metadata\":1}", "'metadata' is not an object" },
	{ 2, "{\"metadata\":{\".zarray\":{}}}", "an array, not a group" },
	{ 3, "{\"zarr_format\":3,\"node_type\":\"array\"}",
		"an array, not a group" },
	{ 3, "{\"zarr_format\":4,\"node_type\":\"group\"}",
		"'zarr_format' is not 3" },
	{ 2, "{\"metadata\":{\"../.zarray\":{}}}", "no name for an array" },
	{ 2, V2(PLAIN2 ",\"dtype\":\"|O\",\"fill_value\":0", DIMS2),
		"variable 'v': its elements are of type '|O'" },
	{ 2, V2(PLAIN2 ",\"dtype\":\"<f2\",\"fill_value\":0", DIMS2), "'<f2'" },
	{ 2, V2(PLAIN2 ",\"dtype\":[[\"a\",\"<f4\"]]", DIMS2), "structure" },
	{ 2, V2(PLAIN2 ",\"dtype\":\"<i2\",\"fill_value\":70000", DIMS2),
		"'fill_value' is not a value" },
	{ 2, V2(PLAIN2 ",\"dtype\":\"<i2\",\"order\":\"F\"", DIMS2),
		"order 'F'" },
	{ 2, V2(PLAIN2 ",\"dtype\":\"<i2\"", "{}"),
		"'_ARRAY_DIMENSIONS' does not name its 1 dimensions" },
	{ 2, V2(PLAIN2 ",\"dtype\":\"<i2\"", "{\"_ARRAY_DIMENSIONS\":[null]}"),
		"dimension 0 has no name" },
	{ 2,
		V2("\"shape\":[4,4],\"chunks\":[2,2],\"dtype\":\"<i2\"",
			"{\"_ARRAY_DIMENSIONS\":[\"x\",\"x\"]}"),
		"it has dimension 'x' twice" },
	{ 2, V2("\"shape\":[4],\"chunks\":[0],\"dtype\":\"<i2\"", DIMS2),
		"0 long" },
	{ 2, V2("\"shape\":[-4],\"chunks\":[1],\"dtype\":\"<i2\"", DIMS2),
		"'shape': element 0" },
	{ 2, V2("\"shape\":[4],\"chunks\":[1,1],\"dtype\":\"<i2\"", DIMS2),
		"has 1 dimensions, its chunks 2" },
	{ 2,
		V2("\"shape\":[900000000000000000],\"chunks\":[1],"
		   "\"dtype\":\"|S100\"",
			DIMS2),
		"too large" },
	{ 2,
		V2("\"shape\":[99999999999999999999],\"chunks\":[1],"
		   "\"dtype\":\"<i2\"",
			DIMS2),
		"'shape': element 0" },
	{ 2,
		V2("\"shape\":[4000000000],\"chunks\":[1],\"dtype\":\"<i2\"",
			DIMS2),
		"more chunks than" },
	{ 2,
		V2("\"shape\":[4],\"chunks\":[2],\"dtype\":\"<i2\","
		   "\"filters\":[{\"id\":\"delta\"}]",
			DIMS2),
		"codec 'delta'" },
	{ 3,
		V3(SHAPE3("[4]", "[4]") "\"data_type\":\"int8\",\"codecs\":"
					"[{\"name\":\"transpose\"},\"bytes\"]"),
		"codec 'transpose'" },
	{ 3,
		V3(SHAPE3("[4]", "[4]") "\"data_type\":\"int8\",\"codecs\":"
					"[\"bytes\",\"zlib\"]"),
		"codec 'zlib'" },
	{ 3,
		V3(SHAPE3("[4]",
			"[4]") "\"data_type\":\"int8\",\"fill_value\":0,"
			       "\"codecs\":[\"bytes\"]"),
		"'dimension_names'" },
	{ 3,
		V3(SHAPE3("[4]",
			"[4]") "\"data_type\":\"int8\",\"codecs\":"
			       "[{\"name\":\"sharding_indexed\","
			       "\"configuration\":{\"chunk_shape\":[3],"
			       "\"index_codecs\":[\"bytes\"],"
			       "\"codecs\":[\"bytes\"]}}]"),
		"do not divide" },
	{ 3,
		V3(SHAPE3("[4]", "[4]") "\"data_type\":\"int8\",\"codecs\":"
					"[\"bytes\"],\"storage_transformers\":"
					"[{\"name\":\"x\"}]"),
		"storage transformers" },
};

static void refuses_what_cannot_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err err = ERR_INIT;
		struct zarr_shard *shards;
		struct dataset ds;

		if (read_text(bad[i].version, bad[i].json, &ds, &shards,
			    &err) == 0)
			fail_msg("%s", bad[i].json);
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.msg, bad[i].why) == NULL)
			fail_msg("%s\nnot: %s", err.msg, bad[i].why);
		arena_reset(&arena);
	}
}

static void put(uint8_t *p, uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void reads_the_index_of_a_shard(void **state)
{
	uint8_t bytes[36];
	struct zarr_index x = { bytes, 2, 100, true };
	struct err err = ERR_INIT;
	uint64_t offset[2], length[2];

	(void)state;
	put(bytes, 7, 8);
	put(bytes + 8, 93, 8);
	memset(bytes + 16, 0xff, 16);
	put(bytes + 32, crc32c_of(bytes, 32), 4);
	assert_int_equal(zarr_chunk_index(&x, offset, length, &err), 0);
	assert_int_equal(offset[0], 7);
	assert_int_equal(length[0], 93);
	assert_true(offset[1] == UINT64_MAX);
	x.size = 99;
	assert_int_equal(zarr_chunk_index(&x, offset, length, &err), -1);
	assert_non_null(strstr(err.msg, "93 bytes at 7"));
	err_clear(&err);
	bytes[0] ^= 1;
	assert_int_equal(zarr_chunk_index(&x, offset, length, &err), -1);
	assert_non_null(strstr(err.msg, "checksum"));
	err_clear(&err);
	x.has_checksum = false;
	put(bytes + 8, UINT64_MAX - 2, 8); /* beyond 64 bits */
	assert_int_equal(zarr_chunk_index(&x, offset, length, &err), -1);
}

static void names_objects(void **state)
{
	uint64_t per[] = { 2, 5 };
	const uint64_t at[] = { 3, 4 };
	struct objects o = { "a/c/", '/', per };
	struct buf name = BUF_INIT;

	(void)state;
	objects_name(&o, 2, at, &name);
	assert_string_equal(name.data, "a/c/1/0");
	buf_reset(&name);
	o = (struct objects){ "a/", '.', NULL };
	objects_name(&o, 2, at, &name);
	assert_string_equal(name.data, "a/3.4");
	buf_release(&name);
	assert_true(objects_name_is_safe("a/b.c/..d"));
	assert_false(objects_name_is_safe("/a"));
	assert_false(objects_name_is_safe("a/../b"));
	assert_false(objects_name_is_safe("a//b"));
	assert_false(objects_name_is_safe("."));
	assert_false(objects_name_is_safe(""));
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
		cmocka_unit_test(says_what_documents_say),
		cmocka_unit_test(refuses_what_cannot_be),
		cmocka_unit_test(reads_the_index_of_a_shard),
		cmocka_unit_test(names_objects),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
