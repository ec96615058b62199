/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_encoding: whether a piece is copied or converted.
 */
#ifndef PGF_PLAN_ENCODING_H
#define PGF_PLAN_ENCODING_H

#include "layout/layout.h"

/* The member "encoding" of a piece of a region: NULL if its bits are those of the
 * target.  Lives in the arena.  ERR_DATA: attributes that state no encoding, or
 * one that cannot be converted. */
struct plan_source {
	const struct dataset *dataset;
	const struct variable *var;
	/* plan_encoding_close: what plan_encoding_store gave */
	const struct js *store;
};
int plan_encoding(struct arena *a, const struct layout_var *want,
	const struct plan_source *have, const struct js **out,
	struct err *err) PGF_CHECKED;

/* The member "encoding" of a region whose variable is compared with other files:
 * what the numbers of the store mean, also where bits are copied; NULL for text.
 */
int plan_encoding_store(struct arena *a, const struct layout *l,
	const struct layout_var *v, const struct js **out,
	struct err *err) PGF_CHECKED;

/* What the numbers of a file mean that is compared with the store; NULL for
 * text.  ERR_DATA: they cannot be compared. */
int plan_encoding_close(struct arena *a, const struct layout_var *want,
	const struct plan_source *have, const struct js **out,
	struct err *err) PGF_CHECKED;

#endif
