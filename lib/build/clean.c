/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store goes first, its root metadata before all, so that it is not taken
 * for whole on its way out and the receipts, which say what is in it, outlive
 * it.  Removing whole folders was refused: people keep notes in strange places.
 */
#include "build/clean.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "build/claim.h"
#include "build/downloads.h"
#include "build/former.h"
#include "record/stream.h"
#include "store/array_key.h"
#include "store/tree.h"

struct cleaner {
	struct arena *arena;
	struct state state;
	const char *store, *recipe;
	struct js *arrays; /* names of those that were written */
	struct downloads downloads;
	struct downloads_owners owners;
	const char *root; /* being cleaned */
	bool (*is_ours)(const struct cleaner *c, const char *key);
	size_t removed;
};

static int remove_ours(void *state, const char *key, struct err *err)
{
	struct cleaner *c = state;

	if (!c->is_ours(c, key))
		return 0;
	c->removed++;
	return tree_remove(c->root, key, err);
}

/* Clean a folder; *left if something stays in it. */
static int clean_folder(struct cleaner *c, const char *root,
	bool (*is_ours)(const struct cleaner *, const char *), bool *left,
	struct err *err)
{
	const struct tree_walk walk = { root, "", true, remove_ours, c };

	c->root = root;
	c->is_ours = is_ours;
	if (tree_walk(&walk, err) < 0)
		return -1;
	*left = rmdir(root) < 0 && errno != ENOENT && errno != ENOTDIR;
	return 0;
}

static const char *base_of(const char *key)
{
	const char *slash = strrchr(key, '/');

	return slash ? slash + 1 : key;
}

static bool is_listed(const char *const *list, const char *name)
{
	while (*list != NULL && !str_eq(*list, name))
		list++;
	return *list != NULL;
}

static bool is_batch(const char *name)
{
	size_t n = strspn(name, "0123456789");

	return n >= 5 && (name[n] == '\0' || str_eq(name + n, ".ok"));
}

/* "conf.plan", "v-00001" */
static bool is_former(const char *name)
{
	return str_starts(name, "conf.") || str_ends(name, ".list") ||
		((name[0] == 'k' || name[0] == 'v') && name[1] == '-' &&
			is_batch(name + 2));
}

static bool is_of_work(const struct cleaner *c, const char *key)
{
	static const char *const names[] = { "recipe.mk", "recipe.ninja",
		".ninja_log", ".ninja_deps", "pool.fetch", "pool.memory",
		"schema.json", "schema.ok", "plan.ok", "seal.json", "ask.in",
		"ask.out", "ledger.ndjson", "ledger.ndjson.old", "conf.batch",
		"conf.facts", "conf.fetch", "conf.open", "conf.plan",
		"conf.ranges", "conf.schema", "conf.seal", "conf.write",
		"k.list", "o.list", "s.list", "w.list", "lock", NULL };

	(void)c;
	if (str_starts(key, FORMER_FOLDER "/"))
		return is_former(key + strlen(FORMER_FOLDER "/"));
	if (key[0] != '\0' && key[1] == '/')
		return strchr(STATE_FOLDERS, key[0]) != NULL &&
			(is_batch(key + 2) || io_is_temp_name(key + 2));
	return is_listed(names, key) || io_is_temp_name(key);
}

/* "lock"; of a cache that others use, what we name and no other. */
static bool is_of_cache(const struct cleaner *c, const char *key)
{
	char digest[DOWNLOADS_DIGEST];

	if (!c->downloads.is_shared && str_eq(key, "lock"))
		return true;
	if (!downloads_is_file(key, digest))
		return false;
	return !c->downloads.is_shared ||
		(names_find(&c->owners.ours, digest) != NULL &&
			names_find(&c->owners.others, digest) == NULL);
}

static bool is_root_document(const char *key)
{
	static const char *const names[] = { "zarr.json", ".zgroup", ".zattrs",
		".zmetadata", NULL };

	return is_listed(names, key);
}

static bool is_of_root(const struct cleaner *c, const char *key)
{
	(void)c;
	return is_root_document(key);
}

static bool is_of_store(const struct cleaner *c, const char *key)
{
	static const char *const documents[] = { "zarr.json", ".zarray",
		".zattrs", NULL };

	if (io_is_temp_name(base_of(key)))
		return true;
	for (void *it = js_first(c->arrays); it; it = js_next(c->arrays, it)) {
		const char *name = js_name(it);
		const char *rest = key + strlen(name) + 1;

		if (str_starts(key, name) && key[strlen(name)] == '/' &&
			(is_listed(documents, rest) || array_key_is_like(rest)))
			return true;
	}
	return false;
}

