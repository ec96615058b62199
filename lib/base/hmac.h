/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hmac: digests that only who has the key can make (RFC 2104).
 */
#ifndef PGF_HMAC_H
#define PGF_HMAC_H

#include <stddef.h>

enum { HMAC_SIZE = 32 }; /* bytes */

/* HMAC-SHA256 of len bytes under a key; out may be the key. */
void hmac_sha256(const void *key, size_t key_len, const void *p, size_t len,
	unsigned char out[HMAC_SIZE]);

#endif
