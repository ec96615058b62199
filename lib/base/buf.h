/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf: bytes that grow.
 *
 * Text built piece by piece, or chunk data reused from record to record.  The
 * holder of the struct owns the bytes until buf_release.  data is always
 * followed by a NUL that len does not count, so it can be read as a string.
 */
#ifndef PGF_BUF_H
#define PGF_BUF_H

#include <stddef.h>

#include "base/err.h"

struct buf {
	char *data;
	size_t len, cap;
};

#define BUF_INIT             \
	{                    \
		.data = NULL \
	}

/* Append bytes, a string, one character, printf text. */
void buf_add(struct buf *b, const void *p, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PGF_PRINTF(2, 3);

/* Make room for len bytes in all (contents up to len kept), without
 * changing len. */
void buf_reserve(struct buf *b, size_t len);

/* Set the length to len; new bytes are undefined. */
void buf_resize(struct buf *b, size_t len);

/* Length 0, memory kept. */
void buf_reset(struct buf *b);

/* Memory given back; the struct can be used again. */
void buf_release(struct buf *b);

#endif
