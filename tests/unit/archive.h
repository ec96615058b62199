/* SPDX-License-Identifier: Apache-2.0 */
/* Datasets from few words, for the tests of schema, layout and plan. */
#ifndef PGF_TEST_ARCHIVE_H
#define PGF_TEST_ARCHIVE_H

#include <string.h>

#include "base/str.h"
#include "record/json_write.h"

/* JSON with ' for ", so that it can be read inside C. */
static inline struct js *archive_parse(struct arena *a, const char *text)
{
	char *copy = arena_strdup(a, text);
	struct err err = ERR_INIT;

	for (char *c = copy; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	return js_parse(a, copy, strlen(copy), &err);
}

/* Shapes from the dims of the file; one chunk, not compressed, at byte 100. */
static inline void archive_fill(struct arena *a, struct js *rec, struct js *v)
{
	struct js *shape = js_new_list(a), *refs = js_new_object(a);
	struct js *dims = js_get(v, "dims");
	uint64_t n = 1, len;

	for (size_t i = 0; i < js_count(dims); i++) {
		len = 0;
		js_u64(js_path(rec, "dims", js_text(js_at(dims, i)), NULL),
			&len);
		js_add_u64(shape, len);
		n = len ? n : 0;
	}
	if (js_get(v, "shape") == NULL)
		js_set(v, "shape", shape);
	if (js_get(v, "endian") == NULL)
		js_set_text(v, "endian", "little");
	if (js_get(v, "attrs") == NULL)
		js_set(v, "attrs", js_new_object(a));
	if (js_get(v, "attr_dtypes") == NULL)
		js_set(v, "attr_dtypes", js_new_object(a));
	if (js_get(v, "chunk_shape") == NULL)
		js_set(v, "chunk_shape", js_get(v, "shape"));
	if (js_get(v, "codecs") == NULL)
		js_set(v, "codecs", js_new_list(a));
	if (js_get(v, "refs") != NULL)
		return;
	js_set(refs, "offset", archive_parse(a, n ? "[100]" : "[]"));
	js_set(refs, "length", archive_parse(a, n ? "[8]" : "[]"));
	js_set(v, "refs", refs);
}

/* A dataset record from {'key','url','dims','attrs','vars':{..{'dims','dtype',
 * ..}}}; what is missing is made up. */
static inline struct js *archive_record(struct arena *a, const char *text)
{
	struct js *rec = archive_parse(a, text), *file = js_new_object(a);
	struct js *vars = js_get(rec, "vars");

	if (rec == NULL)
		return NULL;
	js_set_text(file, "path", js_get_text(rec, "url"));
	js_set_int(file, "size", 1000);
	js_set(rec, "file", file);
	js_set_text(rec, "format", "netcdf4");
	if (js_get(rec, "attrs") == NULL)
		js_set(rec, "attrs", js_new_object(a));
	if (js_get(rec, "attr_dtypes") == NULL)
		js_set(rec, "attr_dtypes", js_new_object(a));
	for (void *it = js_first(vars); it; it = js_next(vars, it))
		archive_fill(a, rec, js_member(it));
	return rec;
}

static inline const char *archive_text(struct arena *a, const struct js *v)
{
	struct buf text = BUF_INIT;
	char *copy;

	js_write(&text, v, JS_RECORD);
	copy = arena_strdup(a, text.data);
	for (char *c = copy; *c != '\0'; c++)
		if (*c == '"')
			*c = '\'';
	buf_release(&text);
	return copy;
}

#endif
