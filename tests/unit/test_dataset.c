/* SPDX-License-Identifier: Apache-2.0 */
/* Datasets from records: what comes back, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/dataset.h"
#include "record/json_write.h"

static struct arena arena = ARENA_INIT;

static const char good[] =
	"{\"format\":\"netcdf4\",\"dims\":{\"t\":3,\"x\":4},"
	"\"attrs\":{\"n\":1},\"attr_dtypes\":{\"n\":\"int32\"},\"vars\":{"
	"\"a\":{\"dims\":[\"t\",\"x\"],\"shape\":[3,4],\"dtype\":\"int16\","
	"\"endian\":\"big\",\"fill\":-9,\"attrs\":{},\"attr_dtypes\":{},"
	"\"chunk_shape\":[2,4],\"codecs\":[{\"name\":\"zlib\","
	"\"configuration\":{\"level\":4}}],\"refs\":{\"offset\":[100,null],"
	"\"length\":[20,0],\"mask\":[1,0]},\"digest\":\"ab\"},"
	"\"b\":{\"dims\":[],\"shape\":[],\"dtype\":\"uint8\","
	"\"endian\":\"little\",\"attrs\":{},\"attr_dtypes\":{},"
	"\"chunk_shape\":[],\"codecs\":[],\"inline\":\"Bw==\"},"
	"\"c\":{\"dims\":[\"x\"],\"shape\":[4],\"dtype\":\"string\","
	"\"endian\":\"little\",\"attrs\":{},\"attr_dtypes\":{},"
	"\"chunk_shape\":[4],\"codecs\":[]}}}";

static struct js *parse(const char *text, size_t len)
{
	struct err err = ERR_INIT;
	struct js *v = js_parse(&arena, text, len, &err);

	assert_non_null(v);
	return v;
}

static void reads_every_member(void **state)
{
	struct js *rec = parse(good, sizeof(good) - 1);
	const struct chunk_table *t;
	struct err err = ERR_INIT;
	struct dataset ds;

	(void)state;
	assert_int_equal(dataset_from_record(&arena, rec, &ds, &err), 0);
	assert_int_equal(ds.nvars, 3);
	assert_int_equal(dataset_dim(&ds, "x")->len, 4);
	assert_null(dataset_dim(&ds, "y"));
	assert_null(dataset_var(&ds, "t"));
	t = &dataset_var(&ds, "a")->table;
	assert_true(t->big_endian);
	assert_memory_equal(t->fill, "\367\377", 2);
	assert_int_equal(t->refs.n, 2);
	assert_int_equal(t->refs.offset[0], 100);
	assert_true(t->refs.offset[1] == REFS_ABSENT);
	assert_int_equal(t->refs.mask[0], 1);
	t = &dataset_var(&ds, "b")->table;
	assert_false(t->has_refs);
	assert_int_equal(t->inline_size, 1);
	assert_int_equal(t->inline_data[0], 7);
	t = &dataset_var(&ds, "c")->table;
	assert_false(t->has_refs);
	assert_null(t->inline_data);
}

static void writes_what_it_read(void **state)
{
	struct js *rec = parse(good, sizeof(good) - 1);
	struct js *again = js_new_object(&arena);
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	struct dataset ds;

	(void)state;
	assert_int_equal(dataset_from_record(&arena, rec, &ds, &err), 0);
	dataset_to_record(&arena, &ds, again);
	js_write(&out, again, JS_RECORD);
	assert_string_equal(out.data, good);
	buf_release(&out);
}

/* The good text with a piece replaced, and what the message must name. */
static const struct {
	const char *from, *to, *names;
} bad[] = {
	{ "netcdf4", "netcdf9", "format" },
	{ "\"t\":3,", "\"t\":-3,", "dims" },
	{ "\"t\":3,", "\"u\":3,", "'t' is no dimension" },
	{ "\"t\":3,", "\"t\":4,", "length 4" },
	{ "\"int32\"", "\"int33\"", "attr_dtypes" },
	{ "{\"n\":1}", "{\"n\":{}}", "is an object" },
	{ "\"int16\"", "\"int17\"", "variable 'a'" },
	{ "\"big\"", "\"bug\"", "endian" },
	{ "\"fill\":-9", "\"fill\":99999", "fill" },
	{ "[3,4]", "[3,4,1]", "dimensions" },
	{ "[3,4]", "[3]", "dimensions" },
	{ "[3,4]", "[3,9223372036854775807]", "too large" },
	{ "[2,4]", "[0,4]", "chunk_shape" },
	{ "[2,4]", "[1,4]", "has 2 chunks, the shape has 3" },
	{ "[2,4]", "[2,\"x\"]", "chunk_shape" },
	{ "\"codecs\":[{\"name\":\"zlib\",", "\"codecs\":[{", "codecs" },
	{ "[100,null]", "[100]", "lists differ" },
	{ "[100,null]", "[100,-1]", "offset" },
	{ "[100,null]", "[\"18446744073709551610\",null]", "impossible" },
	{ "[20,0]", "[20,1]", "impossible" },
	{ "[1,0]", "[1]", "mask" },
	{ "[1,0]", "[4294967296,0]", "mask" },
	{ "Bw==", "BwA=", "inline" },
	{ "Bw==", "B", "inline" },
	{ "\"ab\"", "1", "digest" },
	{ "\"refs\":{", "\"refs\":{\"index\":[1,0],", "ascending" },
	{ "\"refs\":{", "\"refs\":{\"index\":[0,2],", "ascending" },
};

static void refuses_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *at = strstr(good, bad[i].from);
		struct buf text = BUF_INIT;
		struct err err = ERR_INIT;
		struct dataset ds;

		assert_non_null(at);
		buf_add(&text, good, (size_t)(at - good));
		buf_adds(&text, bad[i].to);
		buf_adds(&text, at + strlen(bad[i].from));
		assert_int_equal(dataset_from_record(&arena,
					 parse(text.data, text.len), &ds, &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.msg, bad[i].names) == NULL)
			fail_msg("'%s' does not name '%s'", err.msg,
				bad[i].names);
		buf_release(&text);
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
		cmocka_unit_test(reads_every_member),
		cmocka_unit_test(writes_what_it_read),
		cmocka_unit_test(refuses_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
