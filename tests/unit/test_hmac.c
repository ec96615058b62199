/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of RFC 4231: its sections 4.2 to 4.4 and 4.7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/digest.h"
#include "base/hmac.h"

static void vectors_are_met(void **state)
{
	static const struct {
		int fill; /* byte that the key is of; -1: it is text */
		size_t key_len;
		const char *key;
		int data_fill;
		const char *data, *is;
	} cases[] = {
		{ 0x0b, 20, NULL, -1, "Hi There",
			"b0344c61d8db38535ca8afceaf0bf12b"
			"881dc200c9833da726e9376c2e32cff7" },
		{ -1, 4, "Jefe", -1, "what do ya want for nothing?",
			"5bdcc146bf60754e6a042426089575c7"
			"5a003f089d2739839dec58b964ec3843" },
		{ 0xaa, 20, NULL, 0xdd, NULL,
			"773ea91e36800e46854db8ebd09181a7"
			"2959098b3ef8c122d9635514ced565fe" },
		{ 0xaa, 131, NULL, -1,
			"Test Using Larger Than Block-Size Key - Hash Key First",
			"60e431591ee0b67f0d8a26aacbf5b77f"
			"8e0bc6213728c5140546040f0ee37f54" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char key[131], data[50], out[HMAC_SIZE];
		const char *text = cases[i].data;
		char hex[DIGEST_HEX];

		memset(data, cases[i].data_fill, sizeof(data));
		memset(key, cases[i].fill, sizeof(key));
		if (cases[i].key != NULL)
			memcpy(key, cases[i].key, cases[i].key_len);
		hmac_sha256(key, cases[i].key_len, text ? text : (void *)data,
			text ? strlen(text) : sizeof(data), out);
		digest_text(out, sizeof(out), hex);
		assert_string_equal(hex, cases[i].is);
	}
}

/* As signatures are made: the last is the key of the next. */
static void the_result_may_replace_the_key(void **state)
{
	unsigned char one[HMAC_SIZE], two[HMAC_SIZE];

	(void)state;
	hmac_sha256("k", 1, "a", 1, one);
	hmac_sha256(one, sizeof(one), "b", 1, two);
	hmac_sha256(one, sizeof(one), "b", 1, one);
	assert_memory_equal(one, two, sizeof(one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_are_met),
		cmocka_unit_test(the_result_may_replace_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
