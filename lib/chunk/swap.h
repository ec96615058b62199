/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swap: byte order.
 */
#ifndef PGF_SWAP_H
#define PGF_SWAP_H

#include <stddef.h>
#include <stdint.h>

/* Reverse the bytes of each element in place: item bytes each (1, 2, 4 or 8;
 * of other sizes nothing is touched), size bytes in all. */
void swap_bytes(size_t item, uint8_t *p, size_t size);

#endif
