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

void region_digest(struct arena *a, const struct js *rec, char out[33])
{
	struct js *copy = js_copy(a, rec);
	struct js *from = js_get(copy, "from");
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < js_count(from); i++) {
		js_remove(js_at(from, i), "url");
		js_remove(js_at(from, i), "path");
		js_remove(js_at(from, i), "modified");
	}
	js_write(&text, copy, JS_SORTED);
	xxh_of(text.data, text.len, out);
	buf_release(&text);
}

static int bad(struct err *err, const char *member, const char *why)
{
	return err_set(err, ERR_DATA, "member '%s' %s", member, why);
}

/* A list of whole numbers >= low. */
static int read_numbers(struct arena *a, const struct js *list, uint64_t low,
	uint64_t **out, unsigned *n)
{
	*n = (unsigned)js_count(list);
	if (js_type(list) != JS_LIST || js_count(list) > DATASET_MAX_NDIM)
		return -1;
	*out = ARENA_NEW(a, uint64_t, *n);
	for (unsigned i = 0; i < *n; i++)
		if (!js_u64(js_at(list, i), &(*out)[i]) || (*out)[i] < low)
			return -1;
	return 0;
}

static int read_grid(struct arena *a, const struct js *doc, struct target *t,
	struct err *err)
{
	const struct js *grid = js_get(doc, "chunk_grid");
	const char *kind = js_get_text(grid, "name");
	unsigned n;

	if (read_numbers(a, js_get(doc, "shape"), 0, &t->shape, &t->ndim) < 0)
		return bad(err, "shape", "is not a list of lengths");
	if (kind == NULL || !str_eq(kind, "regular"))
		return bad(err, "chunk_grid", "is not regular");
	if (read_numbers(a, js_path(grid, "configuration", "chunk_shape", NULL),
		    1, &t->chunk_shape, &n) < 0 ||
		n != t->ndim)
		return bad(err, "chunk_shape",
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
		return bad(err, "chunk_key_encoding",
			"is not 'default' or 'v2'");
	t->v2_keys = str_eq(kind, "v2");
	t->separator = t->v2_keys ? '.' : '/';
	if (js_get(conf, "separator") == NULL)
		return 0;
	if (separator == NULL ||
		(!str_eq(separator, "/") && !str_eq(separator, ".")))
		return bad(err, "separator", "is not '/' or '.'");
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
		return bad(err, "data_type", "is no data type that is known");
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
		return t->fill_text ? 0 : bad(err, "fill_value", "is not text");
	}
	t->fill = ARENA_NEW(a, uint8_t, t->dtype.size);
	if (js_type(v) == JS_NULL)
		default_fill(t);
	else if (!(dtype_is_text(t->dtype) && text && *text == '\0') &&
		!dtype_value_bytes(t->dtype, v, t->fill))
		return bad(err, "fill_value",
			"is not a value of the data type");
	return 0;
}

static int read_dims(struct arena *a, const struct js *doc, struct target *t,
	struct err *err)
{
	const struct js *names = js_get(doc, "dimension_names");

	if (js_count(names) != t->ndim)
		return bad(err, "dimension_names",
			"does not name every dimension");
	t->dims = ARENA_NEW(a, const char *, t->ndim);
	for (unsigned i = 0; i < t->ndim; i++) {
		t->dims[i] = js_text(js_at(names, i));
		if (t->dims[i] == NULL)
			return bad(err, "dimension_names",
				"does not name every dimension");
	}
	return 0;
}

static int read_target(struct arena *a, const struct js *rec, struct target *t,
	struct err *err)
{
	struct js *doc = js_get(rec, "array");
	const struct js *vars = js_path(rec, "key", "vars", NULL);

