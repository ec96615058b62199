/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carry: the chunks of a region that are chunks of a source as they are.
 *
 * Asked of the region record alone, no file is opened, so that a plan can be
 * judged where it is made.
 */
#ifndef PGF_CARRY_H
#define PGF_CARRY_H

#include "chunk/envelope.h"
#include "model/region.h"

struct carry {
	const struct piece *piece; /* of the region */
	uint64_t ref;              /* entry of its chunk table */
	struct envelope_form form;
};

/* The shape of the chunks that are carried over: in shards, of those that make
 * them. */
const uint64_t *carry_chunks(const struct target *t);

/* Set *out to where the chunk at[] of the array (of the grid of carry_chunks, touched
 * by the region) comes from whole and return NULL, if the region asks to keep chunks,
 * one piece has all its cells, and its bytes can be a chunk of codec blosc
 * (chunk/envelope).  Otherwise say why not, as what holds of the variable's chunks,
 * "are big-endian", with out->piece the piece that it holds of or NULL. */
const char *carry_find(const struct region *r, const uint64_t *at,
	struct carry *out);

#endif
