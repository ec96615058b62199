/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places: where the work folder, the store and the cache of a recipe are.
 *
 * A place is for the work of many recipes: PLACE/NAME is the work folder of recipe
 * NAME.
 */
#ifndef PGF_PLACES_H
#define PGF_PLACES_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"
#include "build/graph.h"
#include "recipe/recipe.h"

struct places_input {
	const struct recipe *recipe;
	const char *store; /* path, or NULL: what the recipe says */
	const char *work; /* path of a place, or NULL: .pgf beside the recipe */
	const char *cache; /* path, or NULL: cache in the work folder */
};

/* Absolute paths, in an arena. */
struct places {
	const char *store, *work, *cache; /* cache: or NULL */
};

/* ERR_USAGE: they are inside of each other. */
int places_find(struct places *p, struct arena *a,
	const struct places_input *in, struct err *err) PGF_CHECKED;

/* True if the work folder is one that has begun to write this store. */
bool places_knows_store(const struct places *p, struct arena *a);

/* Once more, now that the work folder is there and its path has no links.
 * ERR_DATA: it is of another recipe. */
int places_check(const struct places *p, struct arena *a, const char *recipe,
	struct err *err) PGF_CHECKED;

/* The path of the folder that a path is in: "." of a bare name. */
char *places_above(struct arena *a, const char *path);

/* What a stage's options say in a work folder, such as the store in conf.write; NULL
 * if there is no such thing. */
const char *places_said(struct arena *a, const char *work, const char *conf,
	const char *member);

/* The work folders at path, sorted: it, if it is one, else those in it. */
void places_list(struct arena *a, const char *path, struct words *out);

/* The only one, for who wants one; path, if there is none.  NULL with ERR_DATA if
 * there are several. */
const char *places_one(struct arena *a, const char *path,
	struct err *err) PGF_CHECKED;

#endif