	t->name = js_text(js_at(vars, 0));
	if (t->name == NULL || js_count(vars) != 1)
		return bad(err, "key", "does not name one array in 'vars'");
	if (!region_name_is_safe(t->name))
		return err_set(err, ERR_DATA,
			"'%s' cannot be the name of an "
			"array: rename the variable",
			t->name);
	t->metadata = doc;
	t->codecs = js_get(doc, "codecs");
	if (js_type(t->codecs) != JS_LIST)
		return bad(err, "codecs", "is not a list");
	if (read_grid(a, doc, t, err) < 0 || read_keys(doc, t, err) < 0 ||
		read_dtype(doc, t, err) < 0 || read_fill(a, doc, t, err) < 0)
		return err_in(err, "array '%s'", t->name);
	if (read_dims(a, doc, t, err) < 0)
		return err_in(err, "array '%s'", t->name);
	return 0;
}

/* A number per dimension, from an object by name; one that is not there is 0
 * if that is allowed. */
static int read_by_name(const struct js *obj, const struct target *t,
	bool zero_allowed, uint64_t *out)
{
	for (unsigned i = 0; i < t->ndim; i++) {
		const struct js *v = js_get(obj, t->dims[i]);

		if (v == NULL && zero_allowed)
			continue;
		if (!js_u64(v, &out[i]))
			return -1;
	}
	return 0;
}

static int read_box(struct arena *a, const struct js *rec, struct region *r,
	struct err *err)
{
	const struct target *t = &r->target;

	r->offset = ARENA_NEW(a, uint64_t, t->ndim);
	r->size = ARENA_NEW(a, uint64_t, t->ndim);
	if (read_by_name(js_path(rec, "key", "offset", NULL), t, false,
		    r->offset) < 0)
		return bad(err, "key", "has no 'offset' for every dimension");
	if (read_by_name(js_get(rec, "size"), t, false, r->size) < 0)
		return bad(err, "size", "has no number for every dimension");
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

/* Bytes of a cell of fixed size: an element times the dimensions from first on.
 */
static bool cell_bytes(struct dtype t, const uint64_t *shape, unsigned n,
	uint64_t *out)
{
	return num_product(shape, n, out) && num_mul(*out, t.size, out);
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
		read_numbers(a, js_get(cell, "shape"), 0, &shape, &n) < 0 ||
		n > DATASET_MAX_NDIM - r->target.ndim ||
		!cell_bytes(t, shape, n, &r->cell_size))
		return bad(err, "cell", "is not text for a string array");
	return 0;
}

/* Text: elements of one byte make cells of the dimensions that the target has
 * not. */
static int check_text(const struct region *r, struct piece *p, struct err *err)
{
	const struct chunk_table *s = &p->table;
	unsigned n = r->target.ndim;
	char have[16];

	if (!dtype_is_text(s->dtype) || s->ndim < n ||
		(s->ndim > n && s->dtype.kind != DTYPE_CHAR) ||
		(s->dtype.kind == DTYPE_STRING && r->cell_size != 0))
		return err_set(err, ERR_DATA,
			"%u dimensions of %s make no text of %u dimensions",
			s->ndim, dtype_name(s->dtype, have), n);
	if (!cell_bytes(s->dtype, s->shape + n, s->ndim - n, &p->cell_size))
		p->cell_size = UINT64_MAX;
	if (r->cell_size != 0 && p->cell_size > r->cell_size)
		return err_set(err, ERR_DATA,
			"has text of %" PRIu64
			" bytes, the array takes %" PRIu64,
			p->cell_size, r->cell_size);
	return 0;
}

static int check_numbers(const struct region *r, struct piece *p,
	struct err *err)
{
	const struct target *t = &r->target;
	const struct chunk_table *s = &p->table;
	char have[16], want[16];

	if (dtype_is_text(s->dtype) ||
		(p->encoding == NULL && !dtype_equal(s->dtype, t->dtype)))
		return err_set(err, ERR_DATA, "is %s, the array takes %s",
			dtype_name(s->dtype, have), dtype_name(t->dtype, want));
	if (s->ndim != t->ndim)
		return err_set(err, ERR_DATA,
			"has %u dimensions, the array takes %u", s->ndim,
			t->ndim);
	p->cell_size = s->dtype.size;
	return 0;
}

