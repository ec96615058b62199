/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A template is a list of parts, each literal text followed by at most one
 * placeholder; expansion is one loop over it.  A small expression language
 * (arithmetic, conditions) was refused: what a URL needs beyond this is a list
 * of files made by a program.
 */
#include "recipe/template.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum { WIDTH_MAX = 20 };

static const char date_codes[] = "YmdHMSjybB%";

struct part {
	const char *literal;
	size_t len;
	bool has_value;
	size_t name;        /* number of the name */
	const char *member; /* of its value, or NULL */
	const char *format; /* of a date, or NULL */
	bool is_number;     /* :d or :0Nd */
	int width;
};

struct template
{
	const struct template_name *names;
	size_t n;
	struct part *parts;
};

struct compile {
	struct arena *arena;
	const struct template_source *src;
	struct err *err;
};

static int find_name(const struct template_source *src, const char *name)
{
	for (size_t i = 0; i < src->n; i++)
		if (str_eq(src->names[i].name, name))
			return (int)i;
	return -1;
}

static bool has_member(const struct template_name *name, const char *member)
{
	const char *const *m = name->members;

	while (m != NULL && *m != NULL && !str_eq(*m, member))
		m++;
	return m != NULL && *m != NULL;
}

/* Every placeholder that could be written, NULL-terminated. */
static const char *const *all_known(const struct compile *c)
{
	const struct template_source *src = c->src;
	size_t total = src->n + 1, n = 0;
	const char **known;

	for (size_t i = 0; i < src->n; i++)
		for (const char *const *m = src->names[i].members; m && *m; m++)
			total++;
	known = ARENA_NEW(c->arena, const char *, total);
	for (size_t i = 0; i < src->n; i++) {
		known[n++] = src->names[i].name;
		for (const char *const *m = src->names[i].members; m && *m; m++)
			known[n++] = arena_printf(c->arena, "%s.%s",
				src->names[i].name, *m);
	}
	return known;
}

static int unknown(const struct compile *c, const char *name)
{
	const char *const *known = all_known(c);
	const char *near = str_nearest(name, known);
	struct buf list = BUF_INIT;

	for (; *known != NULL && list.len < 400; known++)
		buf_addf(&list, "%s'{%.80s}'", list.len ? ", " : "", *known);
	err_set(c->err, ERR_DATA, "unknown placeholder '{%.80s}'; known: %s",
		name, list.len ? list.data : "none");
	buf_release(&list);
	if (near != NULL) {
		size_t len = strlen(c->err->msg);

		snprintf(c->err->msg + len, sizeof(c->err->msg) - len,
			"; did you mean '{%.80s}'?", near);
	}
	return -1;
}

/* "time", "variable" or "variable.dir". */
static int resolve(const struct compile *c, char *name, struct part *part)
{
	int i = find_name(c->src, name);
	char *dot = strchr(name, '.');

	if (i < 0 && dot != NULL) {
		*dot = '\0';
		i = find_name(c->src, name);
		*dot = '.';
		if (i >= 0 && !has_member(&c->src->names[i], dot + 1))
			i = -1;
		part->member = dot + 1;
	}
	if (i < 0)
		return unknown(c, name);
	part->has_value = true;
	part->name = (size_t)i;
	return 0;
}

static int date_format(const struct compile *c, const char *format,
	struct part *part)
{
	bool any = false;

	for (const char *s = format; *s != '\0'; s++) {
		if (*s != '%')
			continue;
		s++;
		if (*s == '\0' || strchr(date_codes, *s) == NULL)
			return err_set(c->err, ERR_DATA,
				"unknown date code "
				"'%%%.1s' in '%.80s'; known: %%Y %%m %%d %%H "
				"%%M %%S %%j %%y %%b %%B %%%%",
				s, format);
		any = any || *s != '%';
	}
	if (!any)
		return err_set(c->err, ERR_DATA,
			"the date format '%.80s' has "
			"no date code, as in '%%Y%%m%%d'",
			format);
	part->format = format;
	return 0;
}

/* "d", "03d" */
static int number_format(const struct compile *c, const char *format,
	struct part *part)
{
	const char *s = format;

	if (*s == '0')
		while (isdigit((unsigned char)*s) && part->width <= WIDTH_MAX)
			part->width = 10 * part->width + *s++ - '0';
	if (!str_eq(s, "d") || part->width > WIDTH_MAX)
		return err_set(c->err, ERR_DATA,
			"'%.80s' is not the format of "
			"an integer; write '03d' (zeros to width 3) or 'd'",
			format);
	part->is_number = true;
	return 0;
}

static int read_format(const struct compile *c, const char *format,
	struct part *part)
{
	const struct template_name *name = &c->src->names[part->name];

	if (part->member != NULL || name->kind == TEMPLATE_INTEGER)
		return number_format(c, format, part);
	if (name->kind == TEMPLATE_DATE)
		return date_format(c, format, part);
	return err_set(c->err, ERR_DATA,
		"the keys of '%.80s' are text, which "
		"takes no format like '%.80s'",
		name->name, format);
}

