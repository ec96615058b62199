/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of failed tasks, from a ledger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>

#include "build/failures.h"
#include "foldering.h"

#define RECORD(task, end)                               \
	"{\"task\":\"" task "\",\"program\":\"pgf-x\"," \
	"\"pid\":1,\"start\":\"2000-01-01T00:00:00Z\"" end "}\n"
#define FAILED(why) \
	",\"end\":\"2000-01-01T00:00:01Z\",\"exit\":65,\"error\":\"" why "\""

/* A line of the run before, then tasks that failed, one that was killed, one that
 * failed twice, one that did not fail. */
static const char old[] = RECORD("o/00002", FAILED("old"));
static const char ledger[] = RECORD("o/00001", FAILED("cannot open"))
	RECORD("o/00002", "") RECORD("f/00003", FAILED("first"))
		RECORD("f/00003", FAILED("second"))
			RECORD("schema.json", FAILED("units"))
				RECORD("f/00009", FAILED("not asked for"));

static void each_has_its_last_reason(void **state)
{
	static const char *const want[] = {
		"4 tasks have failed:",
		"  o/00001: cannot open",
		"  o/00002: ended without a word",
		"  f/00003: second",
		"  schema.json: units",
		"to try just these again: pgf bake r.yaml",
	};
	struct arena a = ARENA_INIT;
	struct words targets = WORDS_INIT, lines = WORDS_INIT;
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	const struct failures f = { "ledger", sizeof(old) - 1, &targets,
		"pgf bake r.yaml" };

	(void)state;
	buf_adds(&text, old);
	buf_adds(&text, ledger);
	assert_int_equal(io_replace("ledger", text.data, text.len, &err), 0);
	words_add(&targets, &a, "o/00001.ok");
	words_add(&targets, &a, "o/00002.ok");
	words_add(&targets, &a, "f/00003");
	words_add(&targets, &a, "schema.ok");
	failures_tell(&f, &a, &lines);
	assert_int_equal(lines.n, 6);
	for (size_t i = 0; i < lines.n; i++)
		assert_string_equal(lines.at[i], want[i]);
	buf_release(&text);
	arena_release(&a);
}

static void many_are_cut_short(void **state)
{
	struct arena a = ARENA_INIT;
	struct words targets = WORDS_INIT, lines = WORDS_INIT;
	const struct failures f = { "none", 0, &targets, "x" };

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		words_add(&targets, &a, arena_printf(&a, "w/%05u", i));
	failures_tell(&f, &a, &lines);
	assert_int_equal(lines.n, 53);
	assert_string_equal(lines.at[0], "1000 tasks have failed:");
	assert_string_equal(lines.at[51], "  and 950 more: see pgf log");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_its_last_reason),
		cmocka_unit_test(many_are_cut_short),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
