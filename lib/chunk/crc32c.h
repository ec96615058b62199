/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crc32c: the Castagnoli checksum (RFC 3720, 12.1), at memory speed.
 */
#ifndef PGF_CRC32C_H
#define PGF_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of len bytes. */
uint32_t crc32c_of(const void *p, size_t len);

#endif
