/* SPDX-License-Identifier: Apache-2.0 */
/* Makefiles: rules, and make's own lines read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "build/make.h"
#include "graphing.h"

static struct arena arena = ARENA_INIT;

static void rules_are_one_line_each(void **state)
{
	static const char body[] =
		"all: seal.json\n"
		".PHONY:fetch\nfetch: f/0 f/1\n"
		".PHONY:open\nopen: o/0\n"
		".PHONY:plan\nplan: r/0 r/1\n"
		"f/0: k/0 conf.fetch;/b/pgf-fetch -o f/0 k/0\n"
		"f/1: k/1 conf.fetch;/b/pgf-fetch '$$x' k/1\n"
		"o/0.ok: f/0;/b/pgf-open f/0\n"
		"o/0:o/0.ok;+\n"
		"plan.ok: o/0 f/1;/b/pgf-plan --turns pool.memory\n"
		"r/0:plan.ok;+\n"
		"r/1:plan.ok;+\n"
		"endif\n";
	static const struct graph_head head = { "demo", "/w/a b", "recipe.mk",
		"seal.json" };
	struct graph g = { .arena = &arena };
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;
	const char *all;

	(void)state;
	draw_demo(&g);
	assert_int_equal(make_print(&g, &head, &out, &err), 0);
	all = strstr(out.data, "all: seal.json\n");
	assert_non_null(all);
	assert_string_equal(all, body);
	assert_non_null(strstr(out.data, "-C '/w/a b' PGF_WORK=. "));
	buf_release(&out);
	arena_release(&arena);
}

static void echoed_commands_name_their_stage(void **state)
{
	static const struct {
		const char *line, *stage;
	} cases[] = {
		{ "/usr/bin/pgf-open -o o/0 f/0", "open" },
		{ "'/a b/pgf-write' '/x/pgf-open' -o w/0", "write" },
		{ "'/a b/pgf-schema' --stage facts -o s/0", "facts" },
		{ "/a/pgf-seal '/a --stage b'", "seal" },
		{ "'/a'\\''b /$c/pgf-seal' -r conf.seal", "seal" },
		{ "pgf-open: warning: x", NULL },
		{ "/usr/bin/touch pgf-open", NULL },
		{ "make: Nothing to be done for 'all'.", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char stage[16] = "";

		assert_int_equal(make_line_stage(cases[i].line, stage),
			cases[i].stage != NULL);
		if (cases[i].stage != NULL)
			assert_string_equal(stage, cases[i].stage);
	}
}

/* Lines of GNU make 4.3 and 4.4. */
static void lines_of_make_are_told_apart(void **state)
{
	static const struct {
		const char *line;
		enum make_line kind;
		const char *target;
		int code;
	} cases[] = {
		{ "make: *** [recipe.mk:12: f/00003] Error 65", MAKE_FAILED,
			"f/00003", 65 },
		{ "make: *** [recipe.mk:7: seal.json] Error 75", MAKE_FAILED,
			"seal.json", 75 },
		{ "make: *** [w/1] Error 1", MAKE_FAILED, "w/1", 1 },
		{ "make: *** [recipe.mk:12: f/0] Error 127", MAKE_FAILED, "f/0",
			1 },
		{ "make: *** [recipe.mk:12: f/0] Killed", MAKE_DIED, "f/0", 1 },
		{ "make: *** [recipe.mk:12: f/0] Deleting file 'f/0'",
			MAKE_NOISE, "", 0 },
		{ "make: *** Waiting for unfinished jobs....", MAKE_NOISE, "",
			0 },
		{ "make: *** No rule to make target 'k/0', needed by 'f/0'.  "
		  "Stop.",
			MAKE_OTHER, "", 0 },
		{ "make: Nothing to be done for 'all'.", MAKE_NOISE, "", 0 },
		{ "make: Target 'all' not remade because of errors.",
			MAKE_NOISE, "", 0 },
		{ "make: 'seal.json' is up to date.", MAKE_NOISE, "", 0 },
		{ "make: warning:  Clock skew detected.  Your build may be "
		  "incomplete.",
			MAKE_OTHER, "", 0 },
		{ "pgf-open: o/0:1: bad", MAKE_OTHER, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct make_failure f = { .code = 0 };

		assert_int_equal(make_line_read(cases[i].line, &f),
			cases[i].kind);
		if (*cases[i].target == 0)
			continue;
		assert_string_equal(f.target, cases[i].target);
		assert_int_equal(f.code, cases[i].code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_one_line_each),
		cmocka_unit_test(echoed_commands_name_their_stage),
		cmocka_unit_test(lines_of_make_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
