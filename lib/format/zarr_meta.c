/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents are built member by member from what was decided, in the order in
 * which the specifications list them.  Templates of text were refused: a value
 * put into text is a value that can break it.
 */
#include "format/zarr_meta.h"

#include <string.h>

#include "base/base64.h"
#include "base/str.h"
#include "base/version.h"
#include "format/zarr_attr.h"
#include "record/json_write.h"

/* How json_write spells the mark before a number, and the quote before it. */
static const char marked[] = "\"\\u0001";

void zarr_meta_text(struct buf *out, const struct js *doc)
{
	struct buf text = BUF_INIT;
	const char *s, *mark;

	js_write(&text, doc, JS_DOCUMENT);
	s = text.data;
	while ((mark = strstr(s, marked)) != NULL) {
		const char *digits = mark + strlen(marked);
		size_t n = strspn(digits, "0123456789");

		if (n == 0 || digits[n] != '"') { /* a text of the user's */
			buf_add(out, s, (size_t)(digits - s));
			s = digits;
			continue;
		}
		buf_add(out, s, (size_t)(mark - s));
		buf_add(out, digits, n);
		s = digits + n + 1;
	}
	buf_adds(out, s);
	buf_addc(out, '\n');
	buf_release(&text);
}

static struct js *number_list(struct arena *a, const uint64_t *v, unsigned n)
{
	struct js *list = js_new_list(a);

	for (unsigned i = 0; i < n; i++)
		js_add_u64(list, v[i]);
	return list;
}

static struct js *dim_list(struct arena *a, const struct array *t)
{
	struct js *list = js_new_list(a);

	for (unsigned i = 0; i < t->ndim; i++)
		js_add_text(list, t->dims[i]);
	return list;
}

/* {"name":name,"configuration":{member:v}}; without a member, without a
 * configuration. */
static struct js *named(struct arena *a, const char *name, const char *member,
	struct js *v)
{
	struct js *obj = js_new_object(a), *conf = js_new_object(a);

	js_set_text(obj, "name", name);
	if (member != NULL) {
		js_set(conf, member, v);
		js_set(obj, "configuration", conf);
	}
	return obj;
}

static struct js *data_type(struct arena *a, const struct array *t)
{
	char name[16];

	if (t->dtype.kind == DTYPE_BYTES)
		return named(a, "null_terminated_bytes", "length_bytes",
			js_new_u64(a, t->dtype.size));
	return js_new_text(a, dtype_name(t->dtype, name));
}

/* Blosc shuffles elements; it can only be told up to 255 bytes. */
static uint64_t shuffle_size(const struct array *t)
{
	return t->dtype.size == 0 || t->dtype.size > 255 ? 1 : t->dtype.size;
}

static struct js *default_blosc(struct arena *a)
{
	struct js *conf = js_new_object(a);

	js_set_text(conf, "cname", "lz4");
	js_set_int(conf, "clevel", 5);
	js_set_text(conf, "shuffle", "shuffle");
	js_set_int(conf, "blocksize", 0);
	return conf;
}

static void add_blosc(struct arena *a, const struct array *t,
	const struct js *conf, struct js *list)
{
	struct js *full = js_copy(a, conf), *codec = js_new_object(a);

	if (js_get(full, "typesize") == NULL)
		js_set_u64(full, "typesize", shuffle_size(t));
	js_set_text(codec, "name", "blosc");
	js_set(codec, "configuration", full);
	js_add(list, codec);
}

static struct js *array_codec(struct arena *a, const struct array *t)
{
	if (t->dtype.kind == DTYPE_STRING)
		return named(a, "vlen-utf8", NULL, NULL);
	if (t->dtype.size == 1 || t->dtype.kind == DTYPE_BYTES)
		return named(a, "bytes", NULL, NULL);
	return named(a, "bytes", "endian", js_new_text(a, "little"));
}

/* The list of the recipe, made complete: it may leave the first one out, and
 * names no element size. */
static struct js *codec_list(struct arena *a, const struct array *t)
{
	struct js *list = js_new_list(a);

	js_add(list, array_codec(a, t));
	if (t->codecs == NULL)
		add_blosc(a, t, default_blosc(a), list);
	for (size_t i = 0; i < js_count(t->codecs); i++) {
		struct js *codec = js_at(t->codecs, i);
		const char *name = js_get_text(codec, "name");
		struct js *conf = js_get(codec, "configuration");

		if (str_eq(name, "blosc"))
			add_blosc(a, t, conf, list);
		else if (!str_eq(name, "bytes"))
			js_add(list,
				js_count(conf) ? codec :
						 named(a, name, NULL, NULL));
	}
	return list;
}

