/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place: where a file stands along the concat dimensions of a recipe, as one
 * number.
 *
 * A place has one position for each concat dimension, the dimensions sorted by
 * name.  With one dimension the number is the position itself; with more, the
 * positions share its bits, the first dimension highest, so that numbers
 * compare like places and files in a row have numbers in a row.  How many
 * dimensions there are stands in the number too.
 */
#ifndef PGF_PLACE_H
#define PGF_PLACE_H

#include <stdbool.h>
#include <stdint.h>

enum { PLACE_MAX_DIMS = 4 };

/* Pack n positions; no dimension at all is position 0 of one.  False: more
 * than PLACE_MAX_DIMS of them, or a position above place_limit(n). */
bool place_pack(unsigned n, const uint64_t *at, uint64_t *out);

/* The positions of a place (of any number below 2^63); returns how many. */
unsigned place_unpack(uint64_t place, uint64_t at[PLACE_MAX_DIMS]);

/* The largest position if there are n dimensions: 2^60 - 1 for one, 2^30 - 2,
 * 2^20 - 2, 2^15 - 2 for more, so that the ends of two rows never touch. */
uint64_t place_limit(unsigned n);

/* place & mask is the place with position 0 along all dimensions whose bit in
 * keep is not set. */
uint64_t place_mask(unsigned n, unsigned keep);

#endif
