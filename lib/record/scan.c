/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A value ends where its brackets do, so it is enough to count them, and to know
 * a bracket from one that is quoted.
 */
#include "record/scan.h"

#include <string.h>

void scan_begin(struct scan *s, struct span object)
{
	s->at = object.text;
	s->end = object.text + object.len;
	s->state = SCAN_FIRST;
}

static void pass_space(struct scan *s)
{
	while (s->at < s->end &&
		(*s->at == ' ' || *s->at == '\t' || *s->at == '\r' ||
			*s->at == '\n'))
		s->at++;
}

static bool pass(struct scan *s, char c)
{
	pass_space(s);
	if (s->at >= s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

/* Is the quote at q, in a text that begins at start, written as \"? */
static bool is_escaped(const char *start, const char *q)
{
	const char *p = q;

	while (p > start && p[-1] == '\\')
		p--;
	return (q - p) % 2 != 0;
}

/* Past the end of a text whose first quote is behind. */
static bool pass_text(struct scan *s)
{
	const char *start = s->at;

	for (;;) {
		const char *q = s->at < s->end ?
			memchr(s->at, '"', (size_t)(s->end - s->at)) :
			NULL;

		if (q == NULL)
			return false;
		s->at = q + 1;
		if (!is_escaped(start, q))
			return true;
	}
}

static bool pass_nested(struct scan *s)
{
	size_t depth = 0;

	while (s->at < s->end) {
		char c = *s->at++;

		if (c == '"' && !pass_text(s))
			return false;
		if (c == '{' || c == '[')
			depth++;
		if ((c == '}' || c == ']') && --depth == 0)
			return true;
	}
	return false;
}

static bool pass_word(struct scan *s)
{
	const char *start = s->at;

	while (s->at < s->end && strchr(",]} \t\r\n", *s->at) == NULL)
		s->at++;
	return s->at > start;
}

static bool pass_value(struct scan *s, struct span *out)
{
	bool whole;

	pass_space(s);
	if (s->at >= s->end)
		return false;
	out->text = s->at;
	if (*s->at == '"') {
		s->at++;
		whole = pass_text(s);
	} else if (*s->at == '{' || *s->at == '[') {
		whole = pass_nested(s);
	} else {
		whole = pass_word(s);
	}
	out->len = (size_t)(s->at - out->text);
	return whole;
}

bool scan_value(struct span text, struct span *out)
{
	struct scan s;

	scan_begin(&s, text);
	return pass_value(&s, out);
}

static bool pass_member(struct scan *s, struct scan_member *out)
{
	if (!pass(s, '"'))
		return false;
	out->name.text = s->at;
	if (!pass_text(s))
		return false;
	out->name.len = (size_t)(s->at - 1 - out->name.text);
	return pass(s, ':') && pass_value(s, &out->value);
}

bool scan_next(struct scan *s, struct scan_member *out)
{
	bool first = s->state == SCAN_FIRST;

	if (s->state == SCAN_DONE || s->state == SCAN_BAD)
		return false;
	s->state = SCAN_BAD;
	if (first && !pass(s, '{'))
		return false;
	if (pass(s, '}')) {
		pass_space(s);
		if (s->at == s->end)
			s->state = SCAN_DONE;
		return false;
	}
	if ((!first && !pass(s, ',')) || !pass_member(s, out))
		return false;
	s->state = SCAN_MORE;
	return true;
}

bool scan_is_whole(const struct scan *s)
{
	return s->state == SCAN_DONE;
}

bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

bool span_is(struct span a, const char *text)
{
	return span_equal(a, (struct span){ text, strlen(text) });
}

bool span_escaped(struct span a)
{
	return memchr(a.text, '\\', a.len) != NULL;
}