/* Where every reader looks for the index, and with a checksum. */
static struct js *shard_codec(struct arena *a, const struct array *t)
{
	struct js *conf = js_new_object(a), *index = js_new_list(a);
	struct js *out = js_new_list(a), *codec = js_new_object(a);

	js_add(index, named(a, "bytes", "endian", js_new_text(a, "little")));
	js_add(index, named(a, "crc32c", NULL, NULL));
	js_set(conf, "chunk_shape", number_list(a, t->inner_shape, t->ndim));
	js_set(conf, "codecs", codec_list(a, t));
	js_set(conf, "index_codecs", index);
	js_set_text(conf, "index_location", "end");
	js_set_text(codec, "name", "sharding_indexed");
	js_set(codec, "configuration", conf);
	js_add(out, codec);
	return out;
}

static struct js *fill_value(struct arena *a, const struct array *t)
{
	struct js *v;

	if (t->dtype.kind == DTYPE_STRING)
		return js_new_text(a, "");
	v = dtype_bytes_value(a, t->dtype, t->fill);
	return dtype_is_integer(t->dtype) ? zarr_attr_integer(a, v) : v;
}

static struct js *separator(struct arena *a, const struct array *t)
{
	const char text[] = { t->separator, '\0' };

	return js_new_text(a, text);
}

struct js *zarr_meta_array(struct arena *a, const struct array *t)
{
	bool v2 = t->zarr_format == 2;
	struct js *doc = js_new_object(a);

	js_set_int(doc, "zarr_format", 3);
	js_set_text(doc, "node_type", "array");
	js_set(doc, "shape", number_list(a, t->shape, t->ndim));
	js_set(doc, "data_type", data_type(a, t));
	js_set(doc, "chunk_grid",
		named(a, "regular", "chunk_shape",
			number_list(a, t->chunk_shape, t->ndim)));
	js_set(doc, "chunk_key_encoding",
		named(a, v2 ? "v2" : "default", "separator", separator(a, t)));
	js_set(doc, "fill_value", fill_value(a, t));
	js_set(doc, "codecs",
		t->inner_shape ? shard_codec(a, t) : codec_list(a, t));
	js_set(doc, "attributes", zarr_attr_list(a, t, 3));
	js_set(doc, "dimension_names", dim_list(a, t));
	return doc;
}

static const char *v2_dtype(struct arena *a, const struct array *t)
{
	char kind = dtype_is_float(t->dtype) ? 'f' :
		dtype_is_signed(t->dtype)    ? 'i' :
					       'u';

	if (t->dtype.kind == DTYPE_STRING)
		return "|O";
	if (t->dtype.kind == DTYPE_BYTES)
		kind = 'S';
	return arena_printf(a, "%c%c%u",
		t->dtype.size == 1 || kind == 'S' ? '|' : '<', kind,
		t->dtype.size);
}

static int64_t shuffle_number(const char *word)
{
	return str_eq(word, "noshuffle") ? 0 : str_eq(word, "shuffle") ? 1 : 2;
}

/* A codec of v3 as numcodecs, whose names v2 uses, spells it. */
static struct js *v2_codec(struct arena *a, const struct js *codec)
{
	const struct js *conf = js_get(codec, "configuration");
	struct js *out = js_new_object(a);
	bool checksum = false;

	js_set_text(out, "id", js_get_text(codec, "name"));
	for (void *it = js_first(conf); it; it = js_next(conf, it)) {
		const char *name = js_name(it);

		if (str_eq(name, "shuffle"))
			js_set_int(out, name,
				shuffle_number(js_text(js_member(it))));
		else if (str_eq(name, "checksum") &&
			js_bool(js_member(it), &checksum) && !checksum)
			continue; /* unknown to numcodecs before 0.13 */
		else if (!str_eq(name, "typesize"))
			js_set(out, name, js_member(it));
	}
	return out;
}

/* All codecs but the first, which the dtype says; the last is the compressor,
 * any before it are filters. */
static void set_v2_codecs(struct arena *a, const struct array *t,
	struct js *doc)
{
	struct js *list = codec_list(a, t), *filters = js_new_list(a);
	size_t n = js_count(list);
	bool vlen = t->dtype.kind == DTYPE_STRING;

