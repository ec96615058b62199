/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, against the values of their specifications. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/digest.h"

/* RFC 1321 appendix A.5; FIPS 180-4 examples for "abc". */
static const struct {
	enum digest_kind kind;
	const char *text, *hex;
} cases[] = {
	{ DIGEST_MD5, "", "d41d8cd98f00b204e9800998ecf8427e" },
	{ DIGEST_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72" },
	{ DIGEST_SHA256, "abc",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
		"ad" },
	{ DIGEST_SHA512, "abc",
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d3"
		"9a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54c"
		"a49f" },
};

static void digests_are_those_of_the_specifications(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct digest *d = digest_open(cases[i].kind);
		unsigned char out[DIGEST_MAX];
		char hex[DIGEST_HEX];
		size_t half = strlen(cases[i].text) / 2;

		digest_add(d, cases[i].text, half);
		digest_add(d, cases[i].text + half,
			strlen(cases[i].text) - half);
		digest_end(d, out);
		digest_close(d);
		digest_text(out, digest_size(cases[i].kind), hex);
		assert_string_equal(hex, cases[i].hex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_those_of_the_specifications),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
