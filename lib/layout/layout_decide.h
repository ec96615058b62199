/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout_decide: a layout in the making, shared by the two files that make it.
 * For layout_decide.c and layout_var.c only.
 */
#ifndef PGF_LAYOUT_DECIDE_H
#define PGF_LAYOUT_DECIDE_H

#include "layout/decision.h"
#include "model/encoding.h"
#include "layout/layout.h"

struct decider {
	struct arena *a;
	const struct schema *s;
	const struct recipe_combine *policy;
	struct layout *out;
	struct decision_list told;
	/* the variable in hand: the first file it is taken from, and whether its
	 * numbers are packed no longer, or otherwise, and since which one */
	struct spread_key first, recoded_at;
	bool recoded;
	/* and, if it is a time in all files, its units in the store */
	const char *time_units;
	/* or, if several spellings or units became one, that */
	const char *data_units;
	/* the first place that no file fills */
	struct spread_key hole;
	/* static, and taken from the first file: its type, units and packing
	 * whatever the others have */
	bool first_only;
};

/* The value of an answer. */
struct js *decider_value(struct decider *d, const char *text);

/* The length of a dimension in the store, which joins the layout's; any: files
 * may differ about it, and that length is known. */
int decider_dim(struct decider *d, const char *name, bool any, uint64_t *len,
	struct err *err) PGF_CHECKED;

/* If the variable is one of chars, the greatest length of its last dimension,
 * which is a width and may differ between files; false: it is no width. */
bool decider_width(struct decider *d, const char *var, const char *dim,
	uint64_t *len);

/* If lists of dimensions differ in nothing but the width of text: the answer of
 * all files, the list with the widest; else NULL. */
const struct answer *decider_text_dims(struct decider *d, const char *var);

/* Do all files have text?  Then its type, the widest; facts[at] is the first of
 * the variable. */
bool decider_is_text(struct decider *d, const char *var);
int decider_text(struct decider *d, size_t at, struct layout_var *v,
	const struct spread *files, struct err *err) PGF_CHECKED;

/* The variable whose facts begin with facts[at]. */
int decider_var(struct decider *d, size_t at, struct layout_var *out,
	struct err *err) PGF_CHECKED;

/* The answer of the file, or NULL; of many, that of the first file if there is
 * none. */
const struct answer *decider_answer(const struct fact *f, struct spread_key k);

/* The facts on what the numbers of one variable mean, and the files whose
 * answers count. */
struct meaning {
	const struct fact *dtype, *packing, *missing, *unpacked, *time;
	const struct spread *files;
	const char *packing_word; /* combine.packing */
	struct err *err;
};

/* Number of answers that those files give; of many, that there are several. */
size_t decider_count(const struct fact *f, const struct spread *files);

/* The type that an answer names. */
struct dtype decider_dtype(struct decider *d, const struct answer *x);

/* The missing values of the first file that has any, as far as they fit t. */
void decider_missing(struct decider *d, const struct meaning *m, struct dtype t,
	struct encoding *e);

/* The type that holds what any file has, once unpacked. */
struct promotion {
	bool any, packed; /* packed: at least one is that of unpacked reals */
	struct dtype t;
};
struct promotion decider_promote(struct decider *d, const struct meaning *m);

/* Make e the target's encoding, and set the attributes that say so; real: the
 * type of scale and offset. */
void decider_encode(struct decider *d, struct layout_var *v,
	const struct encoding *e, struct dtype real);

/* Pack the variable as the recipe states. */
int decider_stated(struct decider *d, const struct meaning *m,
	const struct recipe_packing_of *asked,
	struct layout_var *v) PGF_CHECKED;

/* ERR_DATA: combine.packing names a variable that the layout has not, or packs
 * text. */
int decider_check_packing(const struct decider *d, struct err *err) PGF_CHECKED;

/* The variable whose bounds that one holds in some file, or NULL. */
const char *decider_bounded(struct decider *d, const char *var);

/* The first file that has a variable. */
struct spread_key decider_first(struct decider *d, const char *var);

/* Times: 1 if the variable is re-encoded, 0 if it is as the files have it. */
int decider_time(struct decider *d, const struct meaning *m,
	struct layout_var *v) PGF_CHECKED;

/* Units of what is no time: 1 if they are converted, 0 if not. */
int decider_units(struct decider *d, const struct meaning *m,
	struct layout_var *v) PGF_CHECKED;

/* What the numbers of a variable mean: dtype, and if they are converted
 * encoding and the attributes that say it.  files: those it is taken from. */
int decider_encoding(struct decider *d, struct layout_var *v,
	const struct spread *files, struct err *err) PGF_CHECKED;

/* Order and gaps of the coordinates of the concat dimensions, when all variables
 * are decided. */
int decider_axes(struct decider *d, struct err *err) PGF_CHECKED;

/* The attributes of variable v, or of the group if it is NULL, from facts[at]
 * on; files: those that have the variable. */
int decider_attrs(struct decider *d, size_t at, struct layout_var *v,
	const struct spread *files, struct err *err) PGF_CHECKED;

/* Set the names, numbers of files and lengths of the layout's concat
 * dimensions.  ERR_DATA: a member without a file at some place, a position
 * whose files have different lengths or none: the lengths along several
 * dimensions must form a product. */
int decider_concat(struct decider *d, struct err *err) PGF_CHECKED;

/* What members there are and where: each must have files at all places along the
 * concat dimensions that its files have, unless the policy is to fill.  One whose
 * files all lack a dimension stands for all positions along it, if others have
 * it.  ERR_DATA: no file, or only some of a member's have a dimension. */
int decider_files(struct decider *d, struct err *err) PGF_CHECKED;

/* Tell which files have no variable, as those that were skipped.  ERR_DATA: all
 * of them. */
int decider_absent(struct decider *d, struct err *err) PGF_CHECKED;

/* May places have no file, or files not all variables? */
bool decider_fills(const struct decider *d);

/* The first place along the dimensions of keep that the member of k has not in
 * the spread; false if there is none. */
bool decider_hole(const struct layout *l, unsigned keep,
	const struct spread *have, struct spread_key *k);

/* The sum of the lengths along a concat dimension. */
int decider_sum(const struct layout_concat *c, uint64_t *total,
	struct err *err) PGF_CHECKED;

/* Set v->from, whose dims are known, among the files that have the variable:
 * for each place along its concat dimensions the first of them.  ERR_DATA: a
 * place without one, unless the policy is to fill it. */
int decider_from(struct decider *d, struct layout_var *v,
	const struct answer *found, struct err *err) PGF_CHECKED;

/* Give the files, for each place of the variable that is not given yet, the
 * first of them, which joins out. */
void decider_give(struct decider *d, const struct layout_var *v,
	const struct spread *files, struct spread *given, struct spread *out);

/* Set v->close, v->from being known: among the files that have the variable one
 * for each other set of values at a place.  ERR_DATA: more of those than are
 * compared, or a file of which it is not known. */
int decider_close(struct decider *d, struct layout_var *v,
	const struct spread *files, struct err *err) PGF_CHECKED;

/* The variable whose units say what the times of var are: itself, or the one
 * whose bounds it holds. */
const char *decider_time_owner(struct decider *d, const char *var);

/* Where places of the variable are filled: its missing value, which is declared
 * if the files declare none (encoding and attributes are known). */
int decider_fill(struct decider *d, struct layout_var *v,
	struct err *err) PGF_CHECKED;

#endif
