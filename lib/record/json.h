/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: JSON values (RFC 8259).
 *
 * A value belongs to the arena it was made with and dies with it.  What a
 * getter returns is borrowed from its parent.  What is put into an object or
 * array is shared with it, and then lives as long as the longest of them.
 * Objects keep the order in which members were added.
 *
 * Records have rules of their own for numbers (jq rounds integers beyond
 * +-2^53, and JSON has no NaN): integers beyond are written as decimal strings,
 * the non-finite reals as "NaN", "Infinity" and "-Infinity", as in Zarr.
 * js_i64, js_u64 and js_real read both forms.
 */
#ifndef PGF_JSON_H
#define PGF_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

struct js;

enum js_type {
	JS_NULL,
	JS_FALSE,
	JS_TRUE,
	JS_INT,
	JS_REAL,
	JS_TEXT,
	JS_LIST,
	JS_OBJECT,
};

/* New values. */
struct js *js_new_null(struct arena *a);
struct js *js_new_bool(struct arena *a, bool v);
struct js *js_new_int(struct arena *a, int64_t v);
struct js *js_new_u64(struct arena *a, uint64_t v); /* text above INT64_MAX */
struct js *js_new_real(struct arena *a, double v);  /* text if not finite */
struct js *js_new_text(struct arena *a, const char *s); /* must be UTF-8 */
struct js *js_new_list(struct arena *a);
struct js *js_new_object(struct arena *a);
struct js *js_copy(struct arena *a, const struct js *v); /* deep */

/* What a value is; a NULL value counts as JS_NULL. */
enum js_type js_type(const struct js *v);

/* Contents, strict: false (and *out untouched) for another type.  js_real takes
 * integers, too; js_text returns NULL for another type. */
bool js_i64(const struct js *v, int64_t *out);
bool js_u64(const struct js *v, uint64_t *out);
bool js_real(const struct js *v, double *out);
bool js_bool(const struct js *v, bool *out);
const char *js_text(const struct js *v);

/* Deep equality; 1 and 1.0 differ, the order of members does not matter. */
bool js_equal(const struct js *a, const struct js *b);

/* Objects.  js_get returns NULL if obj is no object or has no such member.
 * js_set replaces in place or adds at the end. */
struct js *js_get(const struct js *obj, const char *name);
void js_set(struct js *obj, const char *name, struct js *v);
void js_remove(struct js *obj, const char *name);

/* for (it = js_first(obj); it; it = js_next(obj, it)) */
void *js_first(const struct js *obj);
void *js_next(const struct js *obj, void *it);
const char *js_name(void *it);
struct js *js_member(void *it);

/* Number of elements or members; 0 for scalars. */
size_t js_count(const struct js *v);

/* Lists. */
struct js *js_at(const struct js *list, size_t i);
void js_add(struct js *list, struct js *v);

/* Short forms. */
void js_set_text(struct js *obj, const char *name, const char *s);
void js_set_int(struct js *obj, const char *name, int64_t v);
void js_set_u64(struct js *obj, const char *name, uint64_t v);
void js_add_u64(struct js *list, uint64_t v);
void js_add_text(struct js *list, const char *s);
const char *js_get_text(const struct js *obj, const char *name);

/* The value of a path of member names, NULL-terminated:
 * js_path(v, "file", "path", NULL). */
struct js *js_path(const struct js *v, ...) __attribute__((sentinel));

/* Parse one value from len bytes.  Refuses duplicate members, nesting deeper
 * than 512, text that is not UTF-8, NUL in text, and anything after the value;
 * the error says where (kind ERR_DATA). */
struct js *js_parse(struct arena *a, const char *text, size_t len,
	struct err *err) PGF_CHECKED;

#endif
