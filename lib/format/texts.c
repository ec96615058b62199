/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sizes in front, as in the vlen-utf8 chunks that are made of them; separators
 * were refused, because text may hold any byte.
 */
#include "format/texts.h"

#include <stdint.h>
#include <string.h>

static void add(struct buf *out, const char *text, size_t len)
{
	for (unsigned i = 0; i < 4; i++)
		buf_addc(out, (char)(uint8_t)(len >> (8 * i)));
	buf_add(out, text, len);
}

void texts_add(struct buf *out, const char *text)
{
	add(out, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

void texts_add_fixed(struct buf *out, const char *text, size_t n, size_t size)
{
	for (; n > 0; n--, text += size)
		add(out, text, strnlen(text, size));
}
