/* SPDX-License-Identifier: Apache-2.0 */
/* Commands: where words end, what is replaced, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "recipe/command.h"

static const struct {
	const char *text, *words; /* each in < > */
} good[] = {
	{ "cp {in} {out}", "<cp><I '$x><O>" },
	{ "  a\t'b c'\n\"d e\" {in}{out} ", "<a><b c><d e><I '$xO>" },
	{ "a 'x\\y' \"x\\\"y\" x\\ y '' {in} --o={out}",
		"<a><x\\y><x\"y><x y><><I '$x><--o=O>" },
	{ "a'b'\"c\"d {in} {out} {inn} {i", "<abcd><I '$x><O><{inn}><{i>" },
	{ "sh -c '$1 \"{in}\"' {out}", "<sh><-c><$1 \"I '$x\"><O>" },
};

static void test_good(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct err err = ERR_INIT;
		struct buf got = BUF_INIT;
		struct command c;
		char **argv;

		assert_int_equal(command_parse(&a, good[i].text, &c, &err), 0);
		argv = command_fill(&a, &c, "I '$x", "O");
		for (size_t k = 0; argv[k] != NULL; k++)
			buf_addf(&got, "<%s>", argv[k]);
		assert_string_equal(got.data, good[i].words);
		buf_release(&got);
	}
	arena_release(&a);
}

static const struct {
	const char *text, *says;
} bad[] = {
	{ "", "must have {in} and {out}" },
	{ "cp {in} out", "must have {in} and {out}" },
	{ "cp in {out}", "must have {in} and {out}" },
	{ "cp {in} {out} 'x", "has a quote '" },
	{ "cp {in} {out} \"x\\\"", "has a quote \"" },
};

static void test_bad(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = ERR_INIT;
		struct command c;

		assert_int_equal(command_parse(&a, bad[i].text, &c, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_non_null(strstr(err.msg, bad[i].says));
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
