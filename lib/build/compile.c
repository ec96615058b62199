/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pattern is walked twice, once to count, because the size of a batch
 * follows from the number of items and a million of them are not to be held.
 *
 * What is in the work folder is compared, never trusted for its times: a file
 * that would not change keeps its time, and make does the rest.
 */
#include "build/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/str.h"
#include "base/version.h"
#include "build/history.h"
#include "build/lister.h"
#include "build/machine.h"
#include "build/places.h"
#include "build/programs.h"
#include "build/tasks.h"
#include "build/touched.h"
#include "net/bundle_name.h"
#include "net/local.h"
#include "net/url.h"
#include "record/json_write.h"

/* Members that pgf-schema, pgf-plan and pgf-seal read: a change elsewhere in
 * the recipe does not run them again. */
static const char *const schema_members[] = { "name", "combine", NULL };
static const char *const plan_members[] = {
	"name",
	"target.zarr_format",
	"target.chunks",
	"target.shards",
	"target.codecs",
	"target.separator",
	"target.write_empty_chunks",
	"run.memory",
	NULL,
};
static const char *const seal_members[] = {
	"name",
	"title",
	"description",
	"license",
	"keywords",
	"provenance",
	"maintainers",
	"target.zarr_format",
	"target.chunks",
	"target.shards",
	"target.codecs",
	"target.separator",
	"target.consolidated",
	NULL,
};

/* What says how parts of files are asked for; how, not which, so no task depends
 * on it. */
static const char *const ranges_members[] = { "name", "fetch", NULL };

/* Items whose size is asked for. */
enum { SAMPLE = 100 };

enum { THERE = 1, MISSING = 0, DOWNLOAD = 2 };

/* Of a local file. */
struct found {
	const char *path;
	struct stat st;
};

/* Whether a file is local and there; -1: it has no place. */
static int stat_local(struct arena *a, const struct js *item, struct found *p,
	struct err *err)
{
	const char *text = js_get_text(item, "url");
	struct bundle_name name;
	struct url url;

	if (text == NULL || bundle_name_split(a, text, &name, err) < 0 ||
		url_parse(a, name.container, &url, err) < 0)
		return -1;
	if (url.kind != URL_LOCAL)
		return DOWNLOAD;
	p->path = url.path;
	return stat(url.path, &p->st) == 0 ? THERE : MISSING;
}

/* Count an item, and its bytes while few are known. */
static int count_item(struct arena *a, const struct js *item,
	struct state_load *load, struct err *err)
{
	struct found p;
	int local = MISSING;

	if (load->nitems++ < SAMPLE)
		local = stat_local(a, item, &p, err);
	load->downloads |= local == DOWNLOAD;
	if (local == THERE)
		load->bytes += (uint64_t)p.st.st_size;
	return local;
}

/* Count the items, and ask the first local ones how large they are. */
static int count_items(struct compiled *c, uint64_t prune, struct err *err)
{
	struct state_load *load = &c->load;
	struct arena one = ARENA_INIT;
	struct pattern *p = pattern_open(&c->recipe.pattern, prune, err);
	uint64_t known = 0;
	struct js *item;
	int got = -1, local = 0;

	if (p == NULL)
		return -1;
	while (local >= 0 && (got = pattern_next(p, &one, &item, err)) > 0) {
		local = count_item(&one, item, load, err);
		known += local == THERE;
		arena_reset(&one);
	}
	arena_release(&one);
	pattern_close(p);
	load->asked = (size_t)c->recipe.run.batch;
	load->bytes = known ? load->bytes / known + 1 : 0;
	return local < 0 ? -1 : got;
}

/* A batch being filled. */
struct batch {
	const struct compiled *c;
	struct arena one; /* dies with the item */
	struct buf items, local;
	struct touched touched;
	size_t n, number;
};

/* A Zarr store, by all that is in it. */
static int add_listing(struct batch *b, const char *path, struct err *err)
{
	struct js *file = local_store(&b->one, path, true, err);

	if (file == NULL)
		return -1;
	buf_addf(&b->local, "%s\n", js_get_text(file, "listing"));
	return 0;
}

/* "SIZE SECONDS.NANOSECONDS" of a local file, so that a file that has been
 * replaced is seen; "-" for all others, and for one that is not there. */
static int add_validator(struct batch *b, const struct js *item,
	struct err *err)
{
	struct found p;
	int local = stat_local(&b->one, item, &p, err);

	if (local < 0)
		return -1;
	if (local != THERE) {
		buf_adds(&b->local, "-\n");
		return 0;
	}
	if (S_ISDIR(p.st.st_mode) && local_is_store(p.path))
		return add_listing(b, p.path, err);
	buf_addf(&b->local, "%lld %lld.%09ld\n", (long long)p.st.st_size,
		(long long)p.st.st_mtim.tv_sec, p.st.st_mtim.tv_nsec);
	return 0;
}

