/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout: what the store is to be, decided once, from all facts.
 *
 * A layout is made from a schema or refused; refusals name the variable, what
 * differs, two files and how many, and the remedy.  It does not know chunks or
 * codecs, which come from the recipe (model/array).  Everything lives in the
 * arena it was made with.
 */
#ifndef PGF_LAYOUT_H
#define PGF_LAYOUT_H

#include "model/dataset.h"
#include "model/recipe_combine.h"
#include "model/schema.h"

/* count files in a row with len elements each. */
struct length_run {
	uint64_t count, len;
};

struct layout_var {
	const char *name;
	unsigned ndim;
	const char **dims;
	uint64_t *shape;
	struct dtype dtype;
	int concat_axis;        /* -1: static, the same in all files */
	struct spread_key from; /* static: the file it is taken from; else
				 * the member whose files have it */
	struct js *attrs, *attr_dtypes;
	/* NULL: all files mean the same by the same bits; else what the target
	 * means (model/encoding), and what means something else is converted */
	struct js *encoding;
};

struct layout {
	const char *concat; /* name of the dimension, or NULL */
	size_t nlengths;
	struct length_run *lengths; /* in order of position */
	uint64_t nfiles; /* positions along concat; 1 if there is none */
	unsigned ndims;
	struct dim *dims; /* of the variables, by name */
	struct js *attrs, *attr_dtypes;
	unsigned nvars;
	struct layout_var *vars; /* by name */
	struct js *decisions;    /* list: model/decision */
};

/* Decide, by the policies of a recipe.  ERR_DATA: the files cannot be one data
 * set, or not by these policies. */
int layout_decide(struct arena *a, const struct schema *s,
	const struct recipe_combine *policy, struct layout *out,
	struct err *err) PGF_CHECKED;

/* The member "layout" of a schema record.  Reading checks everything a hostile
 * record could get wrong: names, ranks, sums and products that do not fit. */
struct js *layout_to_json(struct arena *a, const struct layout *l);
int layout_from_json(struct arena *a, const struct js *v, struct layout *out,
	struct err *err) PGF_CHECKED;

const struct layout_var *layout_var(const struct layout *l, const char *name);
const struct dim *layout_dim(const struct layout *l, const char *name);

#endif
