/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs: which names may be targets, and what a task must have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "build/graph.h"

static struct arena arena = ARENA_INIT;

static void names_that_need_no_quotes_are_safe(void **state)
{
	static const char *const good[] = {
		"o/00000",
		"o/00000.ok",
		"seal.json",
		"conf.open",
		"a-b_c.D/9",
	};
	static const char *const bad[] = {
		"",
		"/o/0",
		"o//0",
		"o/",
		"../o",
		"o/../s",
		"o/./s",
		"o/..",
		".ok",
		"-o",
		"a b",
		"a$b",
		"a:b",
		"a#b",
		"a%b",
		"a'b",
		"a\"b",
		"a\nb",
		"a=b",
		"a\\b",
		"a*",
		"\xc3\xa9",
		"a;b",
		"~",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(graph_name_is_safe(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(graph_name_is_safe(bad[i]));
}

static void words_end_with_null_at_any_length(void **state)
{
	struct words w = WORDS_INIT;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		words_add(&w, &arena, arena_printf(&arena, "%zu", i));
		assert_int_equal(w.n, i + 1);
		assert_null(w.at[w.n]);
	}
	assert_string_equal(w.at[0], "0");
	assert_string_equal(w.at[999], "999");
	arena_release(&arena);
}

static struct words words_of(const char *a, const char *b)
{
	struct words w = WORDS_INIT;

	if (a != NULL)
		words_add(&w, &arena, a);
	if (b != NULL)
		words_add(&w, &arena, b);
	return w;
}

static void tasks_are_checked_where_they_enter(void **state)
{
	static const struct {
		const char *program, *input, *output, *stamp;
		bool ok;
	} cases[] = {
		{ "/bin/a b$c", "k/0", "f/0", NULL, true },
		{ "/bin/a", NULL, "f/0", "f/0.ok", true },
		{ NULL, "k/0", "f/0", NULL, false },
		{ "a", "k/0", "f/0", NULL, false },
		{ "/bin/a", "k/0", NULL, NULL, false },
		{ "/bin/a", "/k/0", "f/0", NULL, false },
		{ "/bin/a", "k/0", "f 0", NULL, false },
		{ "/bin/a", "k/0", "f/0", "../x", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct graph g = { .arena = &arena };
		struct err err = ERR_INIT;
		struct task t = {
			.stage = "fetch",
			.argv = words_of(cases[i].program, "x"),
			.inputs = words_of(cases[i].input, NULL),
			.outputs = words_of(cases[i].output, NULL),
			.stamp = cases[i].stamp,
		};

		if (cases[i].program == NULL)
			t.argv.n = 0;
		assert_int_equal(graph_add(&g, &t, &err), cases[i].ok ? 0 : -1);
		assert_int_equal(err.kind, cases[i].ok ? ERR_NONE : ERR_FAIL);
		assert_int_equal(g.n, cases[i].ok ? 1 : 0);
		arena_reset(&arena);
	}
	arena_release(&arena);
}

static void a_graph_keeps_order_and_counts_stages(void **state)
{
	struct graph g = { .arena = &arena };
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		struct task t = {
			.stage = i % 3 ? "open" : "fetch",
			.argv = words_of("/bin/a", NULL),
			.outputs = words_of(arena_printf(&arena, "o/%zu", i),
				NULL),
		};

		assert_int_equal(graph_add(&g, &t, &err), 0);
	}
	assert_int_equal(graph_count(&g, "fetch"), 34);
	assert_int_equal(graph_count(&g, "open"), 66);
	assert_int_equal(graph_count(&g, "write"), 0);
	assert_string_equal(g.tasks[99].outputs.at[0], "o/99");
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_need_no_quotes_are_safe),
		cmocka_unit_test(words_end_with_null_at_any_length),
		cmocka_unit_test(tasks_are_checked_where_they_enter),
		cmocka_unit_test(a_graph_keeps_order_and_counts_stages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
