/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logins: what a recipe says of who asks and how fast, as options of the programs
 * that ask.  They name variables of the environment, which the programs read.
 */
#ifndef PGF_LOGINS_H
#define PGF_LOGINS_H

#include "build/graph.h"
#include "recipe/recipe_access.h"

/* Append the options; the rate is shared by so many programs at once. */
void logins_add(struct words *w, struct arena *a,
	const struct recipe_access *access, uint64_t share);

#endif
