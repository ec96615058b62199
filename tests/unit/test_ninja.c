/* SPDX-License-Identifier: Apache-2.0 */
/* Ninja files: edges, groups, pools. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "build/ninja.h"
#include "graphing.h"

static struct arena arena = ARENA_INIT;

static const struct graph_head head = { "demo", "/w/a b", "recipe.ninja",
	"seal.json" };

static void edges_have_all_outputs(void **state)
{
	static const char body[] = "pool memory\n depth = 3\n"
				   "build f/0: run k/0 conf.fetch\n"
				   " id = fetch-0\n"
				   " cmd = /b/pgf-fetch -o f/0 k/0\n"
				   "build f/1: run k/1 conf.fetch\n"
				   " id = fetch-1\n"
				   " cmd = /b/pgf-fetch '$$x' k/1\n"
				   "build o/0 | o/0.ok: run f/0\n"
				   " id = open-0\n"
				   " cmd = /b/pgf-open f/0\n"
				   "build r/0 r/1 | plan.ok: run o/0 f/1\n"
				   " id = plan\n"
				   " cmd = /b/pgf-plan\n"
				   " pool = memory\n"
				   "build fetch: phony f/0 f/1\n"
				   "build open: phony o/0\n"
				   "build plan: phony r/0 r/1\n"
				   "build all: phony seal.json\n"
				   "default all\n";
	struct graph g = { .arena = &arena };
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;

	(void)state;
	draw_demo(&g);
	assert_int_equal(ninja_print(&g, &head, &out, &err), 0);
	assert_non_null(strstr(out.data, "-f recipe.ninja\n"));
	assert_non_null(strstr(out.data, "\n restat = 1\n generator = 1\n"));
	assert_string_equal(strstr(out.data, "pool memory"), body);
	buf_release(&out);
	arena_release(&arena);
}

/* The most words that a line of the text has. */
static size_t longest(const char *text)
{
	size_t most = 0, n = 0;

	for (; *text != '\0'; text++) {
		n = *text == '\n' ? 0 : n + (*text == ' ');
		if (n > most)
			most = n;
	}
	return most;
}

static void long_lists_are_trees(void **state)
{
	struct graph g = { .arena = &arena };
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT, inputs = BUF_INIT;
	struct drawn all = { "schema", "/b/pgf-schema", "", "schema.json", NULL,
		0 };

	(void)state;
	for (unsigned i = 0; i < 1001; i++) {
		struct drawn one = { arena_printf(&arena, "facts-%u", i),
			"/b/pgf-schema", "conf.facts",
			arena_printf(&arena, "s/%u", i), NULL, 0 };

		assert_int_equal(draw(&g, &one, &err), 0);
		buf_addf(&inputs, "%ss/%u", i ? " " : "", i);
	}
	all.inputs = inputs.data;
	assert_int_equal(draw(&g, &all, &err), 0);
	assert_int_equal(ninja_print(&g, &head, &out, &err), 0);
	assert_true(longest(out.data) <= 102);
	assert_non_null(strstr(out.data,
		"\nbuild group/schema-10: group s/1000\n"
		"build schema.json: run group/schema-0 group/schema-1 "));
	assert_non_null(
		strstr(out.data, "\nbuild facts: phony group/all-facts-0 "));
	buf_release(&inputs);
	buf_release(&out);
	arena_release(&arena);
}

static void line_breaks_are_refused(void **state)
{
	static const struct drawn bad = { "open-1", "/b/pgf-open a\nb", "f/1",
		"o/1", NULL, 0 };
	struct graph g = { .arena = &arena };
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;

	(void)state;
	assert_int_equal(draw(&g, &bad, &err), 0);
	assert_int_equal(ninja_print(&g, &head, &out, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	buf_release(&out);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_have_all_outputs),
		cmocka_unit_test(long_lists_are_trees),
		cmocka_unit_test(line_breaks_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
