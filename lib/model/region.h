/* SPDX-License-Identifier: Apache-2.0 */
/*
 * region: a box of whole target chunks of one array, and every source piece
 * that goes into it.
 *
 * The task of pgf-write: a pure function of this record gives the bytes of the
 * chunks.  Everything lives in the arena it was made with.
 */
#ifndef PGF_REGION_H
#define PGF_REGION_H

#include "model/region_piece.h"

/* What other files have in the same cells: nothing may be further than the
 * tolerance from what the pieces give, in the units of the region's encoding. */
struct region_close {
	double tolerance; /* finite, not negative */
	size_t n;
	struct piece *with; /* none filled; numbers have an encoding */
};

struct region {
	bool omits_empty; /* no object for a chunk of nothing but fill */
	struct target target;
	uint64_t *offset, *size; /* target.ndim: elements */
	uint64_t cell_size;      /* of text, the widest; else the target's */
	const struct encoding *encoding; /* what a piece with one becomes */
	bool keep; /* chunks of the source may stay as they are */
	size_t npieces;
	struct piece *pieces;
	struct region_close close;
	const char *digest; /* 128-bit hex of the record without its names */
};

/* Read a region record.  Refuses (ERR_DATA) what does not fit: boxes beyond
 * the shape, corners off the chunk grid, names that leave the store, pieces whose
 * dtype differs from the target's and that have no encoding, numbers as text and
 * text as numbers, text wider than the target's, chunks to be kept in an array
 * whose codecs are not bytes and blosc.  Does not ask whether the pieces
 * cover the region, nor whether their numbers can be converted. */
int region_from_record(struct arena *a, const struct js *rec,
	struct region *out, struct err *err) PGF_CHECKED;

/* Digest of a region record: xxh128 of its sorted text without the members
 * url, path and, of local files, modified and the digest (etag) of its pieces, which
 * name but do not determine. */
void region_digest(struct arena *a, const struct js *rec, char out[33]);

/* True if name may be the path of an array in a store: parts joined by '/',
 * each of any bytes but control characters, not empty, not starting with "__"
 * or "." (Zarr v3 core, "Node names"), and not "zarr.json". */
bool region_name_is_safe(const char *name);

#endif
