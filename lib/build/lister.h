/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lister: what a recipe needs from the network before its items are known.
 *
 * Asked for by pgf-list, as a process of its own, so that programs that read
 * recipes need no library for the network.
 */
#ifndef PGF_LISTER_H
#define PGF_LISTER_H

#include "recipe/recipe.h"

/* Read the listing of a recipe's pattern, if it has one, into pattern.found, or a
 * list that is behind a URL into pattern.local; all lives in the arena.  ERR_DATA, ERR_TEMP: as pgf-list says, with the place of the
 * member. */
int lister_fill(struct arena *a, struct recipe *r, struct err *err) PGF_CHECKED;

#endif
