/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout_decide: a layout in the making, shared by the two files that make it.
 * For layout_decide.c and layout_var.c only.
 */
#ifndef PGF_LAYOUT_DECIDE_H
#define PGF_LAYOUT_DECIDE_H

#include "model/layout.h"

struct decider {
	struct arena *a;
	const struct schema *s;
	const struct recipe_combine *policy;
	struct layout *out;
	const char *merge; /* name of the dimension, or NULL */
	/* the variable in hand: the first file it is taken from, and whether it
	 * is no longer packed */
	struct spread_key first;
	bool unpacked;
};

/* The value of an answer. */
struct js *decider_value(struct decider *d, const char *text);

/* The length of a dimension in the store, which joins the layout's. */
int decider_dim(struct decider *d, const char *name, uint64_t *len,
	struct err *err) PGF_CHECKED;

/* The variable whose facts begin with facts[at]. */
int decider_var(struct decider *d, size_t at, struct layout_var *out,
	struct err *err) PGF_CHECKED;

/* The answer of the file, or NULL; of many, that of the first file if there is
 * none. */
const struct answer *decider_answer(const struct fact *f, struct spread_key k);

/* What the numbers of a variable mean: dtype, and if they are converted
 * encoding and the attributes that say it.  files: those it is taken from. */
int decider_encoding(struct decider *d, struct layout_var *v,
	const struct spread *files, struct err *err) PGF_CHECKED;

/* The attributes of variable v, or of the group if it is NULL, from facts[at]
 * on; files: those that have the variable. */
int decider_attrs(struct decider *d, size_t at, struct layout_var *v,
	const struct spread *files, struct err *err) PGF_CHECKED;

#endif