/* A piece must have the region's types and lie in the array. */
static int check_piece(const struct region *r, struct piece *p, struct err *err)
{
	const struct target *t = &r->target;
	int ok = dtype_is_text(t->dtype) ? check_text(r, p, err) :
					   check_numbers(r, p, err);
	uint64_t end;

	for (unsigned i = 0; ok == 0 && i < t->ndim; i++)
		if (!num_add(p->offset[i], p->table.shape[i], &end) ||
			end > t->shape[i])
			ok = err_set(err, ERR_DATA,
				"reaches beyond the array along '%s'",
				t->dims[i]);
	return ok;
}

static int read_encoding(struct arena *a, const struct js *obj, struct dtype t,
	const struct encoding **out, struct err *err)
{
	const struct js *v = js_get(obj, "encoding");
	struct encoding e;

	*out = NULL;
	if (v == NULL)
		return 0;
	if (encoding_from_json(v, t, &e, err) < 0)
		return err_in(err, "member 'encoding'");
	*out = arena_memdup(a, &e, sizeof(e));
	return 0;
}

/* What a piece is converted from needs something to become. */
static int read_conversion(struct arena *a, const struct js *v,
	const struct region *r, struct piece *p, struct err *err)
{
	if (read_encoding(a, v, p->table.dtype, &p->encoding, err) < 0)
		return -1;
	if (p->encoding != NULL && r->encoding == NULL)
		return bad(err, "encoding", "is in a piece, not in the region");
	return 0;
}

/* {"fill":true,"offset":..,"shape":..}: cells that no file gives. */
static int read_hole(struct arena *a, const struct js *v,
	const struct region *r, struct piece *p, struct err *err)
{
	const struct target *t = &r->target;
	struct chunk_table *s = &p->table;
	uint64_t end;

	p->offset = ARENA_NEW(a, uint64_t, t->ndim);
	if (read_by_name(js_get(v, "offset"), t, true, p->offset) < 0 ||
		read_numbers(a, js_get(v, "shape"), 0, &s->shape, &s->ndim) <
			0 ||
		s->ndim != t->ndim)
		return bad(err, "fill", "has no 'offset' and 'shape' that fit");
	for (unsigned i = 0; i < t->ndim; i++)
		if (!num_add(p->offset[i], s->shape[i], &end) ||
			end > t->shape[i])
			return err_set(err, ERR_DATA,
				"a fill reaches beyond the array along '%s'",
				t->dims[i]);
	return 0;
}

static int read_piece(struct arena *a, const struct js *v,
	const struct region *r, struct piece *p, struct err *err)
{
	bool fill = false;

	if (js_bool(js_get(v, "fill"), &fill) && fill)
		return read_hole(a, v, r, p, err);
	p->path = js_get_text(v, "path");
	p->var = js_get_text(v, "var");
	if (p->path == NULL || p->var == NULL)
		return bad(err, "from", "has no 'path' or no 'var'");
	if (js_get(v, "sha256") == NULL)
		p->modified = js_get_text(v, "modified");
	p->offset = ARENA_NEW(a, uint64_t, r->target.ndim);
	if (!js_u64(js_get(v, "size"), &p->size))
		bad(err, "size", "is not a number of bytes");
	else if (read_by_name(js_get(v, "offset"), &r->target, true,
			 p->offset) < 0)
		bad(err, "offset", "has no number for a dimension");
	else if (chunk_table_from_json(a, v, &p->table, err) == 0 &&
		read_conversion(a, v, r, p, err) == 0 &&
		check_piece(r, p, err) == 0)
		return 0;
	return err_in(err, "variable '%s' of '%s'", p->var, p->path);
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
		read_encoding(a, rec, out->target.dtype, &out->encoding, err) <
			0)
		return err_in(err, "array '%s'", out->target.name);
	out->npieces = js_count(from);
	out->pieces = ARENA_NEW(a, struct piece, out->npieces);
	for (size_t i = 0; i < out->npieces; i++)
		if (read_piece(a, js_at(from, i), out, &out->pieces[i], err) <
			0)
			return err_in(err, "array '%s'", out->target.name);
	region_digest(a, rec, digest);
	out->digest = arena_strdup(a, digest);
	return 0;
}
