/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sweeping first and publishing then, the other order, was refused: between
 * the two a reader of the old metadata would be given fill values for chunks
 * that had just gone.
 */
#include "store/seal.h"

#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "format/zarr_meta.h"
#include "model/region.h"
#include "store/array_key.h"
#include "store/owner.h"
#include "store/store_dir.h"
#include "store/tree.h"

/* Names of arrays that go; removed when they are gone. */
static const char note[] = ".pgf-leaving";

static const size_t most_bytes = (size_t)1 << 30;

/* A document of the store, parsed; NULL and no error if there is none. */
static struct js *read_document(struct arena *a, const char *store,
	const char *key, struct err *err)
{
	struct buf text = BUF_INIT;
	struct js *doc = NULL;
	const char *path = arena_printf(a, "%s/%s", store, key);
	uint64_t size;
	int r = tree_size(store, key, &size, err);

	if (r > 0)
		r = io_read_file(path, most_bytes, &text, err);
	else if (r == 0)
		return NULL;
	if (r >= 0)
		doc = js_parse(a, text.len ? text.data : "", text.len, err);
	buf_release(&text);
	if (doc == NULL)
		err_in(err, "'%s'", path);
	return doc;
}

static bool is_array(const struct js *doc)
{
	const char *type = js_get_text(doc, "node_type");

	return type == NULL || str_eq(type, "array");
}

/* Names of the arrays in consolidated metadata of either format. */
static void add_names(struct arena *a, const struct js *documents,
	struct js *names)
{
	for (void *it = js_first(documents); it; it = js_next(documents, it)) {
		const char *key = js_name(it);
		bool v2 = str_ends(key, "/.zarray");

		if (v2 || (strchr(key, '.') == NULL && is_array(js_member(it))))
			js_add_text(names,
				arena_strndup(a, key,
					strlen(key) -
						(v2 ? strlen("/.zarray") : 0)));
	}
}

int seal_look(struct arena *a, const char *store, const char *recipe,
	struct seal_old *out, struct err *err)
{
	const struct owner owner = owner_of(a, store);
	struct js *leaving, *root, *all;

	out->arrays = js_new_list(a);
	if (owner_check(&owner, store, recipe, err) < 0)
		return -1;
	leaving = read_document(a, store, note, err);
	root = read_document(a, store, "zarr.json", err);
	all = read_document(a, store, ".zmetadata", err);
	if (err->kind != ERR_NONE)
		return -1;
	for (size_t i = 0; i < js_count(leaving); i++)
		if (js_text(js_at(leaving, i)) != NULL)
			js_add(out->arrays, js_at(leaving, i));
	add_names(a, js_path(root, "consolidated_metadata", "metadata", NULL),
		out->arrays);
	add_names(a, js_get(all, "metadata"), out->arrays);
	return 0;
}

static bool is_current(const struct arrays *arrays, const char *name)
{
	for (size_t i = 0; i < arrays->n; i++)
		if (str_eq(arrays->at[i].name, name))
			return true;
	return false;
}

static int put(struct store_dir *s, const char *key, const struct js *doc,
	struct err *err)
{
	struct buf text = BUF_INIT;
	int r;

	zarr_meta_text(&text, doc);
	r = store_dir_put(s, key, text.data, text.len, err);
	buf_release(&text);
	return r;
}

/* The names are noted before the metadata that had them go. */
static int put_note(struct arena *a, struct store_dir *s,
	const struct seal_new *new, const struct seal_old *old, struct err *err)
{
	struct js *leaving = js_new_list(a);

	for (size_t i = 0; i < js_count(old->arrays); i++) {
		const char *name = js_text(js_at(old->arrays, i));

		if (region_name_is_safe(name) && !is_current(new->arrays, name))
			js_add_text(leaving, name);
	}
	if (js_count(leaving) == 0)
		return 0;
	if (put(s, note, leaving, err) < 0)
		return -1;
	return store_dir_flush(s, err);
}

static int put_all(struct arena *a, struct store_dir *s,
	const struct seal_new *new, const struct seal_old *old, struct err *err)
{
	if (put_note(a, s, new, old, err) < 0)
		return -1;
	for (void *it = js_first(new->of_arrays); it;
		it = js_next(new->of_arrays, it))
		if (put(s, js_name(it), js_member(it), err) < 0)
			return -1;
	if (store_dir_flush(s, err) < 0)
		return -1;
	for (void *it = js_first(new->of_root); it;
		it = js_next(new->of_root, it))
		if (put(s, js_name(it), js_member(it), err) < 0 ||
			store_dir_flush(s, err) < 0)
			return -1;
	return 0;
}

int seal_publish(struct arena *a, const char *store, const struct seal_new *new,
	const struct seal_old *old, struct err *err)
{
	struct store_dir *s = store_dir_open(store);
	int r = put_all(a, s, new, old, err);

	store_dir_close(s);
	return r;
}

struct sweeper {
	const char *store;
	const struct seal_new *new;
	const char *name;          /* of the array; NULL: the root */
	const struct array *array; /* NULL: one that left */
	uint64_t n;
};

static bool is_document(const char *rest)
{
	static const char *const names[] = { "zarr.json", ".zarray", ".zattrs",
		".zgroup", ".zmetadata" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_eq(names[i], rest))
			return true;
	return false;
}

static bool is_orphan(const struct sweeper *s, const char *key)
{
	const char *rest = s->name ? key + strlen(s->name) + 1 : key;
	const char *slash = strrchr(key, '/');
	uint64_t k;

	if (io_is_temp_name(slash ? slash + 1 : key))
		return true;
	if (is_document(rest))
		return js_get(s->new->of_arrays, key) == NULL &&
			js_get(s->new->of_root, key) == NULL;
	if (s->name == NULL || !array_key_is_like(rest))
		return false;
	return s->array == NULL || !array_key_number(s->array, key, &k);
}

static int sweep_file(void *state, const char *key, struct err *err)
{
	struct sweeper *s = state;

	if (!is_orphan(s, key))
		return 0;
	s->n++;
	return tree_remove(s->store, key, err);
}

static int sweep_folder(struct sweeper *s, struct err *err)
{
	const struct tree_walk walk = {
		.root = s->store,
		.below = s->name ? s->name : "",
		.deep = s->name != NULL,
		.fn = sweep_file,
		.state = s,
	};

	return tree_walk(&walk, err);
}

/* The documents at the root first: what they name is about to go. */
int seal_sweep(struct arena *a, const char *store, const struct seal_new *new,
	uint64_t *n, struct err *err)
{
	struct sweeper s = { .store = store, .new = new };
	struct js *leaving = read_document(a, store, note, err);

	if (err->kind != ERR_NONE || sweep_folder(&s, err) < 0)
		return -1;
	for (size_t i = 0; i < new->arrays->n; i++) {
		s.array = &new->arrays->at[i];
		s.name = s.array->name;
		if (sweep_folder(&s, err) < 0)
			return -1;
	}
	s.array = NULL;
	for (size_t i = 0; i < js_count(leaving); i++) {
		s.name = js_text(js_at(leaving, i));
		if (s.name != NULL && region_name_is_safe(s.name) &&
			!is_current(new->arrays, s.name) &&
			sweep_folder(&s, err) < 0)
			return -1;
	}
	*n = s.n;
	return leaving ? tree_remove(store, note, err) : 0;
}
