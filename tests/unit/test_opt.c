/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines from a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/opt.h"

static struct {
	bool keep, quiet;
	const char *cache;
	int64_t jobs;
	struct opt_list set;
} cfg;

static const struct opt opts[] = {
	{ OPT_FLAG, 'k', "keep-going", NULL, &cfg.keep, "go on" },
	{ OPT_TEXT, 0, "cache", "DIR", &cfg.cache, "where" },
	{ OPT_COUNT, 'j', "jobs", "N", &cfg.jobs, "how many" },
	{ OPT_LIST, 0, "set", "M=V", &cfg.set, "override" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt more[] = {
	{ OPT_FLAG, 'q', "quiet", NULL, &cfg.quiet, "hush" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	"pgf-test",
	"does nothing",
	"[FILE...]",
	opts,
	more,
};

enum { ARGS = 9 };

static char *argv[ARGS];

/* Cut the line at its blanks into argv and parse that. */
static int parse(const char *line, struct err *err)
{
	static char text[128];
	int argc = 0;
	char *rest = text, *word;

	memset(&cfg, 0, sizeof(cfg));
	cfg.jobs = 1;
	strncpy(text, line, sizeof(text) - 1);
	while ((word = strtok_r(rest, " ", &rest)) != NULL)
		argv[argc++] = word;
	argv[argc] = NULL;
	return opt_parse(&spec, argc, argv, err);
}

static void options_and_operands_mix(void **state)
{
	struct err err = ERR_INIT;
	int first = parse("pgf-test one -kj4 --cache=/c - --set a=1 "
			  "--set=b=2",
		&err);

	(void)state;
	assert_int_equal(first, 6);
	assert_string_equal(argv[6], "one");
	assert_string_equal(argv[7], "-");
	assert_true(cfg.keep);
	assert_false(cfg.quiet);
	assert_int_equal(cfg.jobs, 4);
	assert_string_equal(cfg.cache, "/c");
	assert_int_equal(cfg.set.n, 2);
	assert_string_equal(cfg.set.at[1], "b=2");
}

static void two_dashes_end_the_options(void **state)
{
	struct err err = ERR_INIT;
	int first = parse("pgf-test -q -- -k", &err);

	(void)state;
	assert_int_equal(first, 3);
	assert_string_equal(argv[3], "-k");
	assert_true(cfg.quiet);
	assert_false(cfg.keep);
}

static void misuse_is_named(void **state)
{
	static const struct {
		const char *arg, *msg;
	} cases[] = {
		{ "--nope", "unknown option '--nope'" },
		{ "--cach=x", "unknown option '--cach'" },
		{ "-x", "unknown option '-x'" },
		{ "--cache", "option '--cache' wants a value" },
		{ "-j", "option '--jobs' wants a value" },
		{ "-j-1", "option '--jobs' wants a number, not '-1'" },
		{ "--jobs=2x", "option '--jobs' wants a number, not '2x'" },
		{ "--quiet=1", "option '--quiet' takes no value" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_INIT;
		char line[64];

		snprintf(line, sizeof(line), "pgf-test %s", cases[i].arg);
		assert_int_equal(parse(line, &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_string_equal(err.msg, cases[i].msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_operands_mix),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(misuse_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
