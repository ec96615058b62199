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
	assert_false(r.target.v2_keys);
	assert_int_equal(r.offset[0], 4);
	assert_int_equal(r.size[0], 6);
	assert_int_equal(r.size[1], 4);
	assert_int_equal(r.cell_ndim, 0);
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
		"array 'sst': member "
		"'from' has no 'path' or no 'var'" },
	{ "\"array\"", "\"arry\"",
		"not a region record: no 'array' "
		"or no list 'from'" },
	{ "\"size\":{\"t\":6",
		"\"cell\":{\"dtype\":\"char\","
		"\"shape\":[3]},\"size\":{\"t\":6",
		"array 'sst': "
		"member 'cell' is not text for a string array" },
};

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
		cmocka_unit_test(refuses_what_does_not_fit),
		cmocka_unit_test(does_not_ask_the_time_of_downloads),
		cmocka_unit_test(reads_keys_of_version_2),
		cmocka_unit_test(fills_with_a_default),
		cmocka_unit_test(digests_what_determines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
