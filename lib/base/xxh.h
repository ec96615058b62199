/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xxh: XXH3 128-bit digests (xxHash 0.8), for what only chance could confuse:
 * array values, records.
 */
#ifndef PGF_XXH_H
#define PGF_XXH_H

#include <stddef.h>
#include <stdint.h>

enum { XXH_HEX = 33 }; /* characters of the text form, with the NUL */

struct xxh;

/* A running digest; xxh_close releases it. */
struct xxh *xxh_open(void);
void xxh_add(struct xxh *h, const void *p, size_t len);

/* Lower-case hexadecimal, most significant byte first (the canonical form). */
void xxh_end(struct xxh *h, char out[XXH_HEX]);
void xxh_close(struct xxh *h);

/* The digest of one piece. */
void xxh_of(const void *p, size_t len, char out[XXH_HEX]);

/* 64 bits of one, for tables in memory. */
uint64_t xxh_short(const void *p, size_t len);

#endif
