/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern_url: the form in which a file's address leaves a recipe.
 */
#ifndef PGF_PATTERN_URL_H
#define PGF_PATTERN_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Replace out by the address of text: a URL as it is, a path made absolute from
 * folder.  ERR_DATA: empty, not UTF-8, or with control characters. */
int pattern_url_resolve(const char *folder, const char *text, struct buf *out,
	struct err *err) PGF_CHECKED;

/* A set of addresses, by 128-bit digest: 32 bytes each. */
struct pattern_seen {
	uint64_t (*at)[2];
	size_t n, cap;
};

/* Add text; false if it was there. */
bool pattern_seen_add(struct pattern_seen *s, const char *text, size_t len);
void pattern_seen_release(struct pattern_seen *s);

#endif
