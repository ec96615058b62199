/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs as task records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "build/ndjson.h"
#include "graphing.h"

static struct arena arena = ARENA_INIT;

static const struct graph_head head = { "demo", "/w/a b", NULL, "seal.json" };

static void tasks_are_records(void **state)
{
	static const char text[] =
		"{\"id\":\"fetch-0\",\"stage\":\"fetch\",\"argv\":[\"/b/pgf-"
		"fetch\",\"-o\",\"f/0\",\"k/0\"],\"cwd\":\"/w/a "
		"b\",\"inputs\":[\"k/0\",\"conf.fetch\"],\"outputs\":[\"f/"
		"0\"],\"deps\":[],\"weight\":7}\n"
		"{\"id\":\"fetch-1\",\"stage\":\"fetch\",\"argv\":[\"/b/pgf-"
		"fetch\",\"$x\",\"k/1\"],\"cwd\":\"/w/a "
		"b\",\"inputs\":[\"k/1\",\"conf.fetch\"],\"outputs\":[\"f/"
		"1\"],\"deps\":[],\"weight\":7}\n"
		"{\"id\":\"open-0\",\"stage\":\"open\",\"argv\":[\"/b/pgf-"
		"open\",\"f/0\"],\"cwd\":\"/w/a "
		"b\",\"inputs\":[\"f/0\"],\"outputs\":[\"o/0\",\"o/"
		"0.ok\"],\"deps\":[\"fetch-0\"],\"weight\":7}\n"
		"{\"id\":\"plan\",\"stage\":\"plan\",\"argv\":[\"/b/"
		"pgf-plan\"],\"cwd\":\"/w/a b\",\"inputs\":[\"o/0\",\"f/"
		"1\"],\"outputs\":[\"r/0\",\"r/1\",\"plan.ok\"],\"deps\":["
		"\"fetch-1\",\"open-0\"],\"memory\":1000,\"weight\":7}\n";
	struct graph g = { .arena = &arena };
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;

	(void)state;
	draw_demo(&g);
	assert_int_equal(ndjson_print(&g, &head, &out, &err), 0);
	assert_string_equal(out.data, text);
	buf_release(&out);
	arena_release(&arena);
}

static void words_must_be_utf8_but_may_be_anything_else(void **state)
{
	static const struct {
		const char *argv, *work, *has;
	} cases[] = {
		{ "/b/a a\n\"b\\$'", "/w", "\"a\\n\\\"b\\\\$'\"" },
		{ "/b/a \xc3\xa9", "/w", "\"\xc3\xa9\"" },
		{ "/b/a \xe9", "/w", NULL },
		{ "/b/a b", "/\xe9", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct drawn one = { "open-0", cases[i].argv, "f/0", "o/0",
			NULL, 0 };
		struct graph_head h = { "demo", cases[i].work, NULL, "o/0" };
		struct graph g = { .arena = &arena };
		struct err err = ERR_INIT;
		struct buf out = BUF_INIT;
		bool ok = cases[i].has != NULL;

		assert_int_equal(draw(&g, &one, &err), 0);
		assert_int_equal(ndjson_print(&g, &h, &out, &err), ok ? 0 : -1);
		assert_int_equal(err.kind, ok ? ERR_NONE : ERR_DATA);
		if (ok)
			assert_non_null(strstr(out.data, cases[i].has));
		buf_release(&out);
		arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_are_records),
		cmocka_unit_test(words_must_be_utf8_but_may_be_anything_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
