/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inlay: the elements of one source piece, as the region's elements, in their
 * place.
 *
 * Bits are copied unless the piece has an encoding; then they are converted
 * (chunk/convert).  Cells of a string array become struct text that points into
 * memory held here until inlay_begin.  Files are only read.
 */
#ifndef PGF_INLAY_H
#define PGF_INLAY_H

#include "chunk/box.h"
#include "model/region.h"

struct inlay;

struct inlay *inlay_open(void);
void inlay_close(struct inlay *in);

/* Forget the texts of the last region; no more of a region than limit bytes is
 * taken into memory at once. */
void inlay_begin(struct inlay *in, const struct region *r, uint64_t limit);

/* Where the region's elements lie: its first one, and bytes per axis. */
struct inlay_place {
	uint8_t *data;
	const uint64_t *stride;
	size_t item; /* bytes of an element: sizeof(struct text) for strings */
};

/* What a piece and the region share, in the target's elements; false if that is
 * nothing. */
bool inlay_box(const struct region *r, const struct piece *p, struct box *out);

/* Lay a part of what inlay_box gives (target's elements) where it belongs.
 * ERR_TEMP: the source file changed.  ERR_DATA: it is corrupt, or holds a value
 * that the target cannot hold.  Messages name variable, file, and chunk or
 * element. */
int inlay_put(struct inlay *in, const struct piece *p, const struct box *part,
	const struct inlay_place *to, struct err *err) PGF_CHECKED;

/* Stored bytes that were read since inlay_begin. */
uint64_t inlay_bytes_read(const struct inlay *in);

#endif
