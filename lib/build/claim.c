/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store itself says who made it: pgf-seal writes the name of the recipe
 * into the attribute "pgf_recipe" of the root.  A marker file of our own beside the
 * metadata was refused: readers and copies do not know it.
 */
#include "build/claim.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/str.h"
#include "record/json.h"

enum { ROOT_MAX = 1 << 28 }; /* bytes; consolidated metadata is large */

/* 1 if the folder holds anything, 0 if not or not there, -1. */
static int has_content(const char *path, struct err *err)
{
	DIR *dir = opendir(path);
	const struct dirent *e;
	int found = 0;

	if (dir == NULL && errno == ENOENT)
		return 0;
	if (dir == NULL && errno == ENOTDIR)
		return err_set(err, ERR_DATA,
			"store '%s' is not a folder: "
			"choose another with --store",
			path);
	if (dir == NULL)
		return err_sys(err, "cannot open folder '%s'", path);
	while (!found && (e = readdir(dir)) != NULL)
		found = !str_eq(e->d_name, ".") && !str_eq(e->d_name, "..");
	closedir(dir);
	return found;
}

static bool exists(struct arena *a, const char *path, const char *name)
{
	struct stat st;

	return stat(arena_printf(a, "%s/%s", path, name), &st) == 0;
}

/* The recipe that the root metadata in file NAME names, or NULL. */
static const char *maker_in(struct arena *a, const char *path, const char *name,
	bool nested)
{
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	struct js *doc = NULL;

	if (io_read_file(arena_printf(a, "%s/%s", path, name), ROOT_MAX, &text,
		    &ignored) == 0 &&
		text.len > 0)
		doc = js_parse(a, text.data, text.len, &ignored);
	buf_release(&text);
	if (nested)
		doc = js_get(doc, "attributes");
	return js_get_text(doc, "pgf_recipe");
}

static int refuse(const char *path, const char *maker, struct err *err)
{
	if (maker == NULL)
		return err_set(err, ERR_DATA,
			"store '%s' is not empty and was "
			"not made by this recipe: remove it, or choose another "
			"with --store",
			path);
	return err_set(err, ERR_DATA,
		"store '%s' was made by recipe '%s': "
		"remove it, or choose another with --store",
		path, maker);
}

int claim_check(struct arena *a, const struct claim_input *in, enum claim *out,
	struct err *err)
{
	int filled = has_content(in->path, err);
	const char *maker;

	if (filled < 0)
		return -1;
	*out = CLAIM_MISSING;
	if (!filled)
		return 0;
	*out = CLAIM_UNSEALED;
	if (exists(a, in->path, "zarr.json"))
		maker = maker_in(a, in->path, "zarr.json", true);
	else if (exists(a, in->path, ".zgroup"))
		maker = maker_in(a, in->path, ".zattrs", false);
	else if (exists(a, in->path, ".zarray"))
		maker = NULL;
	else
		return in->known ? 0 : refuse(in->path, NULL, err);
	if (maker == NULL || !str_eq(maker, in->recipe))
		return refuse(in->path, maker, err);
	*out = CLAIM_SEALED;
	return 0;
}

bool claim_is_inside(const char *inner, const char *outer)
{
	size_t n = strlen(outer);

	return str_starts(inner, outer) &&
		(inner[n] == '\0' || inner[n] == '/' || str_eq(outer, "/"));
}
