/* SPDX-License-Identifier: Apache-2.0 */
/*
 * footprint: the memory that writing a region takes.
 *
 * What pgf-write holds at its peak, from the same numbers that stand in the
 * region: pgf-plan cuts regions by it, pgf-write refuses by it.  An upper bound,
 * but for text of variable length, whose size nobody knows before it is read.
 */
#ifndef PGF_FOOTPRINT_H
#define PGF_FOOTPRINT_H

#include "model/dataset.h"

enum footprint_part {
	FOOTPRINT_BASE,   /* the program, and the record with its pieces */
	FOOTPRINT_REGION, /* all cells */
	FOOTPRINT_SOURCE, /* the largest source chunk, stored and decoded */
	FOOTPRINT_CONVERT,
	FOOTPRINT_COMPARE, /* of a file that should have the same cells */
	FOOTPRINT_KEPT,    /* chunks that may stay as they are, stored */
	FOOTPRINT_TARGET,  /* the largest chunk or shard, laid out, encoded */
	FOOTPRINT_SPOOL,   /* objects on their way to the disk */
	FOOTPRINT_PARTS,
};

/* Bytes; they saturate. */
struct footprint {
	uint64_t part[FOOTPRINT_PARTS];
};

/* The array that a region is of. */
struct footprint_target {
	unsigned ndim;
	const uint64_t *chunk_shape;
	const uint64_t *inner_shape; /* of the chunks in a shard; or NULL */
	bool is_string;
	uint64_t item;  /* bytes of an element; of text, the widest */
	size_t ncodecs; /* behind the first */
	bool keep;      /* chunks may stay as they are */
};

/* A piece: its table, and how much of it the region takes. */
struct footprint_piece {
	const struct chunk_table *table;
	const uint64_t *count;   /* table->ndim elements */
	const struct refs *refs; /* of what is taken, or NULL */
	bool converts;
	bool is_compared; /* not what is written */
};

/* A region of size[] elements without pieces. */
struct footprint footprint_of(const struct footprint_target *t,
	const uint64_t *size);
void footprint_add(struct footprint *f, const struct footprint_target *t,
	const struct footprint_piece *p);

uint64_t footprint_total(const struct footprint *f);

/* What it becomes when so many hands (base/crew) work on it. */
struct footprint footprint_hands(const struct footprint *f, unsigned hands);

/* Each part the larger of the two: memory that is kept from region to region. */
struct footprint footprint_both(const struct footprint *a,
	const struct footprint *b);

/* "812 MB: 530 MB for the region, 265 MB for a source chunk, ..." */
const char *footprint_text(struct arena *a, const struct footprint *f);

#endif
