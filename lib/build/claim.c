/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is published says who made it (store/owner); of what is not, only the
 * work folder knows whether this recipe has begun it.
 */
#include "build/claim.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "store/owner.h"

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

static int refuse(const char *path, struct err *err)
{
	return err_set(err, ERR_DATA,
		"store '%s' is not empty and was not made by this recipe: "
		"remove it, or choose another with --store",
		path);
}

int claim_check(struct arena *a, const struct claim_input *in, enum claim *out,
	struct err *err)
{
	int filled = has_content(in->path, err);
	struct owner owner;

	if (filled < 0)
		return -1;
	*out = CLAIM_MISSING;
	if (!filled)
		return 0;
	owner = owner_of(a, in->path);
	if (owner_check(&owner, in->path, in->recipe, err) < 0)
		return -1;
	*out = owner.kind == OWNER_RECIPE ? CLAIM_SEALED : CLAIM_UNSEALED;
	return *out == CLAIM_SEALED || in->known ? 0 : refuse(in->path, err);
}

bool claim_is_inside(const char *inner, const char *outer)
{
	size_t n = strlen(outer);

	return str_starts(inner, outer) &&
		(inner[n] == '\0' || inner[n] == '/' || str_eq(outer, "/"));
}
