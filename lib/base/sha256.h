/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sha256: FIPS 180-4 digests, for what must be told apart even by an
 * adversary: downloads and plans.
 */
#ifndef PGF_SHA256_H
#define PGF_SHA256_H

#include <stddef.h>

enum { SHA256_HEX = 65 }; /* characters of the text form, with the NUL */

struct sha256;

/* A running digest; sha256_close releases it. */
struct sha256 *sha256_open(void);
void sha256_add(struct sha256 *h, const void *p, size_t len);

/* Lower-case hexadecimal of everything added. */
void sha256_end(struct sha256 *h, char out[SHA256_HEX]);
void sha256_close(struct sha256 *h);

#endif
