/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metadata that cannot be read are somebody else's: to refuse a store of ours
 * costs an explanation, to take a foreign one costs its data.
 */
#include "store/owner.h"

#include <sys/stat.h>

#include "base/io.h"
#include "base/str.h"
#include "record/json.h"

enum { ROOT_MAX = 1 << 30 }; /* bytes; consolidated metadata is large */

static bool exists(struct arena *a, const char *path, const char *name)
{
	struct stat st;

	return stat(arena_printf(a, "%s/%s", path, name), &st) == 0;
}

static const struct js *document(struct arena *a, const char *path,
	const char *name)
{
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	const struct js *doc = NULL;

	if (io_read_file(arena_printf(a, "%s/%s", path, name), ROOT_MAX, &text,
		    &ignored) == 0 &&
		text.len > 0)
		doc = js_parse(a, text.data, text.len, &ignored);
	buf_release(&text);
	return doc;
}

struct owner owner_of(struct arena *a, const char *path)
{
	struct owner o = { OWNER_OTHER, NULL };

	if (exists(a, path, "zarr.json"))
		o.recipe = js_text(js_path(document(a, path, "zarr.json"),
			"attributes", "pgf_recipe", NULL));
	else if (exists(a, path, ".zgroup") || exists(a, path, ".zmetadata"))
		o.recipe =
			js_get_text(document(a, path, ".zattrs"), "pgf_recipe");
	else if (!exists(a, path, ".zarray"))
		o.kind = OWNER_NONE;
	if (o.recipe != NULL)
		o.kind = OWNER_RECIPE;
	return o;
}

int owner_check(const struct owner *o, const char *path, const char *recipe,
	struct err *err)
{
	if (o->kind == OWNER_OTHER)
		return err_set(err, ERR_DATA,
			"store '%.300s' is published already, and not by pgf: "
			"remove it, or choose another store",
			path);
	if (o->kind == OWNER_RECIPE && recipe != NULL &&
		!str_eq(o->recipe, recipe))
		return err_set(err, ERR_DATA,
			"store '%.300s' is published already by recipe "
			"'%.100s': remove it, or choose another store",
			path, o->recipe);
	return 0;
}
