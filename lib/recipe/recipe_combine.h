/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe_combine: the member combine of a recipe: what to do where files differ.
 */
#ifndef PGF_RECIPE_COMBINE_H
#define PGF_RECIPE_COMBINE_H

#include "recipe/recipe_packing.h"

struct recipe_time {
	const char *units;    /* "days since ..", or NULL: the first file's */
	const char *calendar; /* keep */
	const char *months;   /* udunits, or NULL: they have no length */
};

/* What may differ between files in a variable without the concat dimension. */
struct recipe_static {
	const char *policy; /* equal, close, first */
	double tolerance;   /* of close: finite, not negative */
};

/* Words are those of the recipe (pgf-recipe(5)). */
struct recipe_combine {
	struct recipe_packing packing;
	const char *attrs;            /* drop, first, error */
	const char *units;            /* error, convert */
	struct recipe_static statics; /* member static */
	const char *order;            /* increasing, decreasing, any */
	const char *gaps;             /* allow, warn, error */
	struct recipe_time time;
	const char *missing_variable; /* error, fill */
	struct js *attrs_add;         /* {name: value}, or NULL */
};

/* What holds where a recipe does not say. */
extern const struct recipe_combine recipe_combine_default;

/* The table of members, for recipe.c; fields are of struct recipe_combine. */
extern const struct member recipe_combine_members[];

/* The whole section, defaults written out. */
struct js *recipe_combine_to_json(struct arena *a,
	const struct recipe_combine *c);

#endif
