/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf: the front door.  Compiles a recipe, has make run it, and says in one
 * line what came of it; finds the other programs and their manuals.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "base/version.h"
#include "build/compile.h"
#include "build/programs.h"
#include "build/run.h"
#include "record/tool.h"

static struct {
	const char *store, *work;
	int64_t jobs, prune;
	bool keep_going;
	struct opt_list sets;
} cfg;

static const struct opt opts[] = {
	{ OPT_TEXT, 0, "store", "DIR", &cfg.store,
		"store to write, instead of the recipe's target.store" },
	{ OPT_TEXT, 0, "work", "DIR", &cfg.work,
		"work folder; default: .pgf/NAME beside the recipe" },
	{ OPT_COUNT, 'j', "jobs", "N", &cfg.jobs,
		"run N tasks at once; default: run.jobs, or one a processor" },
	{ OPT_COUNT, 0, "prune", "N", &cfg.prune,
		"only the first N keys of each concat dimension" },
	{ OPT_LIST, 0, "set", "MEMBER=VALUE", &cfg.sets,
		"override a member below target, fetch or run" },
	{ OPT_FLAG, 'k', "keep-going", NULL, &cfg.keep_going,
		"after a failure, finish what does not depend on it" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf",
	.summary = "bake many files into one store",
	.synopsis = "bake [--store DIR] [--work DIR] [-j N] [--prune N] "
		    "[--set MEMBER=VALUE] [-kqv] RECIPE",
	.opts = opts,
	.more = tool_options,
};

/* In the order of the pipe, stages first. */
static const struct program {
	const char *name, *summary;
	bool is_stage;
} programs[] = {
	{ "expand", "recipe -> items: which files there are", false },
	{ "fetch", "items -> files: a verified local copy of each", true },
	{ "open", "files -> datasets: their metadata and chunk tables", true },
	{ "schema", "datasets -> one schema: what they add up to", true },
	{ "plan", "datasets -> regions: who contributes to which chunk", true },
	{ "write", "regions -> chunks in the store, and receipts", true },
	{ "seal", "receipts -> metadata: the store is complete", true },
	{ "make", "recipe -> makefile that runs all of these", false },
	{ "slab", "values of a variable, read by the netCDF library", false },
};

enum { NPROGRAMS = sizeof(programs) / sizeof(programs[0]) };

/* What a bake shows while it runs. */
struct progress {
	struct arena *arena;
	size_t done[NPROGRAMS], wanted[NPROGRAMS];
	struct words failed;
	struct timespec begin;
	bool is_live, is_drawn;
};

static double seconds_since(const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - begin->tv_sec) +
		(double)(now.tv_nsec - begin->tv_nsec) / 1e9;
}

static void clear_line(struct progress *p)
{
	if (p->is_drawn)
		fputs("\r\033[K", stderr);
	p->is_drawn = false;
}

static void draw_line(struct progress *p)
{
	fputs("\r\033[K", stderr);
	for (size_t i = 0; i < NPROGRAMS; i++) {
		size_t all =
			p->wanted[i] > p->done[i] ? p->wanted[i] : p->done[i];

		if (programs[i].is_stage && all > 0)
			fprintf(stderr, "%s %zu/%zu  ", programs[i].name,
				p->done[i], all);
	}
	if (p->failed.n > 0)
		fprintf(stderr, "failed %zu  ", p->failed.n);
	fprintf(stderr, "%.0f s", seconds_since(&p->begin));
	fflush(stderr);
	p->is_drawn = true;
}

static void count_task(size_t counts[NPROGRAMS], const char *stage)
{
	for (size_t i = 0; i < NPROGRAMS; i++)
		counts[i] += str_eq(programs[i].name, stage);
}

static void show_line(struct progress *p, const char *line)
{
	clear_line(p);
	fprintf(stderr, "%s\n", line);
}

static void on_event(void *state, enum run_event what, const char *text)
{
	struct progress *p = state;

	switch (what) {
	case RUN_TASK:
		count_task(p->done, text);
		break;
	case RUN_COMMAND:
	case RUN_NOISE:
		if (log_level() == LOG_VERBOSE)
			show_line(p, text);
		break;
	case RUN_LINE:
		show_line(p, text);
		break;
	case RUN_DIED:
		clear_line(p);
		log_error("%s", text);
		break;
	case RUN_FAILED:
		words_add(&p->failed, p->arena, arena_strdup(p->arena, text));
		break;
	case RUN_TICK:
		if (p->is_live)
			draw_line(p);
		break;
	}
}

/* What a dry run would do; approximate, since make cannot know beforehand which
 * outputs will not change. */
static void on_dry_event(void *state, enum run_event what, const char *text)
{
	struct progress *p = state;

	if (what == RUN_TASK)
		count_task(p->wanted, text);
}

static int64_t choose_jobs(const struct recipe *r)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (cfg.jobs > 0)
		return cfg.jobs;
	if (r->run.jobs > 0)
		return r->run.jobs;
	return n > 0 ? n : 1;
}

static int run_graph(const struct compiled *c, struct progress *p,
	struct run_result *res, struct err *err)
{
	struct run run = {
		.work = c->state.path,
		.file = COMPILE_MAKEFILE,
		.jobs = choose_jobs(&c->recipe),
		.keep_going = cfg.keep_going,
		.event = on_dry_event,
		.state = p,
	};
	int r;

