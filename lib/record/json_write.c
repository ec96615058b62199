/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own writer because jansson's prints reals with 17 digits always, cannot
 * sort in one pass with that, and knows no text form for large integers.
 */
#include "record/json_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct writer {
	struct buf *out;
	enum js_style style;
	int depth;
};

static void write_value(struct writer *w, const struct js *v);

void js_write_text(struct buf *out, const char *s)
{
	static const char brief[] = "\b\f\n\r\t\"\\";
	static const char letter[] = "bfnrt\"\\";

	buf_addc(out, '"');
	while (*s != '\0') {
		size_t plain = 0;
		const char *at;

		while ((unsigned char)s[plain] >= ' ' && s[plain] != '"' &&
			s[plain] != '\\')
			plain++;
		buf_add(out, s, plain);
		s += plain;
		if (*s == '\0')
			break;
		at = strchr(brief, *s);
		if (at != NULL)
			buf_add(out, (char[]){ '\\', letter[at - brief] }, 2);
		else
			buf_addf(out, "\\u%04x", (unsigned char)*s);
		s++;
	}
	buf_addc(out, '"');
}

/* jq knows integers up to this exactly. */
static const int64_t exact = (int64_t)1 << 53;

void js_write_u64(struct buf *out, uint64_t v)
{
	char text[24];
	size_t at = sizeof(text);
	bool quote = v > (uint64_t)exact;

	if (quote)
		text[--at] = '"';
	do
		text[--at] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	if (quote)
		text[--at] = '"';
	buf_add(out, text + at, sizeof(text) - at);
}

static void write_int(struct writer *w, int64_t v)
{
	bool quote = w->style != JS_DOCUMENT && (v > exact || v < -exact);
	char text[32];

	snprintf(text, sizeof(text), quote ? "\"%lld\"" : "%lld", (long long)v);
	buf_adds(w->out, text);
}

static void write_real(struct buf *out, double v)
{
	char text[32];

	str_from_real(v, text);
	buf_adds(out, text);
}

/* Line break and indentation, where the style has them. */
static void write_break(struct writer *w)
{
	if (w->style != JS_DOCUMENT)
		return;
	buf_addc(w->out, '\n');
	for (int i = 0; i < w->depth; i++)
		buf_adds(w->out, "  ");
}

/* Lists of scalars stay on one line: shapes read better so. */
static bool is_flat(const struct js *list)
{
	for (size_t i = 0; i < js_count(list); i++)
		if (js_type(js_at(list, i)) >= JS_LIST)
			return false;
	return true;
}

static void write_list(struct writer *w, const struct js *list)
{
	size_t n = js_count(list);
	bool flat = is_flat(list);

	buf_addc(w->out, '[');
	w->depth++;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_adds(w->out,
				flat && w->style == JS_DOCUMENT ? ", " : ",");
		if (!flat)
			write_break(w);
		write_value(w, js_at(list, i));
	}
	w->depth--;
	if (!flat)
		write_break(w);
	buf_addc(w->out, ']');
}

static int by_name(const void *a, const void *b)
{
	return strcmp(js_name(*(void *const *)a), js_name(*(void *const *)b));
}

static void write_member(struct writer *w, void *it, bool first)
{
	if (!first)
		buf_addc(w->out, ',');
	write_break(w);
	js_write_text(w->out, js_name(it));
	buf_adds(w->out, w->style == JS_DOCUMENT ? ": " : ":");
	write_value(w, js_member(it));
}

static void write_members(struct writer *w, const struct js *obj)
{
	bool first = true;

	for (void *it = js_first(obj); it; it = js_next(obj, it)) {
		write_member(w, it, first);
		first = false;
	}
}

static void write_sorted(struct writer *w, const struct js *obj)
{
	size_t n = js_count(obj), i = 0;
	void **its = mem_alloc(n * sizeof(*its));

	for (void *it = js_first(obj); it; it = js_next(obj, it))
		its[i++] = it;
	qsort(its, n, sizeof(*its), by_name);
	for (i = 0; i < n; i++)
		write_member(w, its[i], i == 0);
	mem_free(its);
}

static void write_object(struct writer *w, const struct js *obj)
{
	buf_addc(w->out, '{');
	w->depth++;
	if (w->style == JS_SORTED)
		write_sorted(w, obj);
	else
		write_members(w, obj);
	w->depth--;
	if (js_count(obj) > 0)
		write_break(w);
	buf_addc(w->out, '}');
}

static void write_value(struct writer *w, const struct js *v)
{
	int64_t i = 0;
	double d = 0;

	switch (js_type(v)) {
	case JS_NULL:
		buf_adds(w->out, "null");
		break;
	case JS_FALSE:
	case JS_TRUE:
		buf_adds(w->out, js_type(v) == JS_TRUE ? "true" : "false");
		break;
	case JS_INT:
		js_i64(v, &i);
		write_int(w, i);
		break;
	case JS_REAL:
		js_real(v, &d);
		write_real(w->out, d);
		break;
	case JS_TEXT:
		js_write_text(w->out, js_text(v));
		break;
	case JS_LIST:
		write_list(w, v);
		break;
	case JS_OBJECT:
		write_object(w, v);
		break;
	}
}

void js_write(struct buf *out, const struct js *v, enum js_style style)
{
	struct writer w = { .out = out, .style = style };

	write_value(&w, v);
}
