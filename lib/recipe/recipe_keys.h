/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe_keys: the keys of a dimension in a recipe.
 */
#ifndef PGF_RECIPE_KEYS_H
#define PGF_RECIPE_KEYS_H

#include "recipe/pattern_dim.h"
#include "recipe/recipe_members.h"

enum { RECIPE_MAX_KEYS = 10000000 };

/* Read dates {start, stop, step, calendar, skip}, values (a list or a mapping)
 * and range {start, stop, step}; the field is a struct pattern_dim, of which
 * they set keys, n and what belongs to the kind. */
member_fn recipe_dates_read;
member_fn recipe_values_read;
member_fn recipe_range_read;

#endif
