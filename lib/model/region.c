/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record repeats the whole metadata of the array, so that a region can be
 * written on a machine that has nothing but the record and the files.  The
 * metadata stays the document it is; only what writing needs is read from it,
 * here.
 */
#include "model/region.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "base/xxh.h"
#include "record/json_write.h"

static bool is_safe_part(const char *s, size_t len)
{
	if (len == 0 || s[0] == '.' || (len >= 2 && memcmp(s, "__", 2) == 0))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return false;
	return len != strlen("zarr.json") || memcmp(s, "zarr.json", len) != 0;
}

bool region_name_is_safe(const char *name)
{
	for (;;) {
		size_t len = strcspn(name, "/");

		if (!is_safe_part(name, len))
			return false;
		if (name[len] == '\0')
			return true;
		name += len + 1;
	}
}

static void drop_names(const struct js *pieces)
{
	for (size_t i = 0; i < js_count(pieces); i++) {
		struct js *p = js_at(pieces, i);
		const char *tag;

		/* of a file that is not here the time may be all that tells
		 * what it holds */
		if (js_get(p, "path") != NULL)
			js_remove(p, "modified");
		/* nor is there a digest of a local file in every run */
		tag = js_get_text(p, "etag");
		if (tag != NULL && xxh_is_tag(tag))
			js_remove(p, "etag");
		js_remove(p, "url");
		js_remove(p, "path");
	}
}

void region_digest(struct arena *a, const struct js *rec, char out[33])
{
	struct js *copy = js_copy(a, rec);
	struct buf text = BUF_INIT;

	drop_names(js_get(copy, "from"));
	drop_names(js_path(copy, "close", "with", NULL));
	js_write(&text, copy, JS_SORTED);
	xxh_of(text.data, text.len, out);
	buf_release(&text);
}

static int read_grid(struct arena *a, const struct js *doc, struct target *t,
	struct err *err)
{
	const struct js *grid = js_get(doc, "chunk_grid");
	const char *kind = js_get_text(grid, "name");
	unsigned n;

	if (region_numbers(a, js_get(doc, "shape"), 0, &t->shape, &t->ndim) < 0)
		return region_bad(err, "shape", "is not a list of lengths");
	if (kind == NULL || !str_eq(kind, "regular"))
		return region_bad(err, "chunk_grid", "is not regular");
	if (region_numbers(a,
		    js_path(grid, "configuration", "chunk_shape", NULL), 1,
		    &t->chunk_shape, &n) < 0 ||
		n != t->ndim)
		return region_bad(err, "chunk_shape",
			"is not a list of lengths of the rank of the array");
	return 0;
}

static int read_keys(const struct js *doc, struct target *t, struct err *err)
{
	const struct js *keys = js_get(doc, "chunk_key_encoding");
	const char *kind = js_get_text(keys, "name");
	const struct js *conf = js_get(keys, "configuration");
	const char *separator = js_get_text(conf, "separator");

	if (kind == NULL || (!str_eq(kind, "default") && !str_eq(kind, "v2")))
		return region_bad(err, "chunk_key_encoding",
			"is not 'default' or 'v2'");
	t->v2_keys = str_eq(kind, "v2");
	t->separator = t->v2_keys ? '.' : '/';
	if (js_get(conf, "separator") == NULL)
		return 0;
	if (separator == NULL ||
		(!str_eq(separator, "/") && !str_eq(separator, ".")))
		return region_bad(err, "separator", "is not '/' or '.'");
	t->separator = separator[0];
	return 0;
}

static int read_dtype(const struct js *doc, struct target *t, struct err *err)
{
	const struct js *type = js_get(doc, "data_type");
	const char *name = js_text(type);
	uint64_t size;

	if (name != NULL && dtype_parse(name, &t->dtype) &&
		t->dtype.kind != DTYPE_CHAR && t->dtype.kind != DTYPE_BYTES)
		return 0;
	name = js_get_text(type, "name");
	if (name == NULL || !str_eq(name, "null_terminated_bytes") ||
		!js_u64(js_path(type, "configuration", "length_bytes", NULL),
			&size) ||
		size == 0 || size > INT32_MAX)
		return region_bad(err, "data_type",
			"is no data type that is known");
	t->dtype = (struct dtype){ DTYPE_BYTES, (uint32_t)size };
	return 0;
}

/* What cells hold for which nothing is declared. */
static void default_fill(struct target *t)
{
	const double quiet = (double)NAN;
	const float narrow = NAN;

	if (t->dtype.kind == DTYPE_FLOAT64)
		memcpy(t->fill, &quiet, sizeof(quiet));
	else if (t->dtype.kind == DTYPE_FLOAT32)
		memcpy(t->fill, &narrow, sizeof(narrow));
}

static int read_fill(struct arena *a, const struct js *doc, struct target *t,
	struct err *err)
{
	const struct js *v = js_get(doc, "fill_value");
	const char *text = js_text(v);

