/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the lines for each question: the files are a page long. */
#include "net/profile.h"

#include <string.h>

struct span {
	const char *s;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct span trim(const char *s, size_t len)
{
	while (len > 0 && is_blank(*s))
		s++, len--;
	while (len > 0 && is_blank(s[len - 1]))
		len--;
	return (struct span){ s, len };
}

static bool is_word(struct span span, const char *word)
{
	return span.len == strlen(word) && memcmp(span.s, word, span.len) == 0;
}

/* Is the line a "[section]"?  Then whether it is that one. */
static bool is_heading(const char *line, size_t len, const char *section,
	bool *inside)
{
	const char *end;

	if (*line != '[')
		return false;
	end = memchr(line, ']', len);
	*inside = end != NULL &&
		is_word(trim(line + 1, (size_t)(end - line) - 1), section);
	return true;
}

bool profile_has(const char *text, const char *section)
{
	bool inside = false;

	while (*text != '\0' && !inside) {
		size_t len = strcspn(text, "\n");

		(void)is_heading(text, len, section, &inside);
		text += len + (text[len] == '\n');
	}
	return inside;
}

const char *profile_get(struct arena *a, const char *text, const char *section,
	const char *name)
{
	const char *value = NULL;
	bool inside = false;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		const char *equals = memchr(text, '=', len);

		if (!is_heading(text, len, section, &inside) && inside &&
			equals != NULL && !is_blank(*text) && *text != '#' &&
			*text != ';' &&
			is_word(trim(text, (size_t)(equals - text)), name)) {
			struct span v = trim(equals + 1,
				len - (size_t)(equals - text) - 1);

			value = arena_strndup(a, v.s, v.len);
		}
		text += len + (text[len] == '\n');
	}
	return value;
}
