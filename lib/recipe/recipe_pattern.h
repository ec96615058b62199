/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe_pattern: the member pattern of a recipe.
 */
#ifndef PGF_RECIPE_PATTERN_H
#define PGF_RECIPE_PATTERN_H

#include "recipe/pattern.h"
#include "recipe/recipe_members.h"

/* Read pattern; the field is a struct pattern_spec. */
member_fn recipe_pattern_read;

#endif
