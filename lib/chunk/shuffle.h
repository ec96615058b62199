/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shuffle: the byte planes of HDF5's filter 2 put back into elements.
 *
 * Shuffled data holds the first bytes of all elements, then the second bytes,
 * and so on; what is left over behind the last whole element stays in place
 * (HDF5 file format specification 3.0, filter 2; Blosc's byte shuffle of one
 * block is the same).
 */
#ifndef PGF_SHUFFLE_H
#define PGF_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

/* len shuffled bytes at in to len bytes at out, which do not overlap; element
 * is the size of an element in bytes, at least 1. */
void shuffle_undo(size_t element, const uint8_t *in, size_t len, uint8_t *out);

#endif
