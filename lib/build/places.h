/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places: where the work folder, the store and the cache of a recipe are.
 */
#ifndef PGF_PLACES_H
#define PGF_PLACES_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"
#include "recipe/recipe.h"

struct places_input {
	const struct recipe *recipe;
	const char *store; /* path, or NULL: what the recipe says */
	const char *work;  /* path (places_named), or NULL: .pgf/NAME beside
			    * the recipe */
	const char *cache; /* path, or NULL: cache in the work folder */
};

/* Absolute paths, in an arena. */
struct places {
	const char *store, *work, *cache; /* cache: or NULL */
};

/* A path for many recipes: {name} in it is that of the recipe. */
char *places_named(struct arena *a, const char *work, const char *recipe);

/* ERR_USAGE: they are inside of each other. */
int places_find(struct places *p, struct arena *a,
	const struct places_input *in, struct err *err) PGF_CHECKED;

/* True if the work folder is one that has begun to write this store. */
bool places_knows_store(const struct places *p, struct arena *a);

/* Once more, now that the work folder is there and its path has no links.
 * ERR_DATA: it is of another recipe. */
int places_check(const struct places *p, struct arena *a, const char *recipe,
	struct err *err) PGF_CHECKED;

#endif
