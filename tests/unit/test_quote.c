/* SPDX-License-Identifier: Apache-2.0 */
/* Words of commands, for make, ninja and the shell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "build/quote.h"

static void words_are_quoted_for_engine_and_shell(void **state)
{
	static const struct {
		const char *word, *quoted;
	} cases[] = {
		{ "", "''" },
		{ "/usr/bin/pgf-open", "/usr/bin/pgf-open" },
		{ "o/00000.ok", "o/00000.ok" },
		{ "a b", "'a b'" },
		{ "a$b", "'a$$b'" },
		{ "$(rm)", "'$$(rm)'" },
		{ "c'd", "'c'\\''d'" },
		{ "e\"f`g\\", "'e\"f`g\\'" },
		{ "#%;=~*&|<>", "'#%;=~*&|<>'" },
		{ "\xc3\xa9\t", "'\xc3\xa9\t'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		struct buf out = BUF_INIT;

		assert_int_equal(quote_word(cases[i].word, &out, &err), 0);
		assert_string_equal(out.data, cases[i].quoted);
		buf_release(&out);
	}
}

static void a_shell_takes_back_what_was_quoted(void **state)
{
	static const struct {
		const char *word, *quoted;
	} cases[] = {
		{ "r.yaml", "r.yaml" },
		{ "", "''" },
		{ "a$b", "'a$b'" },
		{ "c'd\n", "'c'\\''d\n'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT;

		quote_for_shell(cases[i].word, &out);
		assert_string_equal(out.data, cases[i].quoted);
		buf_release(&out);
	}
}

static void line_breaks_are_refused(void **state)
{
	static const char *const words[] = { "a\nb", "\n", "a\r" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct err err = ERR_INIT;
		struct buf out = BUF_INIT;

		assert_int_equal(quote_word(words[i], &out, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_quoted_for_engine_and_shell),
		cmocka_unit_test(a_shell_takes_back_what_was_quoted),
		cmocka_unit_test(line_breaks_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
