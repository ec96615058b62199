/* SPDX-License-Identifier: Apache-2.0 */
/* Texts with holes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "record/mold.h"

static struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

/* {"b":hole 1,"a":{"c":hole 0},"d":1} */
static struct mold *make(void)
{
	static const char text[] = "{\"b\":[1,2],\"a\":{\"c\":\"x\"},\"d\":1}";
	const struct span values[] = { { strchr(text, 'x') - 1, 3 },
		{ strchr(text, '['), 5 } };

	return mold_open(span_of(text), values, 2);
}

static void a_text_of_the_mold_is_read(void **state)
{
	static const struct {
		const char *text, *values[2];
	} cases[] = {
		{ "{'b':[1,2],'a':{'c':'x'},'d':1}", { "'x'", "[1,2]" } },
		{ "{'b':null,'a':{'c':-1.5e3},'d':1}", { "-1.5e3", "null" } },
		{ "{'b':{'a':'}'},'a':{'c':''},'d':1}", { "''", "{'a':'}'}" } },
		{ "{'b': 7 ,'a':{'c':'x'},'d':1}", { NULL } },
		{ "{'b':7,'a':{'c':'x'},'d':2}", { NULL } },
		{ "{'b':7,'a':{'c':'x'},'d':1} ", { NULL } },
		{ "{'b':7,'a':{'c':'x'},'d':1", { NULL } },
		{ "{'b':7,'a':{'c':'x','e':1},'d':1}", { NULL } },
		{ "{'b':7,'A':{'c':'x'},'d':1}", { NULL } },
		{ "{'b':,'a':{'c':'x'},'d':1}", { NULL } },
		{ "{'b':[7,'a':{'c':'x'},'d':1}", { NULL } },
		{ "{'b':", { NULL } },
		{ "", { NULL } },
	};
	struct mold *m = make();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena a = ARENA_INIT;
		char *text = arena_strdup(&a, cases[i].text);
		struct span values[2];
		bool is = false;

		for (char *c = text; *c != '\0'; c++)
			*c = *c == '\'' ? '"' : *c;
		/* in a block of its own, so that reading beyond it is seen */
		is = mold_read(m,
			(struct span){ arena_memdup(&a, text, strlen(text)),
				strlen(text) },
			values);
		if (is != (cases[i].values[0] != NULL))
			fail_msg("case %zu", i);
		for (int k = 0; is && k < 2; k++) {
			char *have = arena_strndup(&a, values[k].text,
				values[k].len);

			for (char *c = have; *c != '\0'; c++)
				*c = *c == '"' ? '\'' : *c;
			assert_string_equal(have, cases[i].values[k]);
		}
		arena_release(&a);
	}
	mold_close(m);
}

static void too_many_holes_make_no_mold(void **state)
{
	static const struct span none[MOLD_HOLES + 1];

	(void)state;
	assert_null(mold_open(span_of("{}"), none, MOLD_HOLES + 1));
	mold_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_of_the_mold_is_read),
		cmocka_unit_test(too_many_holes_make_no_mold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
