/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asked before anything is made, so that a slip of the command line leaves nothing
 * behind.
 */
#include "build/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "build/claim.h"
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

char *places_named(struct arena *a, const char *work, const char *recipe)
{
	static const char hole[] = "{name}";
	const char *at = strstr(work, hole);

	if (at == NULL)
		return arena_strdup(a, work);
	return arena_printf(a, "%.*s%s%s", (int)(at - work), work, recipe,
		at + strlen(hole));
}

/* Where the work folder and the store are to be. */
int places_find(struct places *p, struct arena *a,
	const struct places_input *in, struct err *err)
{
	p->work = in->work ?
		absolute(a, NULL, places_named(a, in->work, in->recipe->name),
			err) :
		absolute(a, in->recipe->folder,
			arena_printf(a, ".pgf/%s", in->recipe->name), err);
	p->store = in->store ? absolute(a, NULL, in->store, err) :
			       in->recipe->target.store;
	p->cache = in->cache ? absolute(a, NULL, in->cache, err) : NULL;
	if (p->work == NULL || p->store == NULL ||
		(in->cache != NULL && p->cache == NULL))
		return -1;
	if (strpbrk(p->store, "\n\r") != NULL)
		return err_set(err, ERR_DATA,
			"store '%s' holds a line break: "
			"choose another with --store",
			p->store);
	if (p->cache != NULL && strpbrk(p->cache, "\n\r") != NULL)
		return err_set(err, ERR_DATA,
			"cache '%s' holds a line break: choose another",
			p->cache);
	if (p->cache != NULL && claim_is_inside(p->cache, p->store))
		return err_set(err, ERR_USAGE,
			"cache '%s' is in store '%s': choose another with "
			"--cache",
			p->cache, p->store);
	if (claim_is_inside(p->work, p->store))
		return err_set(err, ERR_USAGE,
			"work folder '%s' is in store "
			"'%s', which would be cleaned of it: choose another "
			"with --work",
			p->work, p->store);
	return 0;
}

/* What the options of a stage said when the folder was compiled last, or NULL. */
static const char *last_said(struct arena *a, const char *work,
	const char *conf, const char *member)
{
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	const char *known = NULL;

	if (io_read_file(arena_printf(a, "%s/%s", work, conf), 1 << 20, &text,
		    &ignored) == 0 &&
		text.len > 0)
		known = js_get_text(js_parse(a, text.data, text.len, &ignored),
			member);
	buf_release(&text);
	return known;
}

/* The store that conf.write names is one that we have begun to write. */
bool places_knows_store(const struct places *p, struct arena *a)
{
	const char *known = last_said(a, p->work, "conf.write", "store");

	return known != NULL && str_eq(known, p->store);
}

/* Once more, now that the folder is there: symbolic links have many names for
 * one place. */
static int check_inside(const struct places *p, struct err *err)
{
	char *real = realpath(p->store, NULL);
	bool inside = real != NULL && claim_is_inside(p->work, real);

	free(real);
	if (!inside)
		return 0;
	return err_set(err, ERR_USAGE,
		"work folder '%s' is in store '%s', which would be cleaned of "
		"it: choose another with --work",
		p->work, p->store);
}

/* Two recipes in one folder would take each other's work for out of date. */
static int check_recipe(const struct places *p, struct arena *a,
	const char *recipe, struct err *err)
{
	const char *name = last_said(a, p->work, "conf.seal", "name");

	if (name == NULL || str_eq(name, recipe))
		return 0;
	return err_set(err, ERR_DATA,
		"work folder '%s' is of recipe '%s': choose another with "
		"--work, which may have {name} in it, and share downloads with "
		"--cache",
		p->work, name);
}

int places_check(const struct places *p, struct arena *a, const char *recipe,
	struct err *err)
{
	return check_inside(p, err) < 0 ? -1 : check_recipe(p, a, recipe, err);
}
