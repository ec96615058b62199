/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to a value is a chain of spots on the stack of the readers; its text
 * is made only when something is wrong.
 */
#include "recipe/recipe_members.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"

struct spot spot_member(const struct spot *up, const char *name)
{
	return (struct spot){ .up = up,
		.name = name,
		.value = js_get(up->value, name) };
}

struct spot spot_element(const struct spot *up, size_t i)
{
	return (struct spot){ .up = up, .i = i, .value = js_at(up->value, i) };
}

static void add_path(struct buf *text, const struct spot *at)
{
	if (at->up == NULL)
		return;
	add_path(text, at->up);
	if (at->name == NULL)
		buf_addf(text, "[%zu]", at->i);
	else
		buf_addf(text, "%s%.80s", text->len ? "." : "", at->name);
}

const char *spot_path(const struct reading *rd, const struct spot *at)
{
	struct buf text = BUF_INIT;
	const char *path;

	add_path(&text, at);
	path = arena_strdup(rd->arena, text.len ? text.data : "recipe");
	buf_release(&text);
	return path;
}

/* Where the spot stands, or what holds it, if that was made by a reader. */
static const char *place(const struct reading *rd, const struct spot *at,
	enum err_kind *kind)
{
	for (; at->up != NULL; at = at->up) {
		struct recipe_place p = { .parent = at->up->value,
			.name = at->name,
			.i = at->i };
		const char *where = recipe_source_where(rd->source, &p, kind);

		if (where != NULL)
			return where;
	}
	*kind = ERR_DATA;
	return rd->source->doc.name;
}

const char *spot_where(const struct reading *rd, const struct spot *at)
{
	enum err_kind kind;

	return place(rd, at, &kind);
}

PGF_PRINTF(4, 0)
static int fail(const struct reading *rd, const struct spot *at, bool named,
	const char *fmt, va_list ap)
{
	enum err_kind kind;
	const char *where = place(rd, at, &kind);
	char text[1024];

	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	if (named)
		return err_set(rd->err, kind, "%s: '%s' %s", where,
			spot_path(rd, at), text);
	return err_set(rd->err, kind, "%s: %s", where, text);
}

int spot_fail(const struct reading *rd, const struct spot *at, const char *fmt,
	...)
{
	va_list ap;

	va_start(ap, fmt);
	fail(rd, at, true, fmt, ap);
	va_end(ap);
	return -1;
}

int spot_say(const struct reading *rd, const struct spot *at, const char *fmt,
	...)
{
	va_list ap;

	va_start(ap, fmt);
	fail(rd, at, false, fmt, ap);
	va_end(ap);
	return -1;
}

int spot_in(const struct reading *rd, const struct spot *at)
{
	enum err_kind kind;
	const char *where = place(rd, at, &kind);

	if (rd->err->kind == ERR_DATA)
		rd->err->kind = kind;
	return err_in(rd->err, "%s: '%s'", where, spot_path(rd, at));
}

int spot_wants(const struct reading *rd, const struct spot *at,
	const char *wanted)
{
	static const char *const types[] = {
		[JS_NULL] = "nothing",
		[JS_FALSE] = "false",
		[JS_TRUE] = "true",
		[JS_INT] = "an integer",
		[JS_REAL] = "a real",
		[JS_TEXT] = "text",
		[JS_LIST] = "a list",
		[JS_OBJECT] = "a mapping",
	};

	return spot_fail(rd, at, "must be %s, not %s", wanted,
		types[js_type(at->value)]);
}

const char *words_listed(struct arena *a, const char *const *words)
{
	struct buf text = BUF_INIT;
	const char *list;

	for (; *words != NULL; words++)
		buf_addf(&text, "%s'%s'", text.len ? ", " : "", *words);
	list = arena_strdup(a, text.len ? text.data : "");
	buf_release(&text);
	return list;
}

static int unknown_member(const struct reading *rd, const struct spot *at,
	const struct member *table)
{
	const char **names;
	const char *near, *path = spot_path(rd, at->up);
	size_t n = 0;

	while (table[n].name != NULL)
		n++;
	names = ARENA_NEW(rd->arena, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		names[i] = table[i].name;
	near = str_nearest(at->name, names);
	if (near != NULL)
		return spot_say(rd, at,
			"unknown member '%.80s' in '%s'; "
			"did you mean '%s'?",
			at->name, path, near);
	if (n == 0)
		return spot_say(rd, at,
			"unknown member '%.80s' in '%s', "
			"which has none",
			at->name, path);
	return spot_say(rd, at, "unknown member '%.80s' in '%s'; known: %s",
		at->name, path, words_listed(rd->arena, names));
}

static int read_member(const struct reading *rd, const struct spot *at,
	const struct member *table, void *out)
{
	for (const struct member *m = table; m->name != NULL; m++)
		if (str_eq(m->name, at->name))
			return m->read(rd, at, m, (char *)out + m->offset);
	return unknown_member(rd, at, table);
}

int members_read(const struct reading *rd, const struct spot *at,
	const struct member *table, void *out)
{
	if (js_type(at->value) != JS_OBJECT)
		return spot_wants(rd, at, "a mapping");
	for (void *it = js_first(at->value); it; it = js_next(at->value, it)) {
		struct spot child = spot_member(at, js_name(it));

		if (read_member(rd, &child, table, out) < 0)
			return -1;
	}
	for (const struct member *m = table; m->name != NULL; m++)
		if (m->required && js_get(at->value, m->name) == NULL)
			return spot_say(rd, at,
				"member '%s' is missing in "
				"'%s'",
				m->name, spot_path(rd, at));
	return 0;
}

int member_text(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	const char *s = js_text(at->value);

	(void)m;
	if (s == NULL)
		return spot_wants(rd, at, "text");
	if (*s == '\0')
		return spot_fail(rd, at, "must not be empty");
	*(const char **)field = s;
	return 0;
}

int member_integer(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	int64_t v;

	if (js_type(at->value) != JS_INT || !js_i64(at->value, &v))
		return spot_wants(rd, at, "an integer");
	if (v < m->min || v > m->max)
		return spot_fail(rd, at, "must be %lld to %lld, not %lld",
			(long long)m->min, (long long)m->max, (long long)v);
	*(int64_t *)field = v;
	return 0;
}

int member_flag(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	(void)m;
	if (!js_bool(at->value, field))
		return spot_wants(rd, at, "true or false");
	return 0;
}

int member_choice(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	const char *s = js_text(at->value);
	const char *near;

	if (s == NULL)
		return spot_wants(rd, at, "text");
	for (const char *const *w = m->words; *w != NULL; w++) {
		if (str_eq(*w, s)) {
			*(const char **)field = *w;
			return 0;
		}
	}
	near = str_nearest(s, m->words);
	return spot_fail(rd, at, "must be one of %s, not '%.80s'%s%s%s",
		words_listed(rd->arena, m->words), s,
		near ? "; did you mean '" : "", near ? near : "",
		near ? "'?" : "");
}

int member_list(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	(void)m;
	if (js_type(at->value) != JS_LIST)
		return spot_wants(rd, at, "a list");
	*(struct js **)field = at->value;
	return 0;
}

int member_mapping(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	(void)m;
	if (js_type(at->value) != JS_OBJECT)
		return spot_wants(rd, at, "a mapping");
	*(struct js **)field = at->value;
	return 0;
}

int member_any(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	(void)rd;
	(void)m;
	*(struct js **)field = at->value;
	return 0;
}

int member_section(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	return members_read(rd, at, m->table, field);
}
