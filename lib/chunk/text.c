/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Old archives write degree signs and names in ISO-8859-1.  Every byte string
 * is text in it, so nothing is refused; but what is UTF-8 stays as it is.
 */
#include "chunk/text.h"

#include <string.h>

#include "base/str.h"

enum { LENGTH = 4 };

struct text text_cut(const char *cell, size_t size)
{
	const char *end = memchr(cell, '\0', size);

	return (struct text){ cell, end ? (size_t)(end - cell) : size };
}

static uint32_t get_length(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
		(uint32_t)p[3] << 24;
}

static void add_length(struct buf *out, uint64_t n)
{
	for (unsigned i = 0; i < LENGTH; i++)
		buf_addc(out, (char)(n >> (8 * i)));
}

int text_parse(struct bytes in, struct text *cells, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t len;

		if (in.len < LENGTH)
			return err_set(err, ERR_DATA,
				"text ends at cell %zu "
				"of %zu",
				i, n);
		len = get_length(in.data);
		if (len > in.len - LENGTH)
			return err_set(err, ERR_DATA,
				"cell %zu of %zu is cut "
				"short",
				i, n);
		cells[i].data = (const char *)in.data + LENGTH;
		cells[i].len = len;
		in.data += LENGTH + len;
		in.len -= LENGTH + len;
	}
	if (in.len > 0)
		return err_set(err, ERR_DATA, "%zu bytes of text too many",
			in.len);
	return 0;
}

static void add_latin1(struct buf *out, const struct text *t)
{
	uint64_t wide = 0;

	for (uint64_t i = 0; i < t->len; i++)
		wide += (unsigned char)t->data[i] >> 7;
	add_length(out, t->len + wide);
	for (uint64_t i = 0; i < t->len; i++) {
		unsigned char c = (unsigned char)t->data[i];

		if (c >= 0x80)
			buf_addc(out, (char)(0xc0 | c >> 6));
		buf_addc(out, (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c));
	}
}

int text_encode(const struct text *cells, size_t n, struct buf *out,
	uint64_t *recoded, struct err *err)
{
	if (n > UINT32_MAX)
		return err_set(err, ERR_DATA,
			"%zu cells of text are more than "
			"a chunk can have: use smaller chunks",
			n);
	add_length(out, n);
	for (size_t i = 0; i < n; i++) {
		const struct text *t = &cells[i];

		if (t->len > UINT32_MAX / 2)
			return err_set(err, ERR_DATA,
				"a cell of text is "
				"longer than 2 GiB");
		if (t->len > 0 && !str_is_utf8(t->data, (size_t)t->len)) {
			add_latin1(out, t);
			++*recoded;
			continue;
		}
		add_length(out, t->len);
		buf_add(out, t->data, (size_t)t->len);
	}
	return 0;
}
