/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums: the vectors of RFC 3720 B.4; fletcher32 as HDF5 1.14 stores it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "chunk/crc32c.h"
#include "chunk/fletcher32.h"

static void follows_the_vectors_of_rfc_3720(void **state)
{
	/* an iSCSI SCSI Read (10) command PDU */
	static const char read10[] =
		"\x01\xc0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x14\0\0\0\0\0\x04\0\0"
		"\0\0\x14\0\0\0\x18\x28\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0";
	uint8_t v[32];

	(void)state;
	memset(v, 0, sizeof(v));
	assert_true(crc32c_of(v, sizeof(v)) == 0x8a9136aa);
	memset(v, 0xff, sizeof(v));
	assert_true(crc32c_of(v, sizeof(v)) == 0x62a8ab43);
	for (unsigned i = 0; i < sizeof(v); i++)
		v[i] = (uint8_t)i;
	assert_true(crc32c_of(v, sizeof(v)) == 0x46dd794e);
	for (unsigned i = 0; i < sizeof(v); i++)
		v[i] = (uint8_t)(31 - i);
	assert_true(crc32c_of(v, sizeof(v)) == 0x113fdb5c);
	assert_true(crc32c_of(read10, 48) == 0xd9963a56);
	assert_true(crc32c_of("", 0) == 0);
	assert_true(crc32c_of("123456789", 9) == 0xe3069283);
}

static void sums_as_hdf5_does(void **state)
{
	static const struct {
		size_t len;
		uint32_t want;
	} counting[] = {
		/* bytes 1, 2, 3, ... */
		{ 1, 0x01000100 },
		{ 2, 0x01020102 },
		{ 3, 0x05040402 },
		{ 5, 0x0e0e0906 },
		{ 8, 0x1e281014 },
	};
	static uint8_t v[300000];

	(void)state;
	for (size_t i = 0; i < 8; i++)
		v[i] = (uint8_t)(i + 1);
	for (size_t i = 0; i < sizeof(counting) / sizeof(*counting); i++)
		assert_true(
			fletcher32_of(v, counting[i].len) == counting[i].want);
	memset(v, 0xff, 200001);
	assert_true(fletcher32_of(v, 200001) == 0xff00ff00);
	for (size_t i = 0; i < sizeof(v); i++)
		v[i] = (uint8_t)(i % 251);
	assert_true(fletcher32_of(v, sizeof(v)) == 0x038208a7);
	memset(v, 0, 10);
	assert_true(fletcher32_of(v, 10) == 0);
	assert_true(fletcher32_of(v, 0) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_vectors_of_rfc_3720),
		cmocka_unit_test(sums_as_hdf5_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