static struct js *read_file(const struct cleaner *c, const char *name)
{
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	struct js *doc = NULL;

	if (io_read_file(state_path(&c->state, name), 1 << 24, &text,
		    &ignored) == 0)
		doc = js_parse(c->arena, text.data ? text.data : "", text.len,
			&ignored);
	buf_release(&text);
	return doc;
}

static int note_receipts(void *state, const char *key, struct err *err)
{
	struct cleaner *c = state;
	const char *path = state_path(&c->state, key);
	struct arena one = ARENA_INIT;
	struct stream_in *in;
	struct js *rec;
	int got = 0;

	if (!is_batch(base_of(key)))
		return 0;
	in = stream_open(&path, 1);
	while ((got = stream_next(in, &one, &rec, err)) > 0) {
		const char *name =
			js_text(js_at(js_path(rec, "key", "vars", NULL), 0));

		if (name != NULL && js_get(c->arrays, name) == NULL)
			js_set(c->arrays, name, js_new_null(c->arena));
		arena_reset(&one);
	}
	stream_close(in);
	arena_release(&one);
	return got;
}

/* The arrays that were written: those of the seal and of the receipts. */
static int find_arrays(struct cleaner *c, struct err *err)
{
	const struct js *sealed = js_get(read_file(c, "seal.json"), "arrays");
	const struct tree_walk walk = { c->state.path, "w", true, note_receipts,
		c };

	c->arrays = js_new_object(c->arena);
	for (void *it = js_first(sealed); it; it = js_next(sealed, it))
		js_set(c->arrays, js_name(it), js_new_null(c->arena));
	return tree_walk(&walk, err);
}

/* Is it a work folder, and the store, if that is to go, still its? */
static int check(struct cleaner *c, const struct clean *how, struct err *err)
{
	struct claim_input claim = { .known = true };
	enum claim found;

	c->state = (struct state){ .path = how->work,
		.arena = c->arena,
		.lock = -1 };
	c->store = js_get_text(read_file(c, "conf.write"), "store");
	c->recipe = js_get_text(read_file(c, "conf.seal"), "name");
	if (c->store == NULL || c->recipe == NULL)
		return err_set(err, ERR_DATA,
			"'%s' is no work folder: it has no conf.write and "
			"conf.seal",
			how->work);
	if (!how->store)
		return 0;
	claim.path = c->store;
	claim.recipe = c->recipe;
	return claim_check(c->arena, &claim, &found, err);
}

static int clean_store(struct cleaner *c, bool *left, struct err *err)
{
	if (find_arrays(c, err) < 0 ||
		clean_folder(c, c->store, is_of_root, left, err) < 0)
		return -1;
	return clean_folder(c, c->store, is_of_store, left, err);
}

static int clean_cache(struct cleaner *c, bool *left, struct err *err)
{
	const struct downloads *d = &c->downloads;

	if (clean_folder(c, d->path, is_of_cache, left, err) < 0)
		return -1;
	/* Of a shared one no more was promised. */
	*left &= !d->is_shared;
	return downloads_leave(d, c->arena, c->state.path, err);
}

/* Before anything goes: is the cache free, and whose are its files? */
static int open_cache(struct cleaner *c, struct err *err)
{
	if (downloads_open_alone(&c->downloads, c->arena, c->state.path, err) <
		0)
		return -1;
	if (!c->downloads.is_shared)
		return 0;
	return downloads_owners(&c->downloads, c->arena, c->state.path,
		&c->owners, err);
}

int clean_run(struct arena *a, const struct clean *how, struct clean_done *out,
	struct err *err)
{
	struct cleaner c = { .arena = a, .downloads = DOWNLOADS_INIT };
	int r;

	*out = (struct clean_done){ .removed = 0 };
	if (check(&c, how, err) < 0 ||
		state_open(&c.state, a, how->work, err) < 0)
		return -1;
	r = how->cache ? open_cache(&c, err) : 0;
	if (r == 0 && how->store)
		r = clean_store(&c, &out->store_left, err);
	if (r == 0 && how->cache)
		r = clean_cache(&c, &out->cache_left, err);
	if (r == 0)
		r = clean_folder(&c, c.state.path, is_of_work, &out->work_left,
			err);
	for (const char *f = STATE_FOLDERS; r == 0 && *f != '\0'; f++)
		(void)rmdir(arena_printf(a, "%s/%c", c.state.path, *f));
	if (r == 0)
		out->work_left = rmdir(c.state.path) < 0 && errno != ENOENT;
	downloads_close(&c.downloads);
	state_close(&c.state);
	out->removed = c.removed;
	return r;
}
