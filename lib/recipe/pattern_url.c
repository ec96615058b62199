/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The set holds digests, not texts: a million addresses are a hundred megabytes
 * of text, and chance confuses two digests once in 10^26 such recipes.
 */
#include "recipe/pattern_url.h"

#include <ctype.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/xxh.h"

/* RFC 3986, section 3.1, and the two slashes. */
static bool has_scheme(const char *s)
{
	if (!isalpha((unsigned char)*s))
		return false;
	while (isalnum((unsigned char)*s) || *s == '+' || *s == '-' ||
		*s == '.')
		s++;
	return str_starts(s, "://");
}

int pattern_url_resolve(const char *folder, const char *text, struct buf *out,
	struct err *err)
{
	if (*text == '\0')
		return err_set(err, ERR_DATA, "the url is empty");
	for (const char *s = text; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return err_set(err, ERR_DATA,
				"the url '%.200s' has a "
				"control character (0x%02x)",
				text, (unsigned)(unsigned char)*s);
	if (!str_is_utf8(text, strlen(text)))
		return err_set(err, ERR_DATA, "the url '%.200s' is not UTF-8",
			text);
	buf_reset(out);
	if (!has_scheme(text))
		return io_absolute(folder, text, out, err);
	buf_adds(out, text);
	return 0;
}

static uint64_t hex_half(const char *s)
{
	uint64_t v = 0;

	for (int i = 0; i < 16; i++)
		v = v << 4 |
			(unsigned)(s[i] <= '9' ? s[i] - '0' : s[i] - 'a' + 10);
	return v;
}

static bool put(struct pattern_seen *s, const uint64_t key[2])
{
	size_t i = (size_t)key[0] & (s->cap - 1);

	for (; s->at[i][0] | s->at[i][1]; i = (i + 1) & (s->cap - 1))
		if (s->at[i][0] == key[0] && s->at[i][1] == key[1])
			return false;
	s->at[i][0] = key[0];
	s->at[i][1] = key[1];
	s->n++;
	return true;
}

static void grow(struct pattern_seen *s)
{
	struct pattern_seen more = { .cap = s->cap ? 2 * s->cap : 64 };

	more.at = mem_alloc(more.cap * sizeof(*more.at));
	memset(more.at, 0, more.cap * sizeof(*more.at));
	for (size_t i = 0; i < s->cap; i++)
		if (s->at[i][0] | s->at[i][1])
			put(&more, s->at[i]);
	mem_free(s->at);
	*s = more;
}

bool pattern_seen_add(struct pattern_seen *s, const char *text, size_t len)
{
	char hex[XXH_HEX];
	uint64_t key[2];

	if (2 * s->n >= s->cap)
		grow(s);
	xxh_of(text, len, hex);
	key[0] = hex_half(hex);
	key[1] = hex_half(hex + 16) | 1; /* zeros mean an empty place */
	return put(s, key);
}

void pattern_seen_release(struct pattern_seen *s)
{
	mem_free(s->at);
	*s = (struct pattern_seen){ .at = NULL };
}
