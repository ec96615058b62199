/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owner: who published a store.
 *
 * pgf replaces objects and removes orphans, so it must never touch a store that
 * something else has made.  The store itself says who did: pgf-seal writes the
 * name of the recipe into the attribute "pgf_recipe" of the root.  A marker
 * file of our own beside the metadata was refused: copies do not know it.
 */
#ifndef PGF_OWNER_H
#define PGF_OWNER_H

#include "base/err.h"
#include "base/mem.h"

enum owner_kind {
	OWNER_NONE,   /* not published: no root metadata, or no folder */
	OWNER_RECIPE, /* published by pgf */
	OWNER_OTHER,  /* published by something else, or not to be read */
};

struct owner {
	enum owner_kind kind;
	const char *recipe; /* OWNER_RECIPE: its name */
};

/* Look at the root metadata of the store at path, Zarr v3 or v2. */
struct owner owner_of(struct arena *a, const char *path);

/* Refuse (ERR_DATA, with the remedy) a store that is published, but not by the
 * recipe of that name; NULL: not by any recipe of pgf. */
int owner_check(const struct owner *o, const char *path, const char *recipe,
	struct err *err) PGF_CHECKED;

#endif