static int end_batch(struct batch *b, struct err *err)
{
	const struct state *s = &b->c->state;
	int keeps;

	if (b->n == 0)
		return 0;
	keeps = touched_keeps(&b->touched, b->number, &b->items, &b->local,
		err);
	if (keeps < 0 ||
		state_put_later(s, tasks_file(s->arena, 'k', b->number, ""),
			&b->items, err) < 0 ||
		(!keeps &&
			state_put_later(s,
				tasks_file(s->arena, 'v', b->number, ""),
				&b->local, err) < 0))
		return -1;
	buf_reset(&b->items);
	buf_reset(&b->local);
	b->n = 0;
	b->number++;
	return 0;
}

/* What is packed can be read only from where it was unpacked. */
static int check_packed(struct arena *a, const struct recipe_fetch *fetch,
	const struct js *item, struct err *err)
{
	const char *text = js_get_text(item, "url");
	struct bundle_name name;

	if (fetch->cache || str_eq(fetch->unpack, "none") || text == NULL)
		return 0;
	if (bundle_name_split(a, text, &name, err) < 0)
		return -1;
	if (name.kind == BUNDLE_NONE)
		return 0;
	return err_set(err, ERR_DATA,
		"'%s' is packed: leave out 'cache: false' from 'fetch', as it "
		"must be unpacked into a cache",
		url_show(a, text));
}

static int add_item(struct batch *b, size_t size, const struct js *item,
	struct err *err)
{
	js_write(&b->items, item, JS_RECORD);
	buf_addc(&b->items, '\n');
	if (check_packed(&b->one, &b->c->recipe.fetch, item, err) < 0 ||
		add_validator(b, item, err) < 0)
		return -1;
	return ++b->n == size ? end_batch(b, err) : 0;
}

static int fill_batches(struct batch *b, struct pattern *p, size_t size,
	struct err *err)
{
	struct js *item;
	int got;

	while ((got = pattern_next(p, &b->one, &item, err)) > 0) {
		if (add_item(b, size, item, err) < 0)
			return -1;
		arena_reset(&b->one);
	}
	return got < 0 ? -1 : end_batch(b, err);
}

static int put_batches(struct compiled *c, uint64_t prune, struct err *err)
{
	struct batch b = { .c = c,
		.touched = { &c->state,
			c->recipe.fetch.digest ? TOUCHED_MOST : 0 } };
	struct pattern *p;
	int r;

	if (state_batch_size(&c->state, &c->load, &c->batch_size, err) < 0)
		return -1;
	p = pattern_open(&c->recipe.pattern, prune, err);
	if (p == NULL)
		return -1;
	r = fill_batches(&b, p, c->batch_size, err);
	pattern_close(p);
	arena_release(&b.one);
	buf_release(&b.items);
	buf_release(&b.local);
	c->nbatches = b.number;
	if (r < 0 || state_flush(&c->state, err) < 0)
		return -1;
	return state_prune(&c->state, c->nbatches, err);
}

/* Options of a stage, as one line of JSON. */
static int put_conf(const struct compiled *c, const char *name,
	const struct js *conf, struct err *err)
{
	struct buf text = BUF_INIT;
	int r;

	js_write(&text, conf, JS_DOCUMENT);
	buf_addc(&text, '\n');
	r = state_put_later(&c->state, name, &text, err);
	buf_release(&text);
	return r;
}

static struct js *one_member(struct arena *a, const char *name,
	const char *value)
{
	struct js *obj = js_new_object(a);

	js_set_text(obj, name, value);
	return obj;
}

/* What changes the files that come out; no member for what is usual. */
static struct js *fetch_conf(const struct compiled *c)
{
	const struct recipe_fetch *fetch = &c->recipe.fetch;
	const char *cache = c->cache ? c->cache : "cache";
	struct js *conf = fetch->cache ? one_member(c->arena, "cache", cache) :
					 js_new_object(c->arena);

	if (!str_eq(fetch->unpack, "auto"))
		js_set_text(conf, "unpack", fetch->unpack);
	if (!fetch->digest)
		js_set(conf, "digest", js_new_bool(c->arena, false));
	if (!str_eq(fetch->on_missing, "error"))
		js_set_text(conf, "on_missing", fetch->on_missing);
	if (fetch->exec != NULL)
		js_set_text(conf, "exec", fetch->exec);
	return conf;
}

/* A new version opens all files again, since it may see more in them; it does
 * not write chunks again, since their bytes follow from their records. */
static int put_confs(const struct compiled *c, struct err *err)
{
	struct arena *a = c->arena;
	const struct js *version = one_member(a, "pgf", PGF_VERSION);

	if (put_conf(c, "conf.fetch", fetch_conf(c), err) < 0)
		return -1;
	if (!c->recipe.fetch.cache &&
		put_conf(c, TASKS_RANGES,
			recipe_to_json(a, &c->recipe, ranges_members), err) < 0)
		return -1;
	if (put_conf(c, "conf.open", version, err) < 0 ||
		put_conf(c, "conf.facts", version, err) < 0)
		return -1;
	if (put_conf(c, "conf.schema",
		    recipe_to_json(a, &c->recipe, schema_members), err) < 0)
		return -1;
	if (put_conf(c, "conf.plan",
		    recipe_to_json(a, &c->recipe, plan_members), err) < 0)
		return -1;
	if (put_conf(c, "conf.write", one_member(a, "store", c->store), err) <
		0)
		return -1;
	return put_conf(c, "conf.seal",
		recipe_to_json(a, &c->recipe, seal_members), err);
}

