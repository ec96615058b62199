/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe_target: the member target of a recipe: where and how to store.
 */
#ifndef PGF_RECIPE_TARGET_H
#define PGF_RECIPE_TARGET_H

#include "recipe/recipe_members.h"

struct recipe_target {
	const char *store;   /* absolute path, or NULL */
	int64_t zarr_format; /* 2 or 3 */
	bool consolidated;
	const char *separator; /* "/" or "." in the names of chunks; NULL: that
				* which is usual in the format */
	bool write_empty_chunks;
	struct js *chunks; /* for recipe_chunk, or NULL */
	struct js *shards; /* the same */
	struct js *codecs; /* list, "keep", {variable: either}, or NULL */
};

/* The table of members, for recipe.c; fields are of struct recipe_target. */
extern const struct member recipe_target_members[];

/* What concerns several members: codecs and shards that zarr_format cannot
 * have. */
int recipe_target_check(const struct reading *rd, const struct spot *at,
	const struct recipe_target *t) PGF_CHECKED;

/* The codecs that the recipe asks for var, each {"name":..,"configuration":..}
 * with defaults written out (but for blosc's typesize, which is the element
 * size unless given; bytes may be missing: it is the first then); NULL if it
 * does not say. */
const struct js *recipe_codecs(const struct recipe_target *t, const char *var);

/* True if chunks of var are to stay as the files have them, where they can:
 * recipe_codecs is NULL then. */
bool recipe_keeps(const struct recipe_target *t, const char *var);

#endif
