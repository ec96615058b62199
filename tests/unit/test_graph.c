/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs: which names may be targets, and what a task must have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "build/graph.h"
#include "graphing.h"

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
		const char *id, *program, *input, *output, *stamp;
		bool ok;
	} cases[] = {
		{ "fetch-0", "/bin/a b$c", "k/0", "f/0", NULL, true },
		{ "fetch-0", "/bin/a", NULL, "f/0", "f/0.ok", true },
		{ "fetch-0", NULL, "k/0", "f/0", NULL, false },
		{ "fetch-0", "a", "k/0", "f/0", NULL, false },
		{ "fetch-0", "/bin/a", "k/0", NULL, NULL, false },
		{ "fetch-0", "/bin/a", "/k/0", "f/0", NULL, false },
		{ "fetch-0", "/bin/a", "k/0", "f 0", NULL, false },
		{ "fetch-0", "/bin/a", "k/0", "f/0", "../x", false },
		{ "fetch 0", "/bin/a", "k/0", "f/0", NULL, false },
		{ NULL, "/bin/a", "k/0", "f/0", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct graph g = { .arena = &arena };
		struct err err = ERR_INIT;
		struct task t = {
			.id = cases[i].id,
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
			.id = arena_printf(&arena, "t-%zu", i),
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

static void tasks_know_whom_they_wait_for(void **state)
{
	static const struct drawn two = { "seal", "/b/s", "r/1 o/0 r/0 f/1 k/0",
		"seal.json", NULL, 0 };
	struct graph g = { .arena = &arena };
	struct err err = ERR_INIT;

	(void)state;
	draw_demo(&g);
	assert_int_equal(draw(&g, &two, &err), 0);
	assert_int_equal(g.tasks[0].ndeps, 0);
	assert_int_equal(g.tasks[2].ndeps, 1);
	assert_int_equal(g.tasks[2].deps[0], 0);
	assert_int_equal(g.tasks[4].ndeps, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(g.tasks[4].deps[i], i + 1);
	arena_release(&arena);
}

static void what_would_not_be_a_graph_is_refused(void **state)
{
	static const struct {
		struct drawn task;
		const char *says;
	} cases[] = {
		{ { "fetch-0", "/b/f", "k/2", "f/2", NULL, 0 },
			"two tasks are called 'fetch-0'" },
		{ { "fetch-2", "/b/f", "k/2", "f/1", NULL, 0 },
			"'f/1', which task 'fetch-2' makes, is made by "
			"another" },
		{ { "fetch-2", "/b/f", "k/2", "f/2", "o/0.ok", 0 },
			"'o/0.ok', which task 'fetch-2' makes, is made by "
			"another" },
		{ { "fetch-2", "/b/f", "k/2", "conf.fetch", NULL, 0 },
			"'conf.fetch', which task 'fetch-2' makes, is read "
			"before" },
		{ { "fetch-2", "/b/f", "f/2", "f/2", NULL, 0 },
			"'f/2', which task 'fetch-2' makes, is read before" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct graph g = { .arena = &arena };
		struct err err = ERR_INIT;

		draw_demo(&g);
		assert_int_equal(draw(&g, &cases[i].task, &err), -1);
		assert_int_equal(err.kind, ERR_FAIL);
		assert_string_equal(err.msg, cases[i].says);
		assert_int_equal(g.n, NDRAWN);
		arena_reset(&arena);
	}
	arena_release(&arena);
}

static void stages_come_in_order_with_all_they_make(void **state)
{
	struct graph g = { .arena = &arena };
	struct words stages = WORDS_INIT, made = WORDS_INIT;

	(void)state;
	draw_demo(&g);
	graph_stages(&g, &arena, &stages);
	assert_int_equal(stages.n, 3);
	assert_string_equal(stages.at[0], "fetch");
	assert_string_equal(stages.at[2], "plan");
	graph_made(&g, "plan", &arena, &made);
	assert_int_equal(made.n, 2);
	assert_string_equal(made.at[1], "r/1");
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_need_no_quotes_are_safe),
		cmocka_unit_test(words_end_with_null_at_any_length),
		cmocka_unit_test(tasks_are_checked_where_they_enter),
		cmocka_unit_test(a_graph_keeps_order_and_counts_stages),
		cmocka_unit_test(tasks_know_whom_they_wait_for),
		cmocka_unit_test(what_would_not_be_a_graph_is_refused),
		cmocka_unit_test(stages_come_in_order_with_all_they_make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