	if (vlen)
		js_add(filters, v2_codec(a, js_at(list, 0)));
	for (size_t i = 1; i + 1 < n; i++)
		js_add(filters, v2_codec(a, js_at(list, i)));
	js_set(doc, "compressor",
		n > 1 ? v2_codec(a, js_at(list, n - 1)) : js_new_null(a));
	js_set(doc, "filters", js_count(filters) ? filters : js_new_null(a));
}

struct js *zarr_meta_zarray(struct arena *a, const struct array *t)
{
	struct js *doc = js_new_object(a);

	js_set_int(doc, "zarr_format", 2);
	js_set(doc, "shape", number_list(a, t->shape, t->ndim));
	js_set(doc, "chunks", number_list(a, t->chunk_shape, t->ndim));
	js_set_text(doc, "dtype", v2_dtype(a, t));
	set_v2_codecs(a, t, doc);
	js_set(doc, "fill_value",
		t->has_fill ? fill_value(a, t) : js_new_null(a));
	js_set_text(doc, "order", "C");
	js_set(doc, "dimension_separator", separator(a, t));
	return doc;
}

struct js *zarr_meta_zattrs(struct arena *a, const struct array *t)
{
	struct js *attrs = zarr_attr_list(a, t, 2);

	js_set(attrs, "_ARRAY_DIMENSIONS", dim_list(a, t));
	return attrs;
}

/* Lists are joined: CF and ACDD have keywords as one text. */
static struct js *plain_text(struct arena *a, struct js *v)
{
	struct buf text = BUF_INIT;
	struct js *out;

	if (js_type(v) != JS_LIST)
		return v;
	for (size_t i = 0; i < js_count(v); i++) {
		const char *word = js_text(js_at(v, i));

		if (i > 0)
			buf_adds(&text, ", ");
		if (word != NULL)
			buf_adds(&text, word);
		else
			js_write(&text, js_at(v, i), JS_RECORD);
	}
	out = js_new_text(a, text.len ? text.data : "");
	buf_release(&text);
	return out;
}

static struct js *json_text(struct arena *a, const struct js *v)
{
	struct buf text = BUF_INIT;
	struct js *out;

	js_write(&text, v, JS_RECORD);
	out = js_new_text(a, text.data);
	buf_release(&text);
	return out;
}

struct js *zarr_meta_group_attrs(struct arena *a, const struct layout *l,
	const struct recipe *r, const char *plan)
{
	static const char *const plain[] = { "title", "description", "license",
		"keywords" };
	static const char *const nested[] = { "provenance", "maintainers" };
	struct js *attrs = zarr_attr_group(a, l);

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (js_get(r->tree, plain[i]) != NULL)
			js_set(attrs, plain[i],
				plain_text(a, js_get(r->tree, plain[i])));
	for (size_t i = 0; i < sizeof(nested) / sizeof(*nested); i++)
		if (js_get(r->tree, nested[i]) != NULL)
			js_set(attrs, arena_printf(a, "pgf_%s", nested[i]),
				json_text(a, js_get(r->tree, nested[i])));
	js_set_text(attrs, "pgf_recipe", r->name);
	js_set_text(attrs, "pgf_version", PGF_VERSION);
	js_set_text(attrs, "pgf_plan", plan);
	return attrs;
}

struct js *zarr_meta_group(struct arena *a, struct js *attrs,
	struct js *children)
{
	struct js *doc = js_new_object(a), *inner = js_new_object(a);

	js_set_int(doc, "zarr_format", 3);
	js_set_text(doc, "node_type", "group");
	js_set(doc, "attributes", attrs);
	if (children == NULL)
		return doc;
	js_set_text(inner, "kind", "inline");
	js_set(inner, "must_understand", js_new_bool(a, false));
	js_set(inner, "metadata", children);
	js_set(doc, "consolidated_metadata", inner);
	return doc;
}

struct js *zarr_meta_zmetadata(struct arena *a, struct js *documents)
{
	struct js *doc = js_new_object(a);

	js_set_int(doc, "zarr_consolidated_format", 1);
	js_set(doc, "metadata", documents);
	return doc;
}

struct js *zarr_meta_zgroup(struct arena *a)
{
	struct js *doc = js_new_object(a);

	js_set_int(doc, "zarr_format", 2);
	return doc;
}
