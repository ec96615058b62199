/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make and ninja agree: '...' with '\'' for a quote, '$$' for a dollar.  One form
 * for both was preferred to one each, since neither then has a case that the
 * other does not test.
 */
#include "build/quote.h"

#include <stdbool.h>
#include <string.h>

static bool is_plain(const char *word)
{
	for (const char *s = word; *s != '\0'; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
			    (*s >= '0' && *s <= '9') ||
			    strchr("._-/+,:", *s) != NULL))
			return false;
	return *word != '\0';
}

static void quote(const char *word, const char *dollar, struct buf *out)
{
	if (is_plain(word)) {
		buf_adds(out, word);
		return;
	}
	buf_addc(out, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_adds(out, "'\\''");
		else if (*word == '$')
			buf_adds(out, dollar);
		else
			buf_addc(out, *word);
	}
	buf_addc(out, '\'');
}

int quote_word(const char *word, struct buf *out, struct err *err)
{
	if (strpbrk(word, "\n\r") != NULL)
		return err_set(err, ERR_DATA,
			"'%s' holds a line break, which no makefile can carry: "
			"rename it",
			word);
	quote(word, "$$", out);
	return 0;
}

void quote_for_shell(const char *word, struct buf *out)
{
	quote(word, "$", out);
}
