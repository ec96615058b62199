/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doubling growth over one mem_resize; nothing cleverer was ever measured to
 * matter, because the large users (chunks) size their buffer once.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void buf_reserve(struct buf *b, size_t len)
{
	size_t cap = b->cap ? b->cap : 64;

	if (b->data != NULL && len < b->cap)
		return;
	while (cap <= len)
		cap = cap > SIZE_MAX / 2 ? len + 1 : cap * 2;
	b->data = mem_resize(b->data, cap);
	b->cap = cap;
}

void buf_resize(struct buf *b, size_t len)
{
	buf_reserve(b, len);
	b->len = len;
	b->data[len] = '\0';
}

void buf_add(struct buf *b, const void *p, size_t len)
{
	size_t old = b->len;

	buf_resize(b, old + len);
	if (len > 0)
		memcpy(b->data + old, p, len);
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	size_t old = b->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	buf_resize(b, old + (size_t)n);
	va_start(ap, fmt);
	vsnprintf(b->data + old, (size_t)n + 1, fmt, ap);
	va_end(ap);
}

void buf_reset(struct buf *b)
{
	buf_resize(b, 0);
}

void buf_release(struct buf *b)
{
	mem_free(b->data);
	*b = (struct buf)BUF_INIT;
}
