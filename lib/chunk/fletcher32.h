/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fletcher32: the checksum of HDF5's filter 3.
 *
 * Two sums modulo 65535 over 16-bit big-endian words, an odd last byte being
 * the high half of a word; stored little-endian behind the data (HDF5 file
 * format specification 3.0, filter 3; the word order is that of
 * H5_checksum_fletcher32).
 */
#ifndef PGF_FLETCHER32_H
#define PGF_FLETCHER32_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Bytes of the checksum that the filter puts behind the data. */
enum { FLETCHER32_SIZE = 4 };

/* The checksum of len bytes. */
uint32_t fletcher32_of(const void *p, size_t len);

/* ERR_DATA unless the last four of len bytes are the checksum of the others. */
int fletcher32_check(const void *p, size_t len, struct err *err) PGF_CHECKED;

#endif
