/* SPDX-License-Identifier: Apache-2.0 */
/* Names of chunks, by format and separator, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/array_key.h"

static const struct {
	int format;
	char separator;
	const char *name, *other;
} cases[] = {
	{ 3, '/', "v/c/2/1", "v/c.2.1" },
	{ 3, '.', "v/c.2.1", "v/c/2/1" },
	{ 2, '.', "v/2.1", "v/2/1" },
	{ 2, '/', "v/2/1", "v/2.1" },
};

static void a_chunk_has_one_name(void **state)
{
	uint64_t shape[] = { 50, 40 }, chunk[] = { 10, 20 };
	struct buf name = BUF_INIT;
	uint64_t k;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct array t = { .name = "v",
			.ndim = 2,
			.shape = shape,
			.chunk_shape = chunk,
			.zarr_format = cases[i].format,
			.separator = cases[i].separator };

		array_key_text(&name, &t, 5);
		assert_string_equal(name.data, cases[i].name);
		assert_true(array_key_number(&t, cases[i].name, &k));
		assert_int_equal(k, 5);
		assert_false(array_key_number(&t, cases[i].other, &k));
	}
	buf_release(&name);
}

static void any_name_of_a_chunk_is_like_one(void **state)
{
	static const char *const like[] = { "c", "c/0", "c/0/12", "c.0.12", "0",
		"7/0/1", "7.0.1" };
	static const char *const unlike[] = { "", "c/", "c.", "cc", "c0",
		"c/0.1", "c.0/1", "0.1/2", "0.", "0/", ".0", "0..1",
		"zarr.json", ".zarray", "c/x" };

	(void)state;
	for (size_t i = 0; i < sizeof(like) / sizeof(*like); i++)
		assert_true(array_key_is_like(like[i]));
	for (size_t i = 0; i < sizeof(unlike) / sizeof(*unlike); i++)
		assert_false(array_key_is_like(unlike[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chunk_has_one_name),
		cmocka_unit_test(any_name_of_a_chunk_is_like_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