/* What stands between braces. */
static int read_placeholder(const struct compile *c, const char *s, size_t len,
	struct part *part)
{
	char *name = arena_strndup(c->arena, s, len);
	char *colon = strchr(name, ':');

	if (colon != NULL)
		*colon = '\0';
	if (resolve(c, name, part) < 0)
		return -1;
	return colon != NULL ? read_format(c, colon + 1, part) : 0;
}

/* The part that begins at *s, which moves past it. */
static int read_part(const struct compile *c, const char **s, struct part *part)
{
	const char *text = *s;
	size_t close;

	part->literal = text;
	part->len = strcspn(text, "{}");
	text += part->len;
	*s = text;
	if (*text == '\0')
		return 0;
	if (text[1] == text[0]) { /* a literal brace ends the part */
		part->len++;
		*s = text + 2;
		return 0;
	}
	if (*text == '}')
		return err_set(c->err, ERR_DATA,
			"'}' without '{'; "
			"a literal brace is '}}'");
	close = strcspn(text + 1, "{}");
	if (text[1 + close] != '}')
		return err_set(c->err, ERR_DATA,
			"'{' without '}'; "
			"a literal brace is '{{'");
	*s = text + close + 2;
	return read_placeholder(c, text + 1, close, part);
}

int template_compile(struct arena *a, const struct template_source *src,
	struct template **out, struct err *err)
{
	const struct compile c = { .arena = a, .src = src, .err = err };
	struct template *t = ARENA_NEW(a, struct template, 1);
	const char *s = src->text;
	size_t most = 1;

	for (; *s != '\0'; s++)
		most += *s == '{' || *s == '}';
	t->names = src->names;
	t->parts = ARENA_NEW(a, struct part, most);
	for (s = src->text; *s != '\0'; t->n++)
		if (read_part(&c, &s, &t->parts[t->n]) < 0)
			return -1;
	*out = t;
	return 0;
}

bool template_uses(const struct template *t, size_t i)
{
	for (size_t k = 0; k < t->n; k++)
		if (t->parts[k].has_value && t->parts[k].name == i)
			return true;
	return false;
}

/* v in so many digits; printf would take most of the time of a run. */
static void add_digits(struct buf *out, int v, size_t n)
{
	char digits[4];

	for (size_t i = n; i > 0; i--, v /= 10)
		digits[i - 1] = (char)('0' + v % 10);
	buf_add(out, digits, n);
}

static void add_code(char code, enum calendar cal, const struct date *d,
	struct buf *out)
{
	static const char *const months[] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	const char *month = months[d->month - 1];

	switch (code) {
	case 'Y':
		add_digits(out, d->year, 4);
		break;
	case 'm':
		add_digits(out, d->month, 2);
		break;
	case 'd':
		add_digits(out, d->day, 2);
		break;
	case 'H':
		add_digits(out, d->hour, 2);
		break;
	case 'M':
		add_digits(out, d->minute, 2);
		break;
	case 'S':
		add_digits(out, d->second, 2);
		break;
	case 'j':
		add_digits(out, calendar_day_of_year(cal, d), 3);
		break;
	case 'y':
		add_digits(out, d->year % 100, 2);
		break;
	case 'b':
		buf_add(out, month, 3);
		break;
	case 'B':
		buf_adds(out, month);
		break;
	default:
		buf_addc(out, '%');
	}
}

static void add_date(const char *format, enum calendar cal,
	const struct date *d, struct buf *out)
{
	for (; *format != '\0'; format++) {
		if (*format == '%')
			add_code(*++format, cal, d, out);
		else
			buf_addc(out, *format);
	}
}

static void add_number(const struct part *part, int64_t v, struct buf *out)
{
	buf_addf(out, "%0*lld", part->width, (long long)v);
}

static int add_member(const struct part *part, const struct template_value *v,
	struct buf *out, struct err *err)
{
	const struct js *member = js_get(v->members, part->member);
	const char *text = js_text(member);
	int64_t number = 0;

	if (member == NULL)
		return err_set(err, ERR_DATA,
			"the key '%.80s' has no member "
			"'%.80s', which the url uses",
			v->text, part->member);
	if (js_type(member) == JS_INT && js_i64(member, &number))
		add_number(part, number, out);
	else if (part->is_number)
		return err_set(err, ERR_DATA,
			"the member '%.80s' of the key "
			"'%.80s' is not an integer, which its format wants",
			part->member, v->text);
	else
		buf_adds(out, text ? text : "");
	return 0;
}

int template_expand(const struct template *t,
	const struct template_value *values, struct buf *out, struct err *err)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct part *part = &t->parts[i];
		const struct template_value *v = &values[part->name];

		buf_add(out, part->literal, part->len);
		if (!part->has_value)
			continue;
		if (part->format != NULL)
			add_date(part->format, t->names[part->name].calendar,
				&v->date, out);
		else if (part->member != NULL &&
			add_member(part, v, out, err) < 0)
			return -1;
		else if (part->member == NULL && part->is_number)
			add_number(part, v->number, out);
		else if (part->member == NULL)
			buf_adds(out, v->text);
	}
	return 0;
}
