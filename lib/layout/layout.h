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
#include "recipe/recipe_combine.h"
#include "schema/schema.h"

/* count files in a row with len elements each. */
struct length_run {
	uint64_t count, len;
};

/* A dimension along which files are laid end to end. */
struct layout_concat {
	const char *name;
	uint64_t nfiles; /* positions */
	size_t nlengths;
	struct length_run *lengths; /* in order of position */
};

struct layout_var {
	const char *name;
	unsigned ndim;
	const char **dims;
	uint64_t *shape;
	struct dtype dtype;
	int *concat;     /* of each axis: its number in layout.concat, or -1 */
	int concat_axis; /* the first along a concat dimension; -1: static,
			     * the same in all files */
	struct spread from; /* the files it is taken from: for each place
			     * along its concat dimensions at most one */
	uint64_t nmissing;  /* places that have none: they are filled */
	/* Files with other values at the same places, one for each set of values:
	 * when written, no cell may be more than the tolerance away, in the
	 * units of the store.  Empty: all are equal, or need not be. */
	struct spread close;
	double tolerance;
	struct js *attrs, *attr_dtypes;
	/* NULL: all files mean the same by the same bits; else what the target
	 * means (model/encoding), and what means something else is converted */
	struct js *encoding;
	uint64_t *chunk_shape; /* of the chunks in all files, > 0; NULL: they
				* do not agree, or have none that could stay */
};

struct layout {
	unsigned nconcat;
	struct layout_concat *concat; /* by name */
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

/* Number of the concat dimension of that name, or -1. */
int layout_concat(const struct layout *l, const char *name);

/* The mask (place_mask) of the concat dimensions that a variable has, and the
 * number of places along them. */
uint64_t layout_mask(const struct layout *l, const struct layout_var *v);
uint64_t layout_places(const struct layout *l, const struct layout_var *v);

/* The length of the first file along a concat dimension that has any; 1 if there
 * is none.  Files that are added do not change it. */
uint64_t layout_first_length(const struct layout_concat *c);

const struct layout_var *layout_var(const struct layout *l, const char *name);
const struct dim *layout_dim(const struct layout *l, const char *name);

#endif