static int put_list(const struct compiled *c, char folder, struct err *err)
{
	struct buf text = BUF_INIT;
	char name[] = "?.list";
	int r;

	name[0] = folder;
	for (size_t b = 0; b < c->nbatches; b++)
		buf_addf(&text, "%c/%05zu\n", folder, b);
	r = state_put_later(&c->state, name, &text, err);
	buf_release(&text);
	return r;
}

int compile_print(const struct compiled *c, const struct printer *printer,
	struct buf *out, struct err *err)
{
	const struct graph_head head = {
		.name = c->recipe.name,
		.work = c->state.path,
		.file = printer->file,
		.goal = "seal.json",
	};

	if (printer->print(&c->graph, &head, out, err) < 0)
		return -1;
	return printer->file ? state_put(&c->state, printer->file, out, err) :
			       0;
}

static int put_pools(const struct compiled *c, struct err *err)
{
	const struct graph *g = &c->graph;
	struct buf turns = BUF_INIT;
	int r = 0;

	for (size_t i = 0; i < g->npools && r == 0; i++) {
		buf_reset(&turns);
		pool_turns(g->pools[i], &turns);
		r = state_put(&c->state, pool_file(c->arena, g->pools[i]),
			&turns, err);
	}
	buf_release(&turns);
	return r;
}

static int put_makefile(struct compiled *c, struct err *err)
{
	const struct tasks_input in = {
		.recipe = &c->recipe,
		.programs = programs_folder(c->arena, err),
		.store = c->store,
		.cache = c->cache ? c->cache : "cache",
		.nbatches = c->nbatches,
		.batch_size = c->batch_size,
		.memory = machine_memory(),
		.downloads = c->load.downloads,
	};
	const struct printer *make = printer_find("make", err);
	struct buf text = BUF_INIT;
	int r = -1;

	c->graph.arena = c->arena;
	if (in.programs != NULL && make != NULL &&
		tasks_add(&c->graph, &in, err) == 0 && put_pools(c, err) == 0)
		r = compile_print(c, make, &text, err);
	buf_release(&text);
	return r;
}

/* What the store has lost must be made again. */
static int compare_store(struct compiled *c, enum claim claim, struct err *err)
{
	if (claim == CLAIM_MISSING)
		return state_withdraw(&c->state, err);
	if (claim == CLAIM_UNSEALED)
		return state_remove(&c->state, "seal.json", err);
	return 0;
}

/* Tasks append to the ledger only if it is there. */
static int begin_ledger(const struct compiled *c, struct err *err)
{
	if (state_has(&c->state, HISTORY_FILE))
		return 0;
	return io_touch(state_path(&c->state, HISTORY_FILE), err);
}

int compile_fill(struct compiled *c, struct err *err)
{
	if (begin_ledger(c, err) < 0 || put_batches(c, c->prune, err) < 0 ||
		put_confs(c, err) < 0 || put_list(c, 'k', err) < 0 ||
		put_list(c, 's', err) < 0 || put_list(c, 'o', err) < 0 ||
		put_list(c, 'w', err) < 0 || state_flush(&c->state, err) < 0 ||
		compare_store(c, c->claim, err) < 0)
		return -1;
	return put_makefile(c, err);
}

int compile_lock(struct compiled *c, struct arena *a,
	const struct compile_input *in, struct err *err)
{
	const struct recipe_input recipe = {
		.path = in->recipe,
		.sets = in->sets,
		.need = in->store ? RECIPE_NEEDS_PATTERN :
				    RECIPE_NEEDS_PATTERN | RECIPE_NEEDS_TARGET,
	};
	const struct places_input wanted = { &c->recipe, in->store, in->work,
		in->cache };
	struct claim_input claim;
	struct places places;

	*c = (struct compiled){ .arena = a,
		.prune = in->prune,
		.state = STATE_INIT,
		.downloads = DOWNLOADS_INIT };
	if (recipe_read(a, &recipe, &c->recipe, err) < 0 ||
		lister_fill(a, &c->recipe, err) < 0 ||
		places_find(&places, a, &wanted, err) < 0 ||
		count_items(c, in->prune, err) < 0)
		return -1;
	c->store = places.store;
	c->cache = places.cache;
	claim = (struct claim_input){ c->store, c->recipe.name,
		places_knows_store(&places, a) };
	if (claim_check(a, &claim, &c->claim, err) < 0 ||
		state_open(&c->state, a, places.work, err) < 0)
		return -1;
	places.work = c->state.path;
	if (places_check(&places, a, c->recipe.name, err) < 0)
		return -1;
	return downloads_open(&c->downloads, a, c->cache, c->state.path, err);
}

int compile_open(struct compiled *c, struct arena *a,
	const struct compile_input *in, struct err *err)
{
	if (compile_lock(c, a, in, err) < 0)
		return -1;
	return compile_fill(c, err);
}

void compile_close(struct compiled *c)
{
	downloads_close(&c->downloads);
	state_close(&c->state);
}