	if (t->dtype.kind == DTYPE_STRING) {
		t->fill_text = js_type(v) == JS_NULL ? "" : text;
		return t->fill_text ?
			0 :
			region_bad(err, "fill_value", "is not text");
	}
	t->fill = ARENA_NEW(a, uint8_t, t->dtype.size);
	if (js_type(v) == JS_NULL)
		default_fill(t);
	else if (!(dtype_is_text(t->dtype) && text && *text == '\0') &&
		!dtype_value_bytes(t->dtype, v, t->fill))
		return region_bad(err, "fill_value",
			"is not a value of the data type");
	return 0;
}

static int read_dims(struct arena *a, const struct js *doc, struct target *t,
	struct err *err)
{
	const struct js *names = js_get(doc, "dimension_names");

	if (js_count(names) != t->ndim)
		return region_bad(err, "dimension_names",
			"does not name every dimension");
	t->dims = ARENA_NEW(a, const char *, t->ndim);
	for (unsigned i = 0; i < t->ndim; i++) {
		t->dims[i] = js_text(js_at(names, i));
		if (t->dims[i] == NULL)
			return region_bad(err, "dimension_names",
				"does not name every dimension");
	}
	return 0;
}

/* As metadata says it here (format/zarr_meta), and no other way. */
static bool is_plain_index(const struct js *conf)
{
	const struct js *codecs = js_get(conf, "index_codecs");
	const char *where = js_get_text(conf, "index_location");
	const char *first = js_get_text(js_at(codecs, 0), "name");
	const char *second = js_get_text(js_at(codecs, 1), "name");

	return js_count(codecs) == 2 && first != NULL && second != NULL &&
		str_eq(first, "bytes") && str_eq(second, "crc32c") &&
		where != NULL && str_eq(where, "end");
}

/* A shard's chunks, or none. */
static int read_shard(struct arena *a, struct target *t, struct err *err)
{
	const struct js *codec = js_at(t->codecs, 0);
	const struct js *conf = js_get(codec, "configuration");
	const char *name = js_get_text(codec, "name");
	unsigned n;

	t->inner_codecs = t->codecs;
	if (name == NULL || !str_eq(name, "sharding_indexed"))
		return 0;
	t->inner_codecs = js_get(conf, "codecs");
	if (js_count(t->codecs) != 1 || js_type(t->inner_codecs) != JS_LIST ||
		!is_plain_index(conf))
		return region_bad(err, "codecs",
			"holds a shard of another kind than with its index at "
			"the end, of bytes and crc32c, and nothing behind it");
	if (region_numbers(a, js_get(conf, "chunk_shape"), 1, &t->inner_shape,
		    &n) < 0 ||
		n != t->ndim)
		return region_bad(err, "codecs",
			"holds a shard without a chunk_shape");
	for (unsigned i = 0; i < n; i++)
		if (t->chunk_shape[i] % t->inner_shape[i] != 0)
			return region_bad(err, "codecs",
				"holds a shard that is not made of whole "
				"chunks");
	return 0;
}

static int read_target(struct arena *a, const struct js *rec, struct target *t,
	struct err *err)
{
	struct js *doc = js_get(rec, "array");
	const struct js *vars = js_path(rec, "key", "vars", NULL);

	t->name = js_text(js_at(vars, 0));
	if (t->name == NULL || js_count(vars) != 1)
		return region_bad(err, "key",
			"does not name one array in 'vars'");
	if (!region_name_is_safe(t->name))
		return err_set(err, ERR_DATA,
			"'%s' cannot be the name of an "
			"array: rename the variable",
			t->name);
	t->metadata = doc;
	t->codecs = js_get(doc, "codecs");
	if (js_type(t->codecs) != JS_LIST)
		return region_bad(err, "codecs", "is not a list");
	if (read_grid(a, doc, t, err) < 0 || read_shard(a, t, err) < 0 ||
		read_keys(doc, t, err) < 0 || read_dtype(doc, t, err) < 0 ||
		read_fill(a, doc, t, err) < 0)
		return err_in(err, "array '%s'", t->name);
	if (read_dims(a, doc, t, err) < 0)
		return err_in(err, "array '%s'", t->name);
	return 0;
}

static int read_box(struct arena *a, const struct js *rec, struct region *r,
	struct err *err)
{
	const struct target *t = &r->target;

	r->offset = ARENA_NEW(a, uint64_t, t->ndim);
	r->size = ARENA_NEW(a, uint64_t, t->ndim);
	if (region_by_name(js_path(rec, "key", "offset", NULL), t, false,
		    r->offset) < 0)
		return region_bad(err, "key",
			"has no 'offset' for every dimension");
	if (region_by_name(js_get(rec, "size"), t, false, r->size) < 0)
		return region_bad(err, "size",
			"has no number for every dimension");
	for (unsigned i = 0; i < t->ndim; i++) {
		uint64_t end;

		if (!num_add(r->offset[i], r->size[i], &end) ||
			end > t->shape[i] ||
			(r->size[i] == 0 && t->shape[i] != 0))
			return err_set(err, ERR_DATA,
				"dimension '%s': %" PRIu64
				" elements at %" PRIu64 " of %" PRIu64,
				t->dims[i], r->size[i], r->offset[i],
				t->shape[i]);
		if (r->offset[i] % t->chunk_shape[i] != 0 ||
			(end % t->chunk_shape[i] != 0 && end != t->shape[i]))
			return err_set(err, ERR_DATA,
				"dimension '%s': the "
				"region does not begin and end between chunks",
				t->dims[i]);
	}
	return 0;
}

