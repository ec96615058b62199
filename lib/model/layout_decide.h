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

/* Set the names, numbers of files and lengths of the layout's concat
 * dimensions.  ERR_DATA: a member without a file at some place, a position
 * whose files have different lengths or none: the lengths along several
 * dimensions must form a product. */
int decider_concat(struct decider *d, struct err *err) PGF_CHECKED;

/* The sum of the lengths along a concat dimension. */
int decider_sum(const struct layout_concat *c, uint64_t *total,
	struct err *err) PGF_CHECKED;

/* Set v->from, whose dims are known, among the files that have the variable:
 * for each place along its concat dimensions the first of them.  ERR_DATA: a
 * place without one. */
int decider_from(struct decider *d, struct layout_var *v,
	const struct answer *found, struct err *err) PGF_CHECKED;

#endif
