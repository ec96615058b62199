/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers of every pair of types: the loops over blocks give what the
 * conversion of single elements gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "chunk/convert.h"

static struct arena arena = ARENA_INIT;

/* A side in words: type and encoding, whose quotes may be ' for short. */
struct side {
	const char *dtype, *encoding;
};

static struct convert_side side_of(struct side s)
{
	struct err err = ERR_INIT;
	struct encoding *e = ARENA_NEW(&arena, struct encoding, 1);
	char *text = arena_strdup(&arena, s.encoding);
	struct convert_side side = { .encoding = e };

	for (char *p = text; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	assert_true(dtype_parse(s.dtype, &side.dtype));
	if (encoding_from_json(js_parse(&arena, text, strlen(text), &err),
		    side.dtype, e, &err) < 0)
		fail_msg("%s: %s", s.encoding, err.msg);
	return side;
}

static struct convert made(struct side from, struct side to)
{
	struct err err = ERR_INIT;
	struct convert c;

	if (convert_init(&c, side_of(from), side_of(to), &err) < 0)
		fail_msg("%s", err.msg);
	return c;
}

static uint64_t random_bits(void)
{
	static uint64_t x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* Small numbers, extremes, and anything: as bits of any type. */
static uint64_t random_value(void)
{
	static const uint64_t odd[] = { 0, 1, UINT64_MAX, 0x7f, 0x80, 0x7fff,
		0x8000, 0x7fffffff, 0x80000000, 0x7ff0000000000000,
		0x7ff8000000000000, 0x7f800000, 0x7fc00000, 0x3f800000,
		0x3ff0000000000000, 0xbff0000000000000, 0x8000000000000000 };
	uint64_t r = random_bits();

	if (r % 4 == 0)
		return odd[r / 4 % (sizeof(odd) / sizeof(odd[0]))];
	return r % 4 == 1 ? random_bits() % 200 : random_bits();
}

/* The bits of a small number. */
static uint64_t number_bits(struct dtype t, int v)
{
	uint64_t bits = (uint64_t)v;
	double d = v;
	float f = (float)v;

	if (t.kind == DTYPE_FLOAT32)
		memcpy(&bits, &f, sizeof(f));
	else if (t.kind == DTYPE_FLOAT64)
		memcpy(&bits, &d, sizeof(d));
	return bits;
}

/* Where both go, they give the same; where one stops, the other does. */
static void compare(const struct convert *c, const uint64_t *in, size_t n)
{
	uint64_t out[2 * CONVERT_BLOCK], one;
	struct err err = ERR_INIT;
	size_t at = n, i;
	int r = convert_run(c, &(struct convert_job){ in, out, n }, &at, &err);

	for (i = 0; i < (r < 0 ? at : n); i++) {
		struct err none = ERR_INIT;

		if (convert_element(c, (const char *)in + i * c->from.size,
			    &one, &none) < 0)
			fail_msg("element %zu: %s", i, none.msg);
		assert_memory_equal(&one, (char *)out + i * c->to.size,
			c->to.size);
	}
	if (r < 0) {
		struct err again = ERR_INIT;

		assert_int_equal(convert_element(c,
					 (const char *)in + at * c->from.size,
					 &one, &again),
			-1);
		assert_string_equal(again.msg, err.msg);
	}
}

static void loops_and_elements_agree(void **state)
{
	static const char *const types[] = { "int8", "int16", "int32", "int64",
		"uint8", "uint16", "uint32", "uint64", "float32", "float64" };
	static const char *const from[] = { "{}", "{'missing':[1,100]}",
		"{'scale_factor':0.5,'add_offset':-3}",
		"{'missing':[1],'scale_factor':1e20}",
		"{'missing':[0,7],'units':[1e30,-1]}" };
	static const char *const to[] = { "{}", "{'missing':[99]}",
		"{'missing':[5,1],'scale_factor':0.25}",
		"{'scale_factor':0.5,'add_offset':-3}" };
	uint64_t in[2 * CONVERT_BLOCK];

	(void)state;
	for (unsigned k = 0; k < 10 * 10 * 5 * 4; k++) {
		struct convert c = made((struct side){ types[k % 10],
						from[k / 100 % 5] },
			(struct side){ types[k / 10 % 10], to[k / 500] });

		for (int round = 0; round < 4; round++) {
			bool tame = round % 2 == 0;
			uint8_t *p = (uint8_t *)in;

			for (size_t i = 0; i < 300; i++) {
				uint64_t v = random_value();

				if (tame) /* small whole numbers */
					v = number_bits(c.from, (int)(v % 90));

				memcpy(p + i * c.from.size, &v, c.from.size);
			}
			compare(&c, in, 300);
		}
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
		cmocka_unit_test(loops_and_elements_agree),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
