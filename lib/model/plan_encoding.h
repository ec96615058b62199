/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_encoding: whether a piece is copied or converted.
 */
#ifndef PGF_PLAN_ENCODING_H
#define PGF_PLAN_ENCODING_H

#include "model/layout.h"

/* The member "encoding" of a piece of a region: NULL if its bits are those of the
 * target.  Lives in the arena.  ERR_DATA: attributes that state no encoding, or
 * one that cannot be converted. */
struct plan_source {
	const struct dataset *dataset;
	const struct variable *var;
};
int plan_encoding(struct arena *a, const struct layout_var *want,
	const struct plan_source *have, const struct js **out,
	struct err *err) PGF_CHECKED;

#endif
