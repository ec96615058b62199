/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan leaves for the next, as text and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/xxh.h"
#include "plan/plan_account.h"

static struct arena arena = ARENA_INIT;

static struct plan_account example(void)
{
	static uint64_t steps[] = { 20, 720 };
	static struct length_run runs[] = { { 3, 1 }, { 1, 31 } };
	static struct layout_concat concat = { .nlengths = 2, .lengths = runs };
	static struct plan_drawn array = { .ndim = 2, .steps = steps };
	static uint8_t bytes[] = { 1, 0, 255 };
	static struct plan_recorded recorded = { .any = true,
		.dtype = { DTYPE_INT8, 1 },
		.bytes = bytes,
		.len = 3 };
	static struct plan_entry entries[2] = {
		{ .name = "a",
			.in = "1 2",
			.out = "3",
			.draws = { true, 0, 1, { 40, 7 }, true } },
		{ .name = "b", .in = "4", .out = "", .recorded = &recorded },
	};
	static const struct plan_account account = { "d", 1, &concat, 1, &array,
		2, entries };

	recorded.encoding = js_new_object(&arena);
	entries[0].keys = array.from = array.close = (struct spread){ 0 };
	spread_add(&arena, &array.from, "", (struct run){ 0, 2 });
	spread_add(&arena, &array.close, "m", (struct run){ 3, 3 });
	spread_add(&arena, &entries[0].keys, "", (struct run){ 0, 3 });
	return account;
}

static void an_account_comes_back(void **state)
{
	const struct plan_account was = example();
	struct buf text = BUF_INIT;
	struct plan_account is;

	(void)state;
	plan_account_write(&text, &was);
	assert_true(plan_account_read(&arena, &text, &is));
	assert_string_equal(is.digest, "d");
	assert_int_equal(is.nconcat, 1);
	assert_int_equal(is.concat[0].nfiles, 4);
	assert_int_equal(is.concat[0].nlengths, 2);
	assert_int_equal(is.concat[0].lengths[1].len, 31);
	assert_int_equal(is.narrays, 1);
	assert_true(spread_equal(&is.arrays[0].from, &was.arrays[0].from));
	assert_true(spread_equal(&is.arrays[0].close, &was.arrays[0].close));
	assert_int_equal(is.arrays[0].ndim, 2);
	assert_int_equal(is.arrays[0].steps[1], 720);
	assert_int_equal(is.n, 2);
	assert_string_equal(is.entries[0].in, "1 2");
	assert_string_equal(is.entries[0].out, "3");
	assert_true(spread_equal(&is.entries[0].keys, &was.entries[0].keys));
	assert_memory_equal(is.entries[0].draws.ends, was.entries[0].draws.ends,
		sizeof(is.entries[0].draws.ends));
	assert_int_equal(is.entries[0].draws.last, 1);
	assert_true(is.entries[0].draws.open);
	assert_string_equal(is.entries[1].name, "b");
	assert_false(is.entries[1].draws.any);
	assert_null(is.entries[0].recorded);
	assert_true(is.entries[1].recorded[0].any);
	assert_int_equal(is.entries[1].recorded[0].dtype.kind, DTYPE_INT8);
	assert_int_equal(is.entries[1].recorded[0].len, 3);
	assert_memory_equal(is.entries[1].recorded[0].bytes,
		was.entries[1].recorded[0].bytes, 3);
	assert_int_equal(js_type(is.entries[1].recorded[0].encoding),
		JS_OBJECT);
	buf_release(&text);
}

static void a_damaged_account_is_none(void **state)
{
	const struct plan_account was = example();
	struct buf text = BUF_INIT;
	struct plan_account is;

	(void)state;
	assert_false(plan_account_read(&arena, &text, &is));
	plan_account_write(&text, &was);
	for (size_t i = 0; i < text.len; i++) {
		size_t len = text.len;

		text.data[i] ^= 1;
		assert_false(plan_account_read(&arena, &text, &is));
		text.data[i] ^= 1;
		text.len = i;
		assert_false(plan_account_read(&arena, &text, &is));
		text.len = len;
	}
	assert_true(plan_account_read(&arena, &text, &is));
	buf_release(&text);
}

/* Also one whose digest is right. */
static void a_wrong_account_is_none(void **state)
{
#define ARRAY_VALUES(list)                                                            \
	"{\"plan\":\"d\",\"inputs\":1,\"concat\":[],\"arrays\":[{\"steps\":[1]}]}\n{" \
	"\"name\":\"a\",\"in\":\"\",\"out\":\"\",\"values\":[" list "]}"
#define VALUES(list)                                                   \
	"{\"plan\":\"d\",\"inputs\":1,\"concat\":[],\"arrays\":[]}\n{" \
	"\"name\":\"a\",\"in\":\"\",\"out\":\"\",\"values\":[" list "]}"
	static const char *const bodies[] = {
		VALUES("{}"),
		ARRAY_VALUES(
			"{\"array\":0,\"dtype\":\"S3\",\"inline\":\"AQ==\"}"),
		ARRAY_VALUES(
			"{\"array\":0,\"dtype\":\"int8\",\"inline\":\"\"}"),
		ARRAY_VALUES(
			"{\"array\":0,\"dtype\":\"int8\",\"inline\":\"A\"}"),
		ARRAY_VALUES("{\"array\":0,\"dtype\":\"int8\"}"),
		VALUES("{\"array\":0,\"dtype\":\"int8\",\"inline\":\"AQ==\"}"),
		"",
		"{}",
		"[]",
		"{\"plan\":\"d\",\"inputs\":1,\"concat\":[],\"arrays\":[]}",
		"{\"plan\":\"d\",\"inputs\":99999999999999,\"concat\":[],"
		"\"arrays\":[]}",
		"{\"plan\":\"d\",\"inputs\":0,\"concat\":[[[1]]],\"arrays\":[]}",
		"{\"plan\":\"d\",\"inputs\":0,\"concat\":[[],[],[],[],[]],"
		"\"arrays\":[]}",
		"{\"plan\":\"d\",\"inputs\":0,\"concat\":[],\"arrays\":[{"
		"\"steps\":[\"x\"]}]}",
		"{\"plan\":\"d\",\"inputs\":0,\"concat\":[],\"arrays\":[{"
		"\"steps\":[1],\"from\":{\"\":[[2,1]]}}]}",
		"{\"plan\":\"d\",\"inputs\":0,\"concat\":[],\"arrays\":[]}\n{"
		"\"name\":\"a\",\"in\":\"\",\"out\":\"\"}",
		"{\"plan\":\"d\",\"inputs\":1,\"concat\":[],\"arrays\":[]}\n{"
		"\"name\":\"a\",\"in\":\"\"}",
		"{\"plan\":\"d\",\"inputs\":1,\"concat\":[],\"arrays\":[]}\n{"
		"\"name\":\"a\",\"in\":\"\",\"out\":\"\",\"first\":0,\"last\":"
		"1,\"ends\":[0,0,0,0],\"open\":false}",
	};
	struct plan_account is;
	char digest[XXH_HEX];

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		struct buf text = BUF_INIT;

		xxh_of(bodies[i], strlen(bodies[i]), digest);
		buf_addf(&text, "%s\n{\"digest\":\"%s\"}\n", bodies[i], digest);
		if (plan_account_read(&arena, &text, &is))
			fail_msg("case %zu", i);
		buf_release(&text);
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
		cmocka_unit_test(an_account_comes_back),
		cmocka_unit_test(a_damaged_account_is_none),
		cmocka_unit_test(a_wrong_account_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
