/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xxh: XXH3 128-bit digests (xxHash 0.8), for what only chance could confuse:
 * array values, records.
 */
#ifndef PGF_XXH_H
#define PGF_XXH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

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

/*
 * The digest of a file as a tag, "xxh3-" and the digest, which stands in a record
 * where that of a server would.
 */
enum { XXH_TAG = XXH_HEX + 5 };

/* Read all of fd from its start; path is for the message only. */
int xxh_tag_of_file(int fd, const char *path, char out[XXH_TAG],
	struct err *err) PGF_CHECKED;
bool xxh_is_tag(const char *text);

/* 64 bits of one, for tables in memory. */
uint64_t xxh_short(const void *p, size_t len);

#endif
