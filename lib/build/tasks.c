/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A task depends on what its program reads, which is its own batch and the
 * options of its own stage, so that nothing else makes it run again.  Numbers
 * that only change how fast a stage goes are not among those options.
 */
#include "build/tasks.h"

#include "base/str.h"
#include "build/history.h"
#include "build/logins.h"
#include "build/programs.h"

struct maker {
	struct graph *g;
	const struct tasks_input *in;
	struct err *err;
	const struct pool *fetches, *writers; /* or NULL */
};

const char *tasks_file(struct arena *a, char folder, size_t batch,
	const char *ending)
{
	return arena_printf(a, "%c/%05zu%s", folder, batch, ending);
}

static void add_all(struct words *w, struct arena *a, const char *const *words)
{
	for (; *words != NULL; words++)
		words_add(w, a, *words);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A task of a stage, begun with its program: the only one, or one a batch. */
static struct task begin(const struct maker *m, const char *stage)
{
	const bool is_part = str_eq(stage, "facts"); /* of pgf-schema's work */
	struct task t = { .id = stage, .stage = stage };

	t.weight = m->in->nbatches;
	words_add(&t.argv, m->g->arena,
		programs_path(m->g->arena, m->in->programs,
			is_part ? "schema" : stage));
	if (is_part)
		add_all(&t.argv, m->g->arena, WORDS("--stage", stage));
	add_all(&t.argv, m->g->arena, WORDS("--ledger", HISTORY_FILE));
	return t;
}

static struct task begin_batch(const struct maker *m, const char *stage,
	size_t b)
{
	struct task t = begin(m, stage);

	t.id = arena_printf(m->g->arena, "%s-%05zu", stage, b);
	t.weight = m->in->batch_size;
	return t;
}

/* Of a task that asks for parts of files. */
static void add_recipe(struct task *t, const struct maker *m)
{
	if (!m->in->recipe->fetch.cache)
		add_all(&t->argv, m->g->arena, WORDS("-r", TASKS_RANGES));
}

/* Who asks, and how fast. */
static void add_access(struct task *t, const struct maker *m)
{
	struct arena *a = m->g->arena;
	const struct recipe_fetch *fetch = &m->in->recipe->fetch;

	if (!fetch->cache) {
		words_add(&t->argv, a, "--head");
		add_recipe(t, m);
		return;
	}
	add_all(&t->argv, a,
		WORDS("--cache", m->in->cache, "--per-host",
			arena_printf(a, "%lld", (long long)fetch->per_host),
			"--retries",
			arena_printf(a, "%lld", (long long)fetch->retries)));
	logins_add(&t->argv, a, &fetch->access,
		m->fetches != NULL ? m->fetches->depth : 1);
}

static int add_fetch(const struct maker *m, size_t b)
{
	struct arena *a = m->g->arena;
	const struct recipe_fetch *fetch = &m->in->recipe->fetch;
	struct task t = begin_batch(m, "fetch", b);
	const char *items = tasks_file(a, 'k', b, "");
	const char *files = tasks_file(a, 'f', b, "");
	const char *stamp = tasks_file(a, 'f', b, ".ok");

	add_access(&t, m);
	if (str_eq(fetch->unpack, "none"))
		words_add(&t.argv, a, "--no-unpack");
	if (str_eq(fetch->on_missing, "skip"))
		words_add(&t.argv, a, "--skip-missing");
	if (fetch->exec != NULL)
		add_all(&t.argv, a,
			WORDS("--exec", fetch->exec, "--exec-timeout",
				arena_printf(a, "%lld",
					(long long)fetch->exec_timeout)));
	if (fetch->digest)
		add_all(&t.argv, a, WORDS("--known", files));
	add_all(&t.argv, a, WORDS("-o", files, "--stamp", stamp, items));
	add_all(&t.inputs, a,
		WORDS(items, tasks_file(a, 'v', b, ""), "conf.fetch"));
	words_add(&t.outputs, a, files);
	t.stamp = stamp;
	t.pool = m->fetches;
	return graph_add(m->g, &t, m->err);
}

static int add_open(const struct maker *m, size_t b)
{
	struct arena *a = m->g->arena;
	struct task t = begin_batch(m, "open", b);
	const char *files = tasks_file(a, 'f', b, "");
	const char *datasets = tasks_file(a, 'o', b, "");

	t.stamp = tasks_file(a, 'o', b, ".ok");
	add_recipe(&t, m);
	add_all(&t.argv, a, WORDS("-o", datasets, "--stamp", t.stamp, files));
	add_all(&t.inputs, a, WORDS(files, "conf.open"));
	words_add(&t.outputs, a, datasets);
	return graph_add(m->g, &t, m->err);
}

static int add_partial(const struct maker *m, size_t b)
{
	struct arena *a = m->g->arena;
	struct task t = begin_batch(m, "facts", b);
	const char *datasets = tasks_file(a, 'o', b, "");
	const char *schema = tasks_file(a, 's', b, "");

	t.stamp = tasks_file(a, 's', b, ".ok");
	add_all(&t.argv, a,
		WORDS("--partial", "-o", schema, "--stamp", t.stamp, datasets));
	add_all(&t.inputs, a, WORDS(datasets, "conf.facts"));
	words_add(&t.outputs, a, schema);
	return graph_add(m->g, &t, m->err);
}

static void add_files(struct words *w, const struct maker *m, char folder)
{
	for (size_t b = 0; b < m->in->nbatches; b++)
		words_add(w, m->g->arena,
			tasks_file(m->g->arena, folder, b, ""));
}

/* What the items are is looked at for messages only, so they are no inputs. */
static int add_schema(const struct maker *m)
{
	struct arena *a = m->g->arena;
	struct task t = begin(m, "schema");

	t.stamp = "schema.ok";
	add_all(&t.argv, a,
		WORDS("-r", "conf.schema", "--items-from", "k.list",
			"--files-from", "s.list", "-o", "schema.json",
			"--stamp", t.stamp));
	add_all(&t.inputs, a, WORDS("s.list", "conf.facts", "conf.schema"));
	add_files(&t.inputs, m, 's');
	words_add(&t.outputs, a, "schema.json");
	return graph_add(m->g, &t, m->err);
}

/* The records go to r/; what is left for -o is an account of them, which appears
 * when all of them are there, and from which the next run goes on.  Receipts in w/ of
 * regions that have left their batch go, so that it is not written again. */
static int add_plan(const struct maker *m)
{
	struct arena *a = m->g->arena;
	struct task t = begin(m, "plan");

	t.stamp = "plan.ok";
	add_all(&t.argv, a,
		WORDS("-r", "conf.plan", "--schema", "schema.json", "--split",
			"r", "--since", t.stamp, "--receipts", "w",
			"--files-from", "o.list", "-o", t.stamp));
	add_all(&t.inputs, a, WORDS("schema.json", "conf.plan", "o.list"));
	add_files(&t.inputs, m, 'o');
	add_files(&t.outputs, m, 'r');
	return graph_add(m->g, &t, m->err);
}

static int add_write(const struct maker *m, size_t b)
{
	struct arena *a = m->g->arena;
	struct task t = begin_batch(m, "write", b);
	const char *regions = tasks_file(a, 'r', b, "");
	const char *receipts = tasks_file(a, 'w', b, "");

	uint64_t memory = m->in->recipe->run.memory;

	t.memory = memory;
	t.pool = m->writers;
	t.shares = true;
	if (memory > 0)
		add_all(&t.argv, a,
			WORDS("--memory",
				arena_printf(a, "%llu",
					(unsigned long long)memory)));
	add_recipe(&t, m);
	add_all(&t.argv, a, WORDS("-o", receipts, m->in->store, regions));
	add_all(&t.inputs, a, WORDS(regions, "conf.write"));
	words_add(&t.outputs, a, receipts);
	return graph_add(m->g, &t, m->err);
}

static int add_seal(const struct maker *m)
{
	struct arena *a = m->g->arena;
	struct task t = begin(m, "seal");

	add_all(&t.argv, a,
		WORDS("-r", "conf.seal", "--schema", "schema.json",
			"--withdraw", "--files-from", "w.list", "-o",
			"seal.json", m->in->store));
	add_all(&t.inputs, a, WORDS("schema.json", "conf.seal", "w.list"));
	add_files(&t.inputs, m, 'w');
	words_add(&t.outputs, a, "seal.json");
	return graph_add(m->g, &t, m->err);
}

static int add_each(const struct maker *m,
	int (*add)(const struct maker *, size_t))
{
	for (size_t b = 0; b < m->in->nbatches; b++)
		if (add(m, b) < 0)
			return -1;
	return 0;
}

int tasks_add(struct graph *g, const struct tasks_input *in, struct err *err)
{
	struct maker m = { .g = g, .in = in, .err = err };

	if (in->downloads)
		m.fetches = pool_of_fetches(g->arena,
			(uint64_t)in->recipe->fetch.per_host, in->batch_size);
	m.writers =
		pool_of_memory(g->arena, in->memory, in->recipe->run.memory);
	if (add_each(&m, add_fetch) < 0 || add_each(&m, add_open) < 0 ||
		add_each(&m, add_partial) < 0 || add_schema(&m) < 0 ||
		add_plan(&m) < 0 || add_each(&m, add_write) < 0)
		return -1;
	return add_seal(&m);
}
