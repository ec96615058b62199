/* SPDX-License-Identifier: Apache-2.0 */
/* base64: bytes as text (RFC 4648, section 4: padded, no line breaks). */
#ifndef PGF_BASE64_H
#define PGF_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Append the text of len bytes to out. */
void base64_encode(const void *p, size_t len, struct buf *out);

/* Append the bytes of text to out; false if it is not exactly base64 (then
 * what was appended is undefined). */
bool base64_decode(const char *text, struct buf *out);

#endif
