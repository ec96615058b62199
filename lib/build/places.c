/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asked before anything is made, so that a slip of the command line leaves nothing
 * behind.
 */
#include "build/places.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "build/claim.h"
#include "build/history.h"
#include "record/json.h"

static char *absolute(struct arena *a, const char *base, const char *path,
	struct err *err)
{
	struct buf text = BUF_INIT;
	char *copy = NULL;

	if (io_absolute(base, path, &text, err) == 0)
		copy = arena_strndup(a, text.data, text.len);
	buf_release(&text);
	return copy;
}

const char *places_said(struct arena *a, const char *work, const char *conf,
	const char *member)
{
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	const char *said = NULL;

	if (io_read_file(arena_printf(a, "%s/%s", work, conf), 1 << 20, &text,
		    &ignored) == 0 &&
		text.len > 0)
		said = js_get_text(js_parse(a, text.data, text.len, &ignored),
			member);
	buf_release(&text);
	return said;
}

/* A work folder is not taken for a place. */
static int check_place(struct arena *a, const char *place, struct err *err)
{
	const char *name = places_said(a, place, "conf.seal", "name");

	if (name == NULL)
		return 0;
	return err_set(err, ERR_DATA,
		"'%s' is the work folder of recipe '%s': give --work the "
		"folder that it is in, or another",
		place, name);
}

static int check_line(const char *what, const char *path, const char *option,
	struct err *err)
{
	if (strpbrk(path, "\n\r") == NULL)
		return 0;
	return err_set(err, ERR_DATA,
		"%s '%s' holds a line break: choose another with %s", what,
		path, option);
}

static int check_outside(const char *what, const char *path, const char *store,
	const char *option, struct err *err)
{
	if (!claim_is_inside(path, store))
		return 0;
	return err_set(err, ERR_USAGE,
		"%s '%s' is in store '%s', which would be cleaned of it: "
		"choose another with %s",
		what, path, store, option);
}

static int check_inside(const struct places *p, const char *store,
	struct err *err)
{
	if (check_outside("work folder", p->work, store, "--work", err) < 0)
		return -1;
	return p->cache == NULL ?
		0 :
		check_outside("cache", p->cache, store, "--cache", err);
}

/* Where the work folder and the store are to be. */
int places_find(struct places *p, struct arena *a,
	const struct places_input *in, struct err *err)
{
	const char *place = in->work ?
		absolute(a, NULL, in->work, err) :
		absolute(a, in->recipe->folder, ".pgf", err);

	p->store = in->store ? absolute(a, NULL, in->store, err) :
			       in->recipe->target.store;
	p->cache = in->cache ? absolute(a, NULL, in->cache, err) : NULL;
	if (place == NULL || p->store == NULL ||
		(in->cache != NULL && p->cache == NULL))
		return -1;
	p->work = arena_printf(a, "%s/%s", place, in->recipe->name);
	if (check_place(a, place, err) < 0 ||
		check_line("store", p->store, "--store", err) < 0 ||
		(p->cache != NULL &&
			check_line("cache", p->cache, "--cache", err) < 0))
		return -1;
	return check_inside(p, p->store, err);
}

/* The store that conf.write names is one that we have begun to write. */
bool places_knows_store(const struct places *p, struct arena *a)
{
	const char *known = places_said(a, p->work, "conf.write", "store");

	return known != NULL && str_eq(known, p->store);
}

/* A folder may have been renamed. */
static int check_recipe(const struct places *p, struct arena *a,
	const char *recipe, struct err *err)
{
	const char *name = places_said(a, p->work, "conf.seal", "name");

	if (name == NULL || str_eq(name, recipe))
		return 0;
	return err_set(err, ERR_DATA,
		"work folder '%s' is of recipe '%s': choose another place with "
		"--work",
		p->work, name);
}

int places_check(const struct places *p, struct arena *a, const char *recipe,
	struct err *err)
{
	/* Symbolic links have many names for one place. */
	char *real = realpath(p->store, NULL);
	int r = real ? check_inside(p, real, err) : 0;

	free(real);
	return r < 0 ? -1 : check_recipe(p, a, recipe, err);
}

char *places_above(struct arena *a, const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	return n > 0 ? arena_strndup(a, path, n) : arena_strdup(a, ".");
}

static bool is_work(struct arena *a, const char *path)
{
	return access(arena_printf(a, "%s/conf.seal", path), F_OK) == 0 ||
		access(arena_printf(a, "%s/" HISTORY_FILE, path), F_OK) == 0;
}

static int compare(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

void places_list(struct arena *a, const char *path, struct words *out)
{
	size_t n = strlen(path);
	const struct dirent *e;
	DIR *dir;

	while (n > 1 && path[n - 1] == '/')
		n--;
	path = arena_strndup(a, path, n);
	if (is_work(a, path)) {
		words_add(out, a, path);
		return;
	}
	dir = opendir(path);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		const char *below = arena_printf(a, "%s/%s", path, e->d_name);

		if (e->d_name[0] != '.' && is_work(a, below))
			words_add(out, a, below);
	}
	if (dir != NULL)
		closedir(dir);
	if (out->n > 0)
		qsort(out->at, out->n, sizeof(*out->at), compare);
}

const char *places_one(struct arena *a, const char *path, struct err *err)
{
	struct words found = WORDS_INIT;

	places_list(a, path, &found);
	if (found.n == 0)
		return path;
	if (found.n == 1)
		return found.at[0];
	err_set(err, ERR_DATA,
		"'%s' holds the work folders of %zu recipes: name one of them, "
		"such as '%s'",
		path, found.n, found.at[0]);
	return NULL;
}
