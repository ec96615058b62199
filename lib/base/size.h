/* SPDX-License-Identifier: Apache-2.0 */
/*
 * size: amounts of bytes as people write them.
 */
#ifndef PGF_SIZE_H
#define PGF_SIZE_H

#include <stdbool.h>
#include <stdint.h>

/* "100MB", "1.5 GiB", "300000": a decimal number, perhaps blanks, perhaps a unit
 * in letters of either case: B, kB, MB, GB, TB (powers of 1000), KiB, MiB, GiB,
 * TiB (of 1024).  Fractions of a byte are cut off.  False for anything else, for
 * less than one byte, and beyond INT64_MAX; *out is left alone then. */
bool size_parse(const char *s, uint64_t *out);

/* "999 bytes", "3.2 MB", "320 MB". */
enum { SIZE_TEXT = 48 };
void size_text(double bytes, char out[SIZE_TEXT]);

#endif
