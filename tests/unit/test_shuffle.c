/* SPDX-License-Identifier: Apache-2.0 */
/* Unshuffling and byte order, against the definition, for every size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "chunk/shuffle.h"
#include "chunk/swap.h"

enum { MOST = 40000 };

/* Byte k of element i lies at k * n + i; the rest stays. */
static void shuffle_plainly(size_t element, const uint8_t *in, size_t len,
	uint8_t *out)
{
	size_t n = len / element;

	for (size_t i = 0; i < len; i++)
		out[i] = in[i];
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < element; k++)
			out[k * n + i] = in[i * element + k];
}

static void undoes_what_the_definition_does(void **state)
{
	static const size_t lens[] = {
		0,
		1,
		2,
		7,
		8,
		15,
		16,
		31,
		32,
		33,
		63,
		64,
		65,
		127,
		128,
		129,
		255,
		256,
		1000,
		4100,
		MOST - 1,
		MOST,
	};
	static uint8_t in[MOST], shuffled[MOST], out[MOST + 1];

	(void)state;
	for (size_t i = 0; i < MOST; i++)
		in[i] = (uint8_t)(i * 31 + i / 251);
	for (size_t e = 1; e <= 3000; e = e < 64 ? e + 1 : 2 * e + 1)
		for (size_t l = 0; l < sizeof(lens) / sizeof(*lens); l++) {
			shuffle_plainly(e, in, lens[l], shuffled);
			memset(out, 0xcc, sizeof(out));
			shuffle_undo(e, shuffled, lens[l], out);
			if (lens[l] > 0)
				assert_memory_equal(out, in, lens[l]);
			assert_int_equal(out[lens[l]], 0xcc);
		}
}

/* What HDF5 1.14 stored of 0, 3, .. 33 as 16-bit integers. */
static void undoes_what_hdf5_wrote(void **state)
{
	static const uint8_t stored[] = {
		0,
		3,
		6,
		9,
		12,
		15,
		18,
		21,
		24,
		27,
		30,
		33,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
	};
	uint8_t out[24];

	(void)state;
	shuffle_undo(2, stored, sizeof(stored), out);
	for (unsigned i = 0; i < 12; i++) {
		assert_int_equal(out[2 * i], 3 * i);
		assert_int_equal(out[2 * i + 1], 0);
	}
}

static void swaps_bytes(void **state)
{
	static const struct {
		size_t item;
		const char *want;
	} cases[] = {
		{ 1, "abcdefghijklmnop" },
		{ 2, "badcfehgjilknmpo" },
		{ 4, "dcbahgfelkjiponm" },
		{ 8, "hgfedcbaponmlkji" },
		{ 3, "abcdefghijklmnop" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t v[17] = "abcdefghijklmnop";

		swap_bytes(cases[i].item, v, 16);
		assert_string_equal((const char *)v, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undoes_what_the_definition_does),
		cmocka_unit_test(undoes_what_hdf5_wrote),
		cmocka_unit_test(swaps_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
