/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is, from its first bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "format/magic.h"

#define HDF5 "\211HDF\r\n\032\n"

static const struct {
	const char *text;
	size_t len;
	enum magic_kind kind;
} cases[] = {
	{ "", 0, MAGIC_EMPTY },
	{ "CDF\001", 4, MAGIC_NETCDF3 },
	{ "CDF\002....", 8, MAGIC_NETCDF3 },
	{ "CDF\005....", 8, MAGIC_NETCDF3 },
	{ "CDF\003....", 8, MAGIC_UNKNOWN },
	{ "CDF", 3, MAGIC_TEXT },
	{ HDF5, 8, MAGIC_HDF5 },
	{ HDF5, 7, MAGIC_UNKNOWN },
	{ "\016\003\023\001", 4, MAGIC_HDF4 },
	{ "<!DOCTYPE html><html>", 21, MAGIC_HTML },
	{ "\n  <!doctype HTML>", 18, MAGIC_HTML },
	{ "\357\273\277<html>", 9, MAGIC_HTML },
	{ "<?xml version='1.0'?><html>", 27, MAGIC_HTML },
	{ "<?xml version='1.0'?><Error>", 28, MAGIC_XML },
	{ "{\"error\":404}", 13, MAGIC_JSON },
	{ "Not found\n", 10, MAGIC_TEXT },
	{ "\037\213\010", 3, MAGIC_GZIP },
	{ "BZh9", 4, MAGIC_BZIP2 },
	{ "\050\265\057\375", 4, MAGIC_ZSTD },
	{ "PK\003\004", 4, MAGIC_ZIP },
	{ "GRIB", 4, MAGIC_GRIB },
	{ "BUFR", 4, MAGIC_BUFR },
	{ "II\052\000", 4, MAGIC_TIFF },
	{ "MM\000\052", 4, MAGIC_TIFF },
	{ "\001\002\003\004", 4, MAGIC_UNKNOWN },
};

static void tells_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct view v = view_of_memory(cases[i].text, cases[i].len);
		struct err err = ERR_INIT;
		struct magic m;

		assert_int_equal(magic_of(&v, &m, &err), 0);
		assert_int_equal(m.kind, cases[i].kind);
		assert_int_equal(m.base, 0);
	}
}

static void finds_hdf5_after_a_user_block(void **state)
{
	static const struct {
		size_t at;
		enum magic_kind kind;
	} places[] = {
		{ 512, MAGIC_HDF5 },
		{ 1024, MAGIC_HDF5 },
		{ 1536, MAGIC_UNKNOWN }, /* no power of two times 512 */
		{ 2048, MAGIC_HDF5 },
		{ 256, MAGIC_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		uint8_t file[2048 + 8] = { 0 };
		struct view v = view_of_memory(file, places[i].at + 8);
		struct err err = ERR_INIT;
		struct magic m;

		memcpy(file + places[i].at, HDF5, 8);
		assert_int_equal(magic_of(&v, &m, &err), 0);
		assert_int_equal(m.kind, places[i].kind);
		assert_int_equal(m.base,
			m.kind == MAGIC_HDF5 ? places[i].at : 0);
	}
}

static void says_what_to_do(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(magic_refuse(MAGIC_HTML, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.msg,
		"an HTML page, not NetCDF; the server may ask for a login or "
		"the URL may be wrong");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_kinds),
		cmocka_unit_test(finds_hdf5_after_a_user_block),
		cmocka_unit_test(says_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