static int read_cell(struct arena *a, const struct js *rec, struct region *r,
	struct err *err)
{
	const struct js *cell = js_get(rec, "cell");
	const char *name = js_get_text(cell, "dtype");
	struct dtype t;
	uint64_t *shape;
	unsigned n;

	r->cell_size = r->target.dtype.size;
	if (cell == NULL)
		return 0;
	if (r->target.dtype.kind != DTYPE_STRING || name == NULL ||
		!dtype_parse(name, &t) || !dtype_is_text(t) ||
		region_numbers(a, js_get(cell, "shape"), 0, &shape, &n) < 0 ||
		n > DATASET_MAX_NDIM - r->target.ndim ||
		!region_cell_bytes(t, shape, n, &r->cell_size))
		return region_bad(err, "cell",
			"is not text for a string array");
	return 0;
}

static int read_empty(const struct js *rec, struct region *r, struct err *err)
{
	const struct js *v = js_get(rec, "write_empty_chunks");
	bool writes = true;

	if (v != NULL && !js_bool(v, &writes))
		return region_bad(err, "write_empty_chunks",
			"is neither true nor false");
	r->omits_empty = !writes;
	return 0;
}

/* Numbers are compared as what they mean, so both sides must say that. */
static int check_close(const struct region *r, struct err *err)
{
	const struct region_close *c = &r->close;

	for (size_t i = 0; i < c->n; i++) {
		if (c->with[i].path == NULL)
			return region_bad(err, "close", "has a fill in 'with'");
		if (!dtype_is_text(r->target.dtype) &&
			c->with[i].encoding == NULL)
			return region_bad(err, "close",
				"has numbers without 'encoding' in 'with'");
	}
	return 0;
}

/* {"tolerance":..,"with":[..]} */
static int read_close(struct arena *a, const struct js *v,
	const struct region_frame *f, struct region *r, struct err *err)
{
	const struct js *with = js_get(v, "with");
	struct region_close *c = &r->close;

	if (v == NULL)
		return 0;
	if (!js_real(js_get(v, "tolerance"), &c->tolerance) ||
		!isfinite(c->tolerance) || c->tolerance < 0 ||
		js_type(with) != JS_LIST)
		return region_bad(err, "close",
			"has no 'tolerance' or no list 'with'");
	c->n = js_count(with);
	if (region_pieces(a, with, f, &c->with, err) < 0)
		return err_in(err, "member 'close'");
	return check_close(r, err);
}

static int read_pieces(struct arena *a, const struct js *rec, struct region *r,
	struct err *err)
{
	const struct js *from = js_get(rec, "from");
	const struct region_frame f = {
		.target = &r->target,
		.cell_size = r->cell_size,
		.encoding = r->encoding,
	};

	r->npieces = js_count(from);
	if (region_pieces(a, from, &f, &r->pieces, err) < 0)
		return -1;
	return read_close(a, js_get(rec, "close"), &f, r, err);
}

/* Chunks that are carried over are frames of blosc, whatever its settings. */
static int read_keep(const struct js *rec, struct region *r, struct err *err)
{
	const struct js *v = js_get(rec, "keep"),
			*codecs = r->target.inner_codecs;
	const char *name = js_get_text(js_at(codecs, 1), "name");

	if (v == NULL)
		return 0;
	if (!js_bool(v, &r->keep))
		return region_bad(err, "keep", "is not true or false");
	if (r->keep &&
		(js_count(codecs) != 2 || name == NULL ||
			!str_eq(name, "blosc")))
		return region_bad(err, "keep",
			"needs an array whose codecs are 'bytes' and 'blosc'");
	return 0;
}

int region_from_record(struct arena *a, const struct js *rec,
	struct region *out, struct err *err)
{
	const struct js *from = js_get(rec, "from");
	char digest[33];

	memset(out, 0, sizeof(*out));
	if (js_get(rec, "array") == NULL || js_type(from) != JS_LIST)
		return err_set(err, ERR_DATA,
			"not a region record: no 'array' "
			"or no list 'from'");
	if (read_target(a, rec, &out->target, err) < 0)
		return -1;
	if (read_box(a, rec, out, err) < 0 || read_cell(a, rec, out, err) < 0 ||
		read_empty(rec, out, err) < 0 || read_keep(rec, out, err) < 0 ||
		region_encoding(a, rec, out->target.dtype, &out->encoding,
			err) < 0)
		return err_in(err, "array '%s'", out->target.name);
	if (read_pieces(a, rec, out, err) < 0)
		return err_in(err, "array '%s'", out->target.name);
	region_digest(a, rec, digest);
	out->digest = arena_strdup(a, digest);
	return 0;
}
