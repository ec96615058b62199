/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a shard, taken apart by the specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "chunk/crc32c.h"
#include "chunk/shard.h"

static uint64_t number(const uint8_t *p, int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

static struct bytes text(const char *s)
{
	return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

static void check(struct bytes shard, const char *const *want, size_t n)
{
	size_t index = shard.len - 16 * n - 4;
	const uint8_t *p = shard.data + index;

	assert_true(shard.len >= 16 * n + 4);
	assert_int_equal(number(p + 16 * n, 4), crc32c_of(p, 16 * n));
	for (size_t i = 0; i < n; i++, p += 16) {
		uint64_t offset = number(p, 8), len = number(p + 8, 8);

		if (want[i] == NULL) {
			assert_true(offset == UINT64_MAX && len == UINT64_MAX);
			continue;
		}
		assert_int_equal(len, strlen(want[i]));
		assert_true(offset + len <= index);
		assert_memory_equal(shard.data + offset, want[i], len);
	}
}

static void holds_chunks_in_any_order(void **state)
{
	static const char *const want[] = { "a", NULL, "longer", "b", NULL };
	static const unsigned order[] = { 3, 0, 2 };
	struct shard *s = shard_open();
	struct err err = ERR_INIT;

	(void)state;
	for (int again = 0; again < 2; again++) {
		assert_int_equal(shard_begin(s, 5, &err), 0);
		for (size_t i = 0; i < 3; i++)
			shard_add(s, order[i], text(want[order[i]]));
		check(shard_end(s), want, 5);
	}
	shard_close(s);
}

static void is_absent_where_all_chunks_are(void **state)
{
	struct shard *s = shard_open();
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(shard_begin(s, 1, &err), 0);
	shard_add(s, 0, text("x"));
	assert_int_equal(shard_end(s).len, 1 + 16 + 4);
	assert_int_equal(shard_begin(s, 3, &err), 0);
	assert_int_equal(shard_end(s).len, 0);
	shard_close(s);
}

static void refuses_an_index_beyond_memory(void **state)
{
	struct shard *s = shard_open();
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(shard_begin(s, UINT64_MAX, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.msg, "use smaller shards"));
	shard_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_chunks_in_any_order),
		cmocka_unit_test(is_absent_where_all_chunks_are),
		cmocka_unit_test(refuses_an_index_beyond_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
