/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe_chunks: the member target.chunks of a recipe.
 *
 * What a chunk is to be along each axis: for one variable, for a dimension, or
 * for all others ("...").  Which of them counts for an axis is decided here;
 * what comes of it by model/chunking.
 */
#ifndef PGF_RECIPE_CHUNKS_H
#define PGF_RECIPE_CHUNKS_H

#include "recipe/recipe_members.h"

enum chunk_wish_kind {
	CHUNK_UNSAID,
	CHUNK_LENGTH, /* n elements */
	CHUNK_WHOLE,
	CHUNK_BYTES, /* as many as fit into n bytes, aspect kept */
	CHUNK_EVEN,  /* the same, by divisors and a proportion */
};

struct chunk_wish {
	enum chunk_wish_kind kind;
	uint64_t n;
	bool is_own;      /* of the variable, not of all */
	uint64_t aspect;  /* CHUNK_EVEN: of the axis, 1 unless named */
	double tolerance; /* CHUNK_EVEN */
};

/* An axis of a variable. */
struct chunk_axis {
	const char *var, *dim;
	bool only_own; /* what is said for all does not concern it */
};

/* Reads the member into a struct js *: a mapping, also where the recipe has one
 * value for all.  One mapping asks for one size only. */
member_fn recipe_chunks_read;

/* What chunks (NULL: nothing) asks for an axis.  The variable's own entry for
 * the dimension goes first, then its "...", then the same of all variables. */
struct chunk_wish recipe_chunk(const struct js *chunks,
	const struct chunk_axis *axis);

#endif
