/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thirty lines; libcrypto's version accepts blanks and trailing rubbish, which
 * a reader of records must not.
 */
#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *p, size_t len, struct buf *out)
{
	const uint8_t *s = p;

	buf_reserve(out, out->len + len / 3 * 4 + 4);
	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t v = (uint32_t)s[i] << 16;
		char quad[4];

		if (n > 1)
			v |= (uint32_t)s[i + 1] << 8;
		if (n > 2)
			v |= s[i + 2];
		for (size_t j = 0; j < 4; j++)
			quad[j] = j > n ? '=' : digits[v >> (18 - 6 * j) & 63];
		buf_add(out, quad, 4);
	}
	if (len == 0)
		buf_adds(out, "");
}

static bool digit_value(char c, uint32_t *v)
{
	const char *at = c ? strchr(digits, c) : NULL;

	if (at == NULL)
		return false;
	*v = (uint32_t)(at - digits);
	return true;
}

/* Four characters to up to three bytes; padding only at the very end. */
static bool decode_quad(const char *s, bool last, struct buf *out)
{
	size_t n = 3;
	uint32_t v = 0;

	if (last && s[3] == '=')
		n = s[2] == '=' ? 1 : 2;
	for (size_t j = 0; j < 4; j++) {
		uint32_t d = 0;

		if (j <= n && !digit_value(s[j], &d))
			return false;
		v = v << 6 | d;
	}
	if ((n == 1 && (v & 0xffff)) || (n == 2 && (v & 0xff)))
		return false;
	for (size_t j = 0; j < n; j++)
		buf_addc(out, (char)(v >> (16 - 8 * j) & 0xff));
	return true;
}

bool base64_decode(const char *text, struct buf *out)
{
	size_t len = strlen(text);

	if (len % 4 != 0)
		return false;
	buf_reserve(out, out->len + len / 4 * 3);
	for (size_t i = 0; i < len; i += 4)
		if (!decode_quad(text + i, i + 4 == len, out))
			return false;
	return true;
}
