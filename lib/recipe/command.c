/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handing the text to sh with the names in it was refused: a file from a
 * listing could be called "$(rm -r ..)".
 */
#include "recipe/command.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"

/* Append the word at *s, and step behind it. */
static int take_word(const char **s, struct buf *out, struct err *err)
{
	char quote = '\0';
	const char *c = *s;

	buf_reset(out);
	buf_adds(out, "");
	for (; *c != '\0' && (quote != '\0' || strchr(" \t\n", *c) == NULL);
		c++) {
		if (*c == '\\' && quote != '\'' && c[1] != '\0')
			buf_addc(out, *++c);
		else if (quote != '\0' && *c == quote)
			quote = '\0';
		else if (quote == '\0' && (*c == '\'' || *c == '"'))
			quote = *c;
		else
			buf_addc(out, *c);
	}
	*s = c;
	if (quote != '\0')
		return err_set(err, ERR_DATA,
			"has a quote %c without its "
			"end",
			quote);
	return 0;
}

static bool has(const struct command *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strstr(c->words[i], name) != NULL)
			return true;
	return false;
}

int command_parse(struct arena *a, const char *text, struct command *out,
	struct err *err)
{
	struct buf word = BUF_INIT;
	int result = 0;

	*out = (struct command){ .text = text };
	out->words = ARENA_NEW(a, const char *, strlen(text) + 1);
	for (const char *s = text + strspn(text, " \t\n");
		result == 0 && *s != '\0'; s += strspn(s, " \t\n")) {
		result = take_word(&s, &word, err);
		out->words[out->n++] = arena_strdup(a, word.data);
	}
	buf_release(&word);
	if (result == 0 && (!has(out, "{in}") || !has(out, "{out}")))
		result = err_set(err, ERR_DATA,
			"must have {in} and {out} where the names of the two "
			"files belong");
	return result;
}

static char *fill(struct arena *a, const char *word, const char *in,
	const char *out)
{
	struct buf text = BUF_INIT;
	char *copy;

	buf_adds(&text, "");
	while (*word != '\0') {
		if (str_starts(word, "{in}")) {
			buf_adds(&text, in);
			word += 4;
		} else if (str_starts(word, "{out}")) {
			buf_adds(&text, out);
			word += 5;
		} else {
			buf_addc(&text, *word++);
		}
	}
	copy = arena_strdup(a, text.data);
	buf_release(&text);
	return copy;
}

char **command_fill(struct arena *a, const struct command *c, const char *in,
	const char *out)
{
	char **argv = ARENA_NEW(a, char *, c->n + 1);

	for (size_t i = 0; i < c->n; i++)
		argv[i] = fill(a, c->words[i], in, out);
	return argv;
}