	if (p->is_live) {
		run.dry = true;
		if (run_make(&run, res, err) < 0)
			return -1;
		run.dry = false;
	}
	run.event = on_event;
	r = run_make(&run, res, err);
	/* The seal found objects missing and has withdrawn their receipts:
	 * make, started again, writes them. */
	if (r == 0 && res->code == ERR_TEMP && res->nfailed == 1 &&
		res->signal == 0 && str_eq(res->last_failed, "seal.json")) {
		p->failed.n = 0;
		r = run_make(&run, res, err);
	}
	clear_line(p);
	return r;
}

static void print_bytes(double n)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	size_t i = 0;

	while (n >= 1000 && i + 1 < sizeof(units) / sizeof(units[0])) {
		n /= 1000;
		i++;
	}
	printf(", %.*f %s", i > 0 && n < 100, n, units[i]);
}

/* "work: 40 chunks copied, 8 decoded, ..": the sum of all receipts. */
static void print_work(const struct js *work)
{
	const struct js *modes = js_get(work, "modes");
	double in = 0, out = 0, seconds = 0, peak = 0;
	const char *sep = "work: ";

	for (void *it = js_first(modes); it; it = js_next(modes, it)) {
		int64_t n = 0;

		js_i64(js_member(it), &n);
		printf("%s%" PRId64 " chunks by %s", sep, n, js_name(it));
		sep = ", ";
	}
	js_real(js_get(work, "bytes_in"), &in);
	js_real(js_get(work, "bytes_out"), &out);
	js_real(js_get(work, "seconds"), &seconds);
	js_real(js_get(work, "peak"), &peak);
	print_bytes(in);
	printf(" read");
	print_bytes(out);
	printf(" written, %.1f s of writers", seconds);
	print_bytes(peak);
	printf(" the largest\n");
}

/* "NAME: time 12, lat 90, 4 variables, 48 chunks, 3.2 MB, 4.1 s: STORE", and what
 * the work was */
static int print_summary(const struct compiled *c, const struct progress *p,
	struct err *err)
{
	struct buf text = BUF_INIT;
	struct js *s = NULL;
	const struct js *dims;
	const char *sep = ": ";
	int64_t chunks;
	double bytes;

	if (io_read_file(state_path(&c->state, "seal.json"), 1 << 24, &text,
		    err) == 0)
		s = js_parse(c->arena, text.data ? text.data : "", text.len,
			err);
	buf_release(&text);
	if (s == NULL)
		return -1;
	printf("%s", c->recipe.name);
	dims = js_get(s, "dims");
	for (void *it = js_first(dims); it; it = js_next(dims, it)) {
		int64_t n = 0;

		js_i64(js_member(it), &n);
		printf("%s%s %" PRId64, sep, js_name(it), n);
		sep = ", ";
	}
	printf(", %zu variables", js_count(js_get(s, "arrays")));
	if (js_i64(js_get(s, "chunks"), &chunks))
		printf(", %" PRId64 " chunks", chunks);
	if (js_real(js_get(s, "bytes"), &bytes))
		print_bytes(bytes);
	printf(", %.1f s: %s\n", seconds_since(&p->begin), c->store);
	if (js_count(js_path(s, "work", "modes", NULL)) > 0)
		print_work(js_get(s, "work"));
	return 0;
}

static void report_failures(const struct progress *p,
	const struct run_result *res)
{
	if (res->nfailed < 2)
		return;
	log_error("%zu tasks have failed, from '%s' to '%s': run again to try "
		  "just these",
		res->nfailed, p->failed.at[0], res->last_failed);
}

/* The exit code, or -1. */
static int bake_compiled(const struct compiled *c, struct err *err)
{
	struct progress p = {
		.arena = c->arena,
		.is_live = isatty(STDERR_FILENO) && log_level() == LOG_NORMAL,
	};
	struct run_result res;

	clock_gettime(CLOCK_MONOTONIC, &p.begin);
	if (run_graph(c, &p, &res, err) < 0)
		return -1;
	if (res.signal != 0) {
		signal(res.signal, SIG_DFL);
		raise(res.signal);
	}
	if (res.code != 0) {
		report_failures(&p, &res);
		return res.code;
	}
	if (log_level() == LOG_QUIET)
		return 0;
	if (res.ntasks > 0)
		return print_summary(c, &p, err);
	printf("%s is up to date: %s\n", c->recipe.name, c->store);
	return 0;
}

static int bake(char **operands, struct err *err)
{
	const struct compile_input in = {
		.recipe = operands[0],
		.sets = &cfg.sets,
		.store = cfg.store,
		.work = cfg.work,
		.prune = (uint64_t)cfg.prune,
	};
	struct arena arena = ARENA_INIT;
	struct compiled c;
	int r;

	if (operands[0] == NULL || operands[1] != NULL)
		return err_set(err, ERR_USAGE, "one recipe is wanted");
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

/* argv[0] is the command.  The exit code, or -1. */
static int command(int argc, char **argv, struct err *err)
{
	struct arena a = ARENA_INIT;
	int r;

	if (str_eq(argv[0], "bake")) {
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
