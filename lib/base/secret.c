/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Only the form in braces is a name, so that a '$' in a value needs no escape;
 * a variable that is missing is an error, since what is sent without its token
 * fails in a hundred ways that are hard to read.
 */
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define DIGITS "0123456789"

/* Length of the name behind "${", up to its "}". */
static int name_length(const char *s, size_t *len, struct err *err)
{
	*len = strspn(s, LETTERS DIGITS);
	if (*len > 0 && s[*len] == '}' && strchr(DIGITS, *s) == NULL)
		return 0;
	return err_set(err, ERR_DATA,
		"'${' must be followed by the name of a variable and '}'");
}

int secret_check(const char *text, struct err *err)
{
	size_t len;

	for (const char *s = text; (s = strstr(s, "${")) != NULL; s += len)
		if (name_length(s += 2, &len, err) < 0)
			return -1;
	return 0;
}

static int add_value(const char *name, struct buf *out, struct err *err)
{
	const char *value = getenv(name);

	if (value == NULL)
		return err_set(err, ERR_DATA,
			"the environment variable '%s' is not set", name);
	if (*value == '\0')
		return err_set(err, ERR_DATA,
			"the environment variable '%s' is empty", name);
	for (const char *c = value; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return err_set(err, ERR_DATA,
				"the environment variable '%s' has a line "
				"break or another control character in it",
				name);
	buf_adds(out, value);
	return 0;
}

int secret_expand(struct arena *a, const char *text, const char **out,
	struct err *err)
{
	struct buf b = BUF_INIT;
	const char *s = text, *next;
	size_t len;
	int r = 0;

	while (r == 0 && (next = strstr(s, "${")) != NULL) {
		buf_add(&b, s, (size_t)(next - s));
		s = next + 2;
		r = name_length(s, &len, err);
		if (r == 0)
			r = add_value(arena_strndup(a, s, len), &b, err);
		s += len + 1;
	}
	if (r == 0) {
		buf_adds(&b, s);
		*out = arena_strdup(a, b.data ? b.data : "");
	}
	buf_release(&b);
	return r;
}

bool secret_is_bare(const char *header, const char *value)
{
	static const char *const names[] = { "Authorization", "Cookie",
		"Proxy-Authorization", "X-Api-Key", "X-Auth-Token",
		"Private-Token", NULL };

	if (strstr(value, "${") != NULL)
		return false;
	for (const char *const *n = names; *n != NULL; n++)
		if (strcasecmp(*n, header) == 0)
			return true;
	return false;
}
