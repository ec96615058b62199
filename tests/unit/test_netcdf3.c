/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of classic files, byte by byte from the specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "format/netcdf3.h"

static struct arena arena = ARENA_INIT;
static struct buf file;

static void u32(uint32_t v)
{
	for (int i = 3; i >= 0; i--)
		buf_addc(&file, (char)(uint8_t)(v >> (8 * i)));
}

/* A name of at most four characters. */
static void name(const char *s)
{
	char padded[4] = { 0 };

	memcpy(padded, s, strlen(s));
	u32((uint32_t)strlen(s));
	buf_add(&file, padded, 4);
}

struct var {
	const char *name;
	uint32_t ndims, dims[2], type, begin;
};

/* Dimensions t (record) and x = 3; no attributes. */
static void header(uint32_t numrecs, const struct var *vars, uint32_t n)
{
	buf_reset(&file);
	buf_add(&file, "CDF\001", 4);
	u32(numrecs);
	u32(10);
	u32(2);
	name("t");
	u32(0);
	name("x");
	u32(3);
	u32(0);
	u32(0);
	u32(11);
	u32(n);
	for (; n > 0; n--, vars++) {
		name(vars->name);
		u32(vars->ndims);
		for (uint32_t i = 0; i < vars->ndims; i++)
			u32(vars->dims[i]);
		u32(0);
		u32(0);
		u32(vars->type);
		u32(0); /* vsize is not looked at */
		u32(vars->begin);
	}
}

/* Pad with zeros to size bytes and read. */
static int read_file(size_t size, struct dataset *ds, struct err *err)
{
	size_t have = file.len;
	struct view v;

	buf_resize(&file, size);
	if (size > have)
		memset(file.data + have, 0, size - have);
	v = view_of_memory(file.data, file.len);
	return netcdf3_read(&arena, &v, ds, err);
}

enum { BYTE = 1, CHAR = 2, SHORT = 3, INT = 4, DOUBLE = 6 };

static void one_record_variable_is_not_padded(void **state)
{
	const struct var var = { "a", 2, { 0, 1 }, SHORT, 256 };
	struct err err = ERR_INIT;
	struct dataset ds;

	(void)state;
	header(3, &var, 1);
	assert_int_equal(read_file(256 + 18, &ds, &err), 0);
	assert_int_equal(ds.dims[0].len, 3);
	assert_int_equal(ds.vars[0].table.refs.n, 3);
	assert_int_equal(ds.vars[0].table.refs.offset[2], 256 + 12);
	assert_int_equal(ds.vars[0].table.refs.length[2], 6);
	assert_int_equal(ds.vars[0].table.chunk_shape[0], 1);
	assert_int_equal(ds.vars[0].table.chunk_shape[1], 3);
	assert_true(ds.vars[0].table.big_endian);
}

static void two_record_variables_are_padded(void **state)
{
	const struct var vars[] = { { "a", 2, { 0, 1 }, SHORT, 256 },
		{ "b", 1, { 0 }, BYTE, 264 } };
	struct err err = ERR_INIT;
	struct dataset ds;

	(void)state;
	header(2, vars, 2);
	/* the padding of the last record may be missing */
	assert_int_equal(read_file(256 + 21, &ds, &err), 0);
	assert_int_equal(ds.vars[0].table.refs.offset[1], 256 + 12);
	assert_int_equal(ds.vars[1].table.refs.offset[1], 264 + 12);
	assert_int_equal(ds.vars[1].table.refs.length[1], 1);
}

static void streaming_counts_records_by_size(void **state)
{
	const struct var var = { "a", 2, { 0, 1 }, INT, 256 };
	struct err err = ERR_INIT;
	struct dataset ds;

	(void)state;
	header(UINT32_MAX, &var, 1);
	assert_int_equal(read_file(256 + 5 * 12 + 4, &ds, &err), 0);
	assert_int_equal(ds.dims[0].len, 5);
}

static void truncated_says_both_sizes(void **state)
{
	const struct var var = { "a", 2, { 0, 1 }, INT, 256 };
	struct err err = ERR_INIT;
	struct dataset ds;

	(void)state;
	header(4, &var, 1);
	assert_int_equal(read_file(256 + 47, &ds, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.msg,
		"truncated: variable 'a' needs 304 bytes, "
		"the file has 303");
}

static void every_short_header_is_refused(void **state)
{
	const struct var var = { "a", 1, { 1 }, DOUBLE, 256 };
	struct dataset ds;
	size_t whole;

	(void)state;
	header(0, &var, 1);
	whole = file.len;
	for (size_t len = 0; len < whole; len++) {
		struct err err = ERR_INIT;

		header(0, &var, 1);
		assert_int_equal(read_file(len, &ds, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
	}
}

static void nonsense_is_refused(void **state)
{
	static const struct {
		struct var vars[2];
		uint32_t n;
		const char *why;
	} cases[] = {
		{ { { "a", 2, { 1, 0 }, INT, 256 } }, 1, "not first" },
		{ { { "a", 1, { 2 }, INT, 256 } }, 1, "does not exist" },
		{ { { "a", 1, { 1 }, 12, 256 } }, 1, "unknown type" },
		{ { { "a", 1, { 1 }, INT, 256 }, { "a", 1, { 1 }, INT, 256 } },
			2, "two variables" },
		{ { { "\377", 1, { 1 }, INT, 256 } }, 1, "not UTF-8" },
		{ { { "", 1, { 1 }, INT, 256 } }, 1, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err err = ERR_INIT;
		struct dataset ds;

		header(1, cases[i].vars, cases[i].n);
		assert_int_equal(read_file(4096, &ds, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_non_null(strstr(err.msg, cases[i].why));
	}
}

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	buf_release(&file);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_record_variable_is_not_padded),
		cmocka_unit_test(two_record_variables_are_padded),
		cmocka_unit_test(streaming_counts_records_by_size),
		cmocka_unit_test(truncated_says_both_sizes),
		cmocka_unit_test(every_short_header_is_refused),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
