/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf: the front door.  Compiles a recipe, has make run it, and says in one
 * line what came of it; finds the other programs and their manuals.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/usage.h"
#include "base/log.h"
#include "base/str.h"
#include "base/version.h"
#include "build/bake.h"
#include "build/options.h"
#include "build/programs.h"
#include "build/refresh.h"
#include "record/tool.h"

static struct {
	struct options common;
	bool dry_run;
} cfg;

static const struct opt opts[] = {
	OPTIONS_PLACES(cfg.common),
	OPTIONS_RUN(cfg.common),
	OPTIONS_PRUNE(cfg.common),
	OPTIONS_SETS(cfg.common),
	{ OPT_FLAG, 'n', "dry-run", NULL, &cfg.dry_run,
		"print what would be run, and why, and run nothing" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf",
	.summary = "bake many files into one store",
	.synopsis =
		"bake [--store DIR] [--work DIR] [--cache DIR] [-j N] [--prune N] "
		"[--set MEMBER=VALUE] [-knqv] RECIPE",
	.opts = opts,
	.more = tool_options,
};

/* In the order of the pipe. */
static const struct program {
	const char *name, *summary;
} programs[] = {
	{ "expand", "recipe -> items: which files there are" },
	{ "list", "listing of a server -> items: what it has" },
	{ "fetch", "items -> files: a verified local copy of each" },
	{ "open", "files -> datasets: their metadata and chunk tables" },
	{ "schema", "datasets -> one schema: what they add up to" },
	{ "plan", "datasets -> regions: who contributes to which chunk" },
	{ "write", "regions -> chunks in the store, and receipts" },
	{ "seal", "receipts -> metadata: the store is complete" },
	{ "make", "recipe -> makefile that runs all of these" },
	{ "update", "recipe -> its store brought up to date, for cron" },
	{ "status", "work folder -> how far its bake is" },
	{ "log", "work folder -> what each task did" },
	{ "why", "store, chunk -> the tasks and sources behind it" },
	{ "clean", "work folder -> nothing; the cache and the store if asked" },
	{ "slab", "values of a variable, read by the netCDF library" },
};

enum { NPROGRAMS = sizeof(programs) / sizeof(programs[0]) };

static int print_up_to_date(const struct compiled *c)
{
	printf("%s is up to date: %s\n", c->recipe.name, c->store);
	return 0;
}

static int dry_run(const struct bake *run, struct err *err)
{
	struct buf text = BUF_INIT;
	size_t n = 0;
	int r = bake_plan(run, &n, &text, err);

	if (r == 0 && n > 0)
		fwrite(text.data, 1, text.len, stdout);
	else if (r == 0)
		print_up_to_date(run->compiled);
	buf_release(&text);
	return r;
}

/* The exit code, or -1. */
static int bake_compiled(const struct compiled *c, struct err *err)
{
	const struct bake run = {
		.compiled = c,
		.name = "bake",
		.jobs = cfg.common.jobs,
		.keep_going = cfg.common.keep_going,
	};
	double begin = usage_seconds();
	struct buf text = BUF_INIT;
	struct bake_done done;
	int code;

	if (cfg.dry_run)
		return dry_run(&run, err);
	code = refresh_finish(c, err);
	if (code != 0)
		return code;
	if (bake_run(&run, &done, err) < 0)
		return -1;
	if (done.code != 0 || log_level() == LOG_QUIET)
		return done.code;
	if (done.ntasks == 0)
		return print_up_to_date(c);
	code = bake_describe(c, usage_seconds() - begin, &text, err);
	if (code == 0)
		printf("%s", text.data);
	buf_release(&text);
	return code;
}

static int bake(char **operands, struct err *err)
{
	struct compile_input in;
	struct arena arena = ARENA_INIT;
	struct compiled c;
	int r;

	if (options_read(&cfg.common, operands, &in, err) < 0)
		return -1;
	r = compile_open(&c, &arena, &in, err);
	if (r == 0)
		r = bake_compiled(&c, err);
	compile_close(&c);
	arena_release(&arena);
	return r;
}

static int overview(void)
{
	printf("pgf %s: many files into one data set\n\n"
	       "  pgf bake RECIPE       make the store of a recipe, or bring "
	       "it up to date\n"
	       "  pgf help [PROGRAM]    the manual of a program\n"
	       "  pgf PROGRAM ...       the same as pgf-PROGRAM ...\n\n"
	       "Programs, as they stand in a pipe:\n",
		PGF_VERSION);
	for (size_t i = 0; i < NPROGRAMS; i++)
		printf("  %-8s %s\n", programs[i].name, programs[i].summary);
	printf("\nTo begin with: man pgf-intro\n");
	return 0;
}

static bool is_program(const char *name)
{
	for (size_t i = 0; i < NPROGRAMS; i++)
		if (str_eq(programs[i].name, name))
			return true;
	return false;
}

static int unknown(const char *name, struct err *err)
{
	const char *known[NPROGRAMS + 3] = { "bake", "help" };
	const char *nearest;

	for (size_t i = 0; i < NPROGRAMS; i++)
		known[i + 2] = programs[i].name;
	nearest = str_nearest(name, known);
	if (nearest == NULL)
		return err_set(err, ERR_USAGE, "unknown command '%s'", name);
	return err_set(err, ERR_USAGE,
		"unknown command '%s': do you mean '%s'?", name, nearest);
}

/* Become a program beside this one. */
static int become(struct arena *a, const char *name, char **argv,
	struct err *err)
{
	const char *folder = programs_folder(a, err);
	char *path;

	if (folder == NULL)
		return -1;
	path = arena_strdup(a, programs_path(a, folder, name));
	argv[0] = path;
	execv(path, argv);
	return err_sys(err, "cannot run '%s'", path);
}

/* The page of an installed program, or of one in its build folder. */
static char *find_page(struct arena *a, const char *folder, const char *page)
{
	static const char *const places[] = { "../share/man", "../man" };

	for (size_t i = 0; i < 2; i++) {
		char *path = arena_printf(a, "%s/%s/man1/%s.1", folder,
			places[i], page);

		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

/* The manual if there is one and somebody to read it, else --help. */
static int help(struct arena *a, const char *name, struct err *err)
{
	const char *folder = programs_folder(a, err);
	char *argv[] = { NULL, NULL, NULL };
	const char *page;

	if (folder == NULL)
		return -1;
	if (!is_program(name) && !str_eq(name, "bake"))
		return unknown(name, err);
	page = str_eq(name, "bake") ? "pgf" : arena_printf(a, "pgf-%s", name);
	argv[0] = arena_strdup(a, "man");
	argv[1] = find_page(a, folder, page);
	if (argv[1] != NULL && isatty(STDOUT_FILENO))
		execvp("man", argv);
	argv[1] = arena_strdup(a, "--help");
	if (!str_eq(name, "bake"))
		return become(a, name, argv, err);
	argv[0] = arena_strdup(a, "pgf");
	return tool_begin(&spec, 2, argv, err);
}

/* pgf-plan has no such option, and what a bake would do is a plan, too. */
static bool is_dry_plan(int argc, char **argv)
{
	return str_eq(argv[0], "plan") && argc > 1 &&
		(str_eq(argv[1], "--dry-run") || str_eq(argv[1], "-n"));
}

/* argv[0] is the command.  The exit code, or -1. */
static int command(int argc, char **argv, struct err *err)
{
	struct arena a = ARENA_INIT;
	int r;

	if (str_eq(argv[0], "bake") || is_dry_plan(argc, argv)) {
		int first = tool_begin(&spec, argc, argv, err);

		return first < 0 ? -1 : bake(argv + first, err);
	}
	if (str_eq(argv[0], "help"))
		r = argc < 2 ? overview() : help(&a, argv[1], err);
	else if (is_program(argv[0]))
		r = become(&a, argv[0], argv, err);
	else
		r = unknown(argv[0], err);
	arena_release(&a);
	return r;
}

static int run(int argc, char **argv, struct err *err)
{
	int first = 1;

	if (argc > 1 && argv[1][0] != '-')
		return command(argc - 1, argv + 1, err);
	first = tool_begin(&spec, argc, argv, err);
	if (first < 0)
		return -1;
	return argv[first] ? unknown(argv[first], err) : overview();
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	char *none[] = { argv[0], NULL };
	int r = tool_begin(&spec, 1, none, &err);

	if (r >= 0)
		r = run(argc, argv, &err);
	return r > 0 ? r : tool_end(r, &err);
}
