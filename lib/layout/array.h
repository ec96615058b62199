/* SPDX-License-Identifier: Apache-2.0 */
/*
 * array: one array of the store, as layout and recipe together say it.
 *
 * Shape, chunk shape, element type, fill: all that pgf-plan and pgf-seal must
 * agree on, so both take it from here.  How it is spelled in a metadata
 * document is format/zarr_meta's business.  Lives in the arena it was made
 * with and borrows from the layout and the recipe.
 */
#ifndef PGF_ARRAY_H
#define PGF_ARRAY_H

#include "layout/layout.h"
#include "recipe/recipe_target.h"

struct array {
	const char *name;
	const struct layout_var *var;
	unsigned ndim; /* of var, or one less where chars are joined */
	const char **dims;
	uint64_t *shape;
	uint64_t *chunk_shape; /* of a stored object; elements, never 0 */
	uint64_t *inner_shape; /* of the chunks that make one, or NULL */
	const int
		*concat; /* of each axis: the layout's concat dimension or -1 */
	int concat_axis; /* the first that is along one; -1: none */
	struct dtype dtype; /* numeric, S<n> or string */
	struct dtype cell;  /* of the source's elements */
	unsigned cell_ndim; /* source dimensions that one element swallows */
	uint64_t *cell_shape;
	uint64_t itemsize; /* bytes of an element, about; for sizing */
	uint8_t *fill;     /* dtype.size little-endian bytes; NULL: string */
	bool has_fill;     /* declared by _FillValue, not a default */
	const struct js *codecs; /* of the recipe, or NULL: the default */
	bool omits_empty;        /* chunks that hold nothing but fill */
	bool keep;               /* chunks of the files may stay as they are */
	const uint64_t *kept;    /* the shape that they need for it; or NULL */
	int zarr_format;         /* 2 or 3 */
	char separator;          /* in the names of chunks: '/' or '.' */
};

struct arrays {
	size_t n;
	struct array *at; /* as the variables of the layout, by name */
};

/* Decide all arrays.  ERR_DATA: the recipe names a dimension or variable that
 * is not there, a _FillValue is no value of its variable, a chunk is larger
 * than any codec takes, sizes that do not fit 64 bits.
 *
 * Zarr v3 stores text as strings: a char array loses its last dimension, unless
 * that is the concat dimension; Zarr v2 keeps the bytes. */
int arrays_decide(struct arena *a, const struct layout *l,
	const struct recipe_target *t, struct arrays *out,
	struct err *err) PGF_CHECKED;

/* Set t->kept, if keep: the chunk shape that all files agree on, if it divides the
 * length of the first file along each concat dimension, and is at most 512 MiB.
 * Files that are added do not change it. */
void array_decide_kept(struct array *t, const struct layout *l);

/* Number of chunks, and along one axis; 0 if a dimension is empty. */
uint64_t array_chunks(const struct array *t);
uint64_t array_axis_chunks(const struct array *t, unsigned axis);

#endif
