/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe_packing: the member combine.packing of a recipe: a word for all
 * variables, or for each a word or the packing that it is to have.
 */
#ifndef PGF_RECIPE_PACKING_H
#define PGF_RECIPE_PACKING_H

#include "model/encoding.h"
#include "recipe/recipe_members.h"

/* What is said of one variable. */
struct recipe_packing_of {
	const char *name;
	const char *word;   /* unpack, repack, error; NULL: this packing */
	struct dtype dtype; /* integers */
	struct encoding encoding; /* scale, offset and missing value */
	struct js *text;          /* as the recipe has it */
};

struct recipe_packing {
	const char *rest; /* the word for all others */
	size_t n;
	struct recipe_packing_of *of;
};

/* Reads a struct recipe_packing. */
member_fn recipe_packing_read;

/* As it was read, defaults written out. */
struct js *recipe_packing_to_json(struct arena *a,
	const struct recipe_packing *p);

/* What is said of that variable by its name, or NULL. */
const struct recipe_packing_of *recipe_packing_find(
	const struct recipe_packing *p, const char *var);

#endif
