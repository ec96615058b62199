/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe_listing: the member pattern.listing of a recipe.
 */
#ifndef PGF_RECIPE_LISTING_H
#define PGF_RECIPE_LISTING_H

#include "recipe/pattern_spec.h"
#include "recipe/recipe_members.h"

/* Read spec->listing, of which spec->dims are known. */
int recipe_listing_read(const struct reading *rd, const struct spot *at,
	struct pattern_spec *spec) PGF_CHECKED;

#endif
