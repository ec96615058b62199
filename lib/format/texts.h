/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts: texts one behind the other, each with its size in front.
 *
 * The form in which pgf-slab prints text: 4 bytes of size, little-endian, and
 * so many bytes.
 */
#ifndef PGF_TEXTS_H
#define PGF_TEXTS_H

#include "base/buf.h"

/* Append one text; NULL is "". */
void texts_add(struct buf *out, const char *text);

/* Append n texts of at most size bytes each, which end at the first NUL. */
void texts_add_fixed(struct buf *out, const char *text, size_t n, size_t size);

#endif
