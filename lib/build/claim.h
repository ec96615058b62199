/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claim: whether a store may be written to.
 *
 * A bake replaces objects and removes orphans, so it must never touch a folder
 * that something else has filled.
 */
#ifndef PGF_CLAIM_H
#define PGF_CLAIM_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

enum claim {
	CLAIM_MISSING,  /* nothing there, or an empty folder */
	CLAIM_UNSEALED, /* chunks, but no metadata of the whole */
	CLAIM_SEALED,   /* published by this recipe */
};

/* What is at path (absolute), for the recipe of that name.  Refused with
 * ERR_DATA: what is no folder; a store that another recipe or program has
 * published; a folder with anything in it, unless it is known, that is, this
 * recipe has begun to write there before. */
struct claim_input {
	const char *path, *recipe;
	bool known;
};
int claim_check(struct arena *a, const struct claim_input *in, enum claim *out,
	struct err *err) PGF_CHECKED;

/* True if path inner (absolute, existing or not) is outer or below it. */
bool claim_is_inside(const char *inner, const char *outer);

#endif
