/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jansson does the work; an arena holds one reference to every value made at
 * the top, so nobody counts references.  A struct js is a json_t under another
 * name: wrapping each value in a struct of ours would double the memory of a
 * chunk table for nothing.
 */
#include "record/json.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static json_t *in(const struct js *v)
{
	union {
		const struct js *from;
		json_t *to;
	} u = { .from = v };

	return u.to;
}

static struct js *out(json_t *v)
{
	return (struct js *)(void *)v;
}

static void drop(void *p)
{
	json_decref(p);
}

static struct js *keep(struct arena *a, json_t *v)
{
	if (v == NULL) /* out of memory, or text that is not UTF-8 */
		v = json_null();
	arena_defer(a, drop, v);
	return out(v);
}

struct js *js_new_null(struct arena *a)
{
	return keep(a, json_null());
}

struct js *js_new_bool(struct arena *a, bool v)
{
	return keep(a, json_boolean(v));
}

struct js *js_new_int(struct arena *a, int64_t v)
{
	return keep(a, json_integer(v));
}

static json_t *make_u64(uint64_t v)
{
	char text[32];

	if (v <= INT64_MAX)
		return json_integer((json_int_t)v);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
	return json_string(text);
}

struct js *js_new_u64(struct arena *a, uint64_t v)
{
	return keep(a, make_u64(v));
}

struct js *js_new_real(struct arena *a, double v)
{
	if (isnan(v))
		return js_new_text(a, "NaN");
	if (isinf(v))
		return js_new_text(a, v > 0 ? "Infinity" : "-Infinity");
	return keep(a, json_real(v));
}

struct js *js_new_text(struct arena *a, const char *s)
{
	return keep(a, json_string(s));
}

struct js *js_new_list(struct arena *a)
{
	return keep(a, json_array());
}

struct js *js_new_object(struct arena *a)
{
	return keep(a, json_object());
}

struct js *js_copy(struct arena *a, const struct js *v)
{
	return keep(a, json_deep_copy(in(v)));
}

enum js_type js_type(const struct js *v)
{
	if (v == NULL)
		return JS_NULL;
	switch (json_typeof(in(v))) {
	case JSON_OBJECT:
		return JS_OBJECT;
	case JSON_ARRAY:
		return JS_LIST;
	case JSON_STRING:
		return JS_TEXT;
	case JSON_INTEGER:
		return JS_INT;
	case JSON_REAL:
		return JS_REAL;
	case JSON_TRUE:
		return JS_TRUE;
	case JSON_FALSE:
		return JS_FALSE;
	default:
		return JS_NULL;
	}
}

bool js_i64(const struct js *v, int64_t *result)
{
	switch (js_type(v)) {
	case JS_INT:
		*result = json_integer_value(in(v));
		return true;
	case JS_TEXT:
		return str_to_i64(js_text(v), result);
	default:
		return false;
	}
}

bool js_u64(const struct js *v, uint64_t *result)
{
	switch (js_type(v)) {
	case JS_INT:
		if (json_integer_value(in(v)) < 0)
			return false;
		*result = (uint64_t)json_integer_value(in(v));
		return true;
	case JS_TEXT:
		return str_to_u64(js_text(v), result);
	default:
		return false;
	}
}

static bool text_real(const char *s, double *result)
{
	if (str_eq(s, "NaN"))
		*result = (double)NAN;
	else if (str_eq(s, "Infinity"))
		*result = (double)INFINITY;
	else if (str_eq(s, "-Infinity"))
		*result = -(double)INFINITY;
	else
		return str_to_real(s, result);
	return true;
}

bool js_real(const struct js *v, double *result)
{
	switch (js_type(v)) {
	case JS_INT:
		*result = (double)json_integer_value(in(v));
		return true;
	case JS_REAL:
		*result = json_real_value(in(v));
		return true;
	case JS_TEXT:
		return text_real(js_text(v), result);
	default:
		return false;
	}
}

bool js_bool(const struct js *v, bool *result)
{
	enum js_type t = js_type(v);

	if (t != JS_TRUE && t != JS_FALSE)
		return false;
	*result = t == JS_TRUE;
	return true;
}

const char *js_text(const struct js *v)
{
	return v ? json_string_value(in(v)) : NULL;
}

bool js_equal(const struct js *a, const struct js *b)
{
	return json_equal(in(a), in(b));
}

struct js *js_get(const struct js *obj, const char *name)
{
	return obj ? out(json_object_get(in(obj), name)) : NULL;
}

void js_set(struct js *obj, const char *name, struct js *v)
{
	json_object_set(in(obj), name, in(v));
}

