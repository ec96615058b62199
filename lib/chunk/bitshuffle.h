/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bitshuffle: the bit planes of HDF5's registered filter 32008 put back into
 * elements.
 *
 * A block of n elements (a multiple of 8) holds the lowest bits of the first
 * bytes of all elements, eight elements to a byte, the first in the lowest bit;
 * then the second bits of those bytes, and so on (Masui and others, "A
 * compression scheme for radio data in high performance computing", 2015,
 * section 3, and the files that its authors' filter writes).
 */
#ifndef PGF_BITSHUFFLE_H
#define PGF_BITSHUFFLE_H

#include <stddef.h>
#include <stdint.h>

/* Undo one block of n elements, n a multiple of 8: in, out and scratch are n *
 * element bytes each and do not overlap. */
void bitshuffle_undo(size_t element, const uint8_t *in, size_t n,
	uint8_t *scratch, uint8_t *out);

#endif
