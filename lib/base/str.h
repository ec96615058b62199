/* SPDX-License-Identifier: Apache-2.0 */
/*
 * str: strict readings of text.
 *
 * Numbers are taken whole or not at all, without locale and without leading
 * blanks.  Nothing here allocates, except where an arena is an argument.
 */
#ifndef PGF_STR_H
#define PGF_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole string as a decimal number; false if it is anything else or out of
 * range, and *out is left alone. */
bool str_to_i64(const char *s, int64_t *out);
bool str_to_u64(const char *s, uint64_t *out);
bool str_to_real(const char *s, double *out);

/* What a hexadecimal digit, of either case, stands for; -1: it is none. */
int str_hex_value(char c);

bool str_eq(const char *a, const char *b);
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

/* The entry of the NULL-terminated list that is nearest to word (Damerau and
 * Levenshtein's distance, at most a third of the word), or NULL: for "did you
 * mean". */
const char *str_nearest(const char *word, const char *const *list);

/* True if the len bytes are well-formed UTF-8 (RFC 3629: shortest form, no
 * surrogates, at most U+10FFFF). */
bool str_is_utf8(const char *s, size_t len);

/* Shortest decimal text (15 to 17 digits) that reads back as exactly v, with a
 * point or exponent so that it stays a real; out holds at least 32 bytes.  v
 * must be finite. */
void str_from_real(double v, char *out);

#endif