void js_remove(struct js *obj, const char *name)
{
	json_object_del(in(obj), name);
}

void *js_first(const struct js *obj)
{
	return obj ? json_object_iter(in(obj)) : NULL;
}

void *js_next(const struct js *obj, void *it)
{
	return json_object_iter_next(in(obj), it);
}

const char *js_name(void *it)
{
	return json_object_iter_key(it);
}

struct js *js_member(void *it)
{
	return out(json_object_iter_value(it));
}

size_t js_count(const struct js *v)
{
	switch (js_type(v)) {
	case JS_LIST:
		return json_array_size(in(v));
	case JS_OBJECT:
		return json_object_size(in(v));
	default:
		return 0;
	}
}

struct js *js_at(const struct js *list, size_t i)
{
	return list ? out(json_array_get(in(list), i)) : NULL;
}

void js_add(struct js *list, struct js *v)
{
	json_array_append(in(list), in(v));
}

void js_set_text(struct js *obj, const char *name, const char *s)
{
	json_object_set_new(in(obj), name, json_string(s));
}

void js_set_int(struct js *obj, const char *name, int64_t v)
{
	json_object_set_new(in(obj), name, json_integer(v));
}

void js_set_u64(struct js *obj, const char *name, uint64_t v)
{
	json_object_set_new(in(obj), name, make_u64(v));
}

void js_add_u64(struct js *list, uint64_t v)
{
	json_array_append_new(in(list), make_u64(v));
}

void js_add_text(struct js *list, const char *s)
{
	json_array_append_new(in(list), json_string(s));
}

const char *js_get_text(const struct js *obj, const char *name)
{
	return js_text(js_get(obj, name));
}

struct js *js_path(const struct js *v, ...)
{
	struct js *at = out(in(v));
	const char *name;
	va_list ap;

	va_start(ap, v);
	while ((name = va_arg(ap, const char *)) != NULL)
		at = js_get(at, name);
	va_end(ap);
	return at;
}

/* jansson recurses to 2048 levels; hostile input gets a quarter of that. */
static bool too_deep(const char *text, size_t len)
{
	size_t depth = 0, deepest = 0;
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '{' || text[i] == '['))
			deepest = ++depth > deepest ? depth : deepest;
		else if (!quoted && (text[i] == '}' || text[i] == ']') && depth)
			depth--;
	}
	return deepest > 512;
}

/* A positive whole number that int64_t cannot hold. */
static bool is_large(const char *token, size_t len)
{
	char digits[32];
	uint64_t u;
	int64_t i;

	if (len >= sizeof(digits))
		return false;
	memcpy(digits, token, len);
	digits[len] = '\0';
	return str_to_u64(digits, &u) && !str_to_i64(digits, &i);
}

/* Zarr documents may hold whole numbers from 2^63 on, which jansson refuses:
 * they become text, as in records. */
static void quote_large(const char *text, size_t len, struct buf *out)
{
	bool quoted = false;

	for (size_t i = 0, n; i < len; i += n) {
		n = 1;
		if (text[i] == '"')
			quoted = !quoted;
		else if (quoted && text[i] == '\\' && i + 1 < len)
			n = 2;
		while (!quoted && text[i] != '"' && i + n < len &&
			isalnum((unsigned char)text[i]) &&
			(isalnum((unsigned char)text[i + n]) ||
				text[i + n] == '.'))
			n++;
		if (!quoted && (i == 0 || text[i - 1] != '-') &&
			is_large(text + i, n))
			buf_addf(out, "\"%.*s\"", (int)n, text + i);
		else
			buf_add(out, text + i, n);
	}
}

static json_t *load_large(const char *text, size_t len, json_error_t *why)
{
	struct buf quoted = BUF_INIT;
	json_t *v;

	quote_large(text, len, &quoted);
	v = json_loadb(quoted.data, quoted.len,
		JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, why);
	buf_release(&quoted);
	return v;
}

struct js *js_parse(struct arena *a, const char *text, size_t len,
	struct err *err)
{
	json_error_t why;
	json_t *v;

	if (too_deep(text, len)) {
		err_set(err, ERR_DATA, "not JSON: nested too deeply");
		return NULL;
	}
	v = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
		&why);
	if (v == NULL && json_error_code(&why) == json_error_numeric_overflow)
		v = load_large(text, len, &why);
	if (v == NULL) {
		err_set(err, ERR_DATA, "not JSON: %s at byte %d", why.text,
			why.position);
		return NULL;
	}
	return keep(a, v);
}
