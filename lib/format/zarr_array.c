/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both versions are read into one struct first, in the words of v3, so that all
 * checks are made once.  What is not known is refused: an array that is read
 * without one of its codecs is read wrong.
 */
#include "format/zarr_array.h"

#include <inttypes.h>
#include <string.h>

#include "base/base64.h"
#include "base/num.h"
#include "base/str.h"
#include "format/zarr_codec.h"
#include "format/zarr_read_attr.h"

/* Tables of more chunks than this are too large for a record. */
static const uint64_t MOST_CHUNKS = UINT64_C(1) << 22;

/* An array being read. */
struct reading {
	struct arena *a;
	int version;
	const struct zarr_node *node;
	struct variable *out;
	struct chunk_table *table; /* of out */
	struct objects *objects;
	struct zarr_codecs codecs;
	bool is_bool;
};

static int read_lengths(struct reading *r, const struct js *list,
	const char *name, uint64_t **out, struct err *err)
{
	size_t n = js_count(list);

	if (js_type(list) != JS_LIST || n > DATASET_MAX_NDIM)
		return err_set(err, ERR_DATA,
			"'%s' is not a list of at most %d lengths", name,
			DATASET_MAX_NDIM);
	*out = ARENA_NEW(r->a, uint64_t, n);
	for (size_t i = 0; i < n; i++)
		if (js_type(js_at(list, i)) != JS_INT ||
			!js_u64(js_at(list, i), &(*out)[i]))
			return err_set(err, ERR_DATA,
				"'%s': element %zu is not a whole number >= 0",
				name, i);
	return (int)n;
}

/* "<f4": byte order, kind, bytes of an element. */
static bool parse_typestr(const char *s, struct reading *r)
{
	static const char kinds[] = "iuf";
	static const enum dtype_kind numbers[3][4] = {
		{ DTYPE_INT8, DTYPE_INT16, DTYPE_INT32, DTYPE_INT64 },
		{ DTYPE_UINT8, DTYPE_UINT16, DTYPE_UINT32, DTYPE_UINT64 },
		{ DTYPE_STRING, DTYPE_STRING, DTYPE_FLOAT32, DTYPE_FLOAT64 },
	};
	const char *kind;
	uint64_t size;
	unsigned k = 0;

	if (strlen(s) < 3 || strchr("<>|", s[0]) == NULL ||
		!str_to_u64(s + 2, &size))
		return false;
	r->table->big_endian = s[0] == '>';
	r->is_bool = s[1] == 'b' && size == 1;
	if (r->is_bool)
		r->table->dtype = dtype_of(DTYPE_INT8);
	if (s[1] == 'S' && size > 0 && size <= INT32_MAX)
		r->table->dtype = (struct dtype){ DTYPE_BYTES, (uint32_t)size };
	if (r->is_bool || s[1] == 'S')
		return size > 0 && size <= INT32_MAX;
	kind = strchr(kinds, s[1]);
	while (k < 4 && size != UINT64_C(1) << k)
		k++;
	if (kind == NULL || k == 4 || numbers[kind - kinds][k] == DTYPE_STRING)
		return false;
	r->table->dtype = dtype_of(numbers[kind - kinds][k]);
	return true;
}

static bool parse_data_type(const struct js *v, struct reading *r)
{
	const char *name = js_text(v) ? js_text(v) : js_get_text(v, "name");
	const struct js *size =
		js_path(v, "configuration", "length_bytes", NULL);
	uint64_t n = 0;

	if (name == NULL)
		return false;
	if (str_eq(name, "null_terminated_bytes") && js_u64(size, &n) &&
		n > 0 && n <= INT32_MAX) {
		r->table->dtype = (struct dtype){ DTYPE_BYTES, (uint32_t)n };
		return true;
	}
	r->is_bool = str_eq(name, "bool");
	if (r->is_bool)
		name = "int8";
	return dtype_parse(name, &r->table->dtype) &&
		!dtype_is_text(r->table->dtype);
}

static int read_type(struct reading *r, struct err *err)
{
	const struct js *doc = r->node->array;
	const char *name = r->version == 2 ? "dtype" : "data_type";
	const struct js *v = js_get(doc, name);
	const char *text = js_text(v) ? js_text(v) : js_get_text(v, "name");
	bool ok = r->version == 2 ? text != NULL && parse_typestr(text, r) :
				    parse_data_type(v, r);

	if (ok)
		return 0;
	return err_set(err, ERR_DATA,
		"its elements are of type '%.100s', which pgf does not read from "
		"Zarr stores",
		text != NULL ? text : "(a structure)");
}

/* "0x7fc00000": the bits of a float, as Zarr v3 has them. */
static bool fill_of_bits(const char *text, struct dtype t, uint8_t *out)
{
	static const char digits[] = "0123456789abcdef";

	if (text == NULL || !str_starts(text, "0x") ||
		strlen(text) != 2 + 2 * (size_t)t.size || !dtype_is_float(t))
		return false;
	for (uint32_t i = 0; i < 2 * t.size; i++) {
		char c = text[2 + i];
		const char *d = strchr(digits,
			c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
		uint8_t *byte = &out[t.size - 1 - i / 2];

		if (d == NULL)
			return false;
		*byte = (uint8_t)(*byte << 4 | (uint8_t)(d - digits));
	}
	return true;
}

/* Text: base64, which may be shorter than an element. */
static bool fill_of_text(const struct js *v, struct dtype t, uint8_t *out)
{
	struct buf raw = BUF_INIT;
	int64_t zero = 1;
	bool ok;

	if (js_i64(v, &zero))
		return zero == 0;
	ok = js_text(v) != NULL && base64_decode(js_text(v), &raw) &&
		raw.len <= t.size;
	if (ok && raw.len > 0)
		memcpy(out, raw.data, raw.len);
	buf_release(&raw);
	return ok;
}

static int read_fill(struct reading *r, struct err *err)
{
	const struct js *v = js_get(r->node->array, "fill_value");
	struct dtype t = r->table->dtype;
	uint8_t *out;
	bool truth, ok;

	if (js_type(v) == JS_NULL && r->version == 2)
		return 0;
	out = ARENA_NEW(r->a, uint8_t, t.size);
	if (dtype_is_text(t)) {
		ok = fill_of_text(v, t, out);
	} else if (r->is_bool && js_bool(v, &truth)) {
		*out = truth;
		ok = true;
	} else {
		ok = fill_of_bits(js_text(v), t, out);
		if (!ok)
			ok = dtype_value_bytes(t, v, out);
	}
	r->table->fill = out;
	return ok ? 0 :
		    err_set(err, ERR_DATA,
			    "'fill_value' is not a value of its type");
}

/* Names of dimensions: they are what files are put together by. */
static int read_dims(struct reading *r, struct err *err)
{
	bool v2 = r->version == 2;
	const char *name = v2 ? "_ARRAY_DIMENSIONS" : "dimension_names";
	const struct js *list =
		js_get(v2 ? r->node->attrs : r->node->array, name);
	unsigned n = r->table->ndim;

	r->out->dims = ARENA_NEW(r->a, const char *, n);
	if (n > 0 && (js_type(list) != JS_LIST || js_count(list) != n))
		return err_set(err, ERR_DATA,
			"'%s' does not name its %u dimensions", name, n);
	for (unsigned i = 0; i < n; i++) {
		const char *dim = js_text(js_at(list, i));

		if (dim == NULL || *dim == '\0')
			return err_set(err, ERR_DATA,
				"'%s': dimension %u has no name", name, i);
		r->out->dims[i] = dim;
	}
	return 0;
}

static int read_grid(struct reading *r, uint64_t **chunks, struct err *err)
{
	const struct js *doc = r->node->array;
	const struct js *grid = js_get(doc, "chunk_grid");
	const char *name = js_get_text(grid, "name");

	if (r->version == 2)
		return read_lengths(r, js_get(doc, "chunks"), "chunks", chunks,
			err);
	if (name == NULL || !str_eq(name, "regular"))
		return err_set(err, ERR_DATA,
			"its chunk grid is '%.100s', pgf reads 'regular' ones",
			name != NULL ? name : "");
	return read_lengths(r,
		js_path(grid, "configuration", "chunk_shape", NULL),
		"chunk_shape", chunks, err);
}

/* Inner chunks are the chunks; a shard is an object that has several. */
static int read_shard(struct reading *r, const uint64_t *outer, struct err *err)
{
	struct chunk_table *t = r->table;
	uint64_t *inner = NULL;
	int n = read_lengths(r, r->codecs.inner_shape, "chunk_shape", &inner,
		err);

	if (n < 0)
		return err_in(err, "codec 'sharding_indexed'");
	if ((unsigned)n != t->ndim)
		return err_set(err, ERR_DATA,
			"codec 'sharding_indexed': 'chunk_shape' has %d "
			"dimensions, the array %u",
			n, t->ndim);
	r->objects->per = ARENA_NEW(r->a, uint64_t, t->ndim);
	for (unsigned i = 0; i < t->ndim; i++) {
		if (inner[i] == 0 || outer[i] % inner[i] != 0)
			return err_set(err, ERR_DATA,
				"codec 'sharding_indexed': chunks of %" PRIu64
				" do not divide a shard of %" PRIu64,
				inner[i], outer[i]);
		r->objects->per[i] = outer[i] / inner[i];
	}
	t->chunk_shape = inner;
	return 0;
}

/* All sizes, so that nothing behind this can overflow. */
static int check_sizes(const struct chunk_table *t, const uint64_t *outer,
	struct err *err)
{
	uint64_t n, size;

	for (unsigned i = 0; i < t->ndim; i++)
		if (outer[i] == 0 && t->shape[i] != 0)
			return err_set(err, ERR_DATA,
				"its chunks are 0 long along dimension %u", i);
	if (!num_product(t->shape, t->ndim, &n) ||
		!num_mul(n, t->dtype.size, &size) || size > INT64_MAX ||
		!num_product(outer, t->ndim, &n) ||
		!num_mul(n, t->dtype.size, &size) || size > INT64_MAX)
		return err_set(err, ERR_DATA, "its shape is too large");
	if (!chunk_table_count(t, &n) || n > MOST_CHUNKS)
		return err_set(err, ERR_DATA,
			"it has more chunks than the %" PRIu64
			" that a record takes",
			MOST_CHUNKS);
	return 0;
}

static int read_shapes(struct reading *r, struct err *err)
{
	struct chunk_table *t = r->table;
	uint64_t *outer = NULL;
	int n = read_lengths(r, js_get(r->node->array, "shape"), "shape",
		&t->shape, err);
	int m = n < 0 ? -1 : read_grid(r, &outer, err);

	if (m < 0)
		return -1;
	if (n != m)
		return err_set(err, ERR_DATA,
			"its shape has %d dimensions, its chunks %d", n, m);
	t->ndim = (unsigned)n;
	t->chunk_shape = outer;
	if (r->codecs.inner_shape != NULL && read_shard(r, outer, err) < 0)
		return -1;
	return check_sizes(t, outer, err);
}

/* How the names of its chunks are made. */
static int read_keys(struct reading *r, struct err *err)
{
	const struct js *doc = r->node->array;
	const struct js *keys = js_get(doc, "chunk_key_encoding");
	const char *kind = js_get_text(keys, "name");
	bool v2 = r->version == 2 || (kind != NULL && str_eq(kind, "v2"));
	const struct js *given = r->version == 2 ?
		js_get(doc, "dimension_separator") :
		js_path(keys, "configuration", "separator", NULL);
	const char *separator = js_text(given), *name = r->node->name;

	if (!v2 && (kind == NULL || !str_eq(kind, "default")))
		return err_set(err, ERR_DATA,
			"its chunk key encoding is '%.100s', pgf reads "
			"'default' and 'v2'",
			kind != NULL ? kind : "");
	if (given == NULL)
		separator = v2 ? "." : "/";
	if (separator == NULL ||
		(!str_eq(separator, "/") && !str_eq(separator, ".")))
		return err_set(err, ERR_DATA,
			"the separator of its chunk keys is neither '.' nor "
			"'/'");
	r->objects->separator = separator[0];
	if (r->table->ndim == 0)
		r->objects->prefix =
			arena_printf(r->a, "%s/%s", name, v2 ? "0" : "c");
	else
		r->objects->prefix = arena_printf(r->a, "%s/%s%s", name,
			v2 ? "" : "c", v2 ? "" : separator);
	return 0;
}

static int read_attrs(struct reading *r, struct err *err)
{
	struct attrs attrs = attrs_new(r->a);
	const struct chunk_table *t = r->table;

	if (zarr_read_attrs(r->node->attrs, &t->dtype, &attrs, err) < 0)
		return -1;
	if (r->version == 2 && t->fill != NULL && !r->is_bool)
		zarr_read_attr_fill(&attrs, t->dtype, t->fill);
	if (r->is_bool) /* as xarray says it in netCDF */
		js_set_text(attrs.values, "dtype", "bool");
	r->out->attrs = attrs.values;
	r->out->attr_dtypes = attrs.dtypes;
	return 0;
}

/* What v3 may have that changes the meaning of all. */
static int check_version(const struct reading *r, struct err *err)
{
	const struct js *doc = r->node->array;
	int64_t format = 0;

	if (!js_i64(js_get(doc, "zarr_format"), &format) ||
		format != r->version)
		return err_set(err, ERR_DATA, "'zarr_format' is not %d",
			r->version);
	if (js_count(js_get(doc, "storage_transformers")) > 0)
		return err_set(err, ERR_DATA,
			"it has storage transformers, which pgf does not read");
	return 0;
}

int zarr_array_read(struct arena *a, const struct zarr_node *node,
	struct variable *out, struct zarr_shard *shard, struct err *err)
{
	struct reading r = { .a = a,
		.version = node->version,
		.node = node,
		.out = out,
		.table = &out->table,
		.objects = ARENA_NEW(a, struct objects, 1) };

	memset(out, 0, sizeof(*out));
	out->name = node->name;
	out->table.objects = r.objects;
	if (check_version(&r, err) < 0 || read_type(&r, err) < 0 ||
		zarr_codecs_read(a, node->version, node->array, &r.codecs,
			err) < 0 ||
		read_shapes(&r, err) < 0 || read_dims(&r, err) < 0 ||
		read_fill(&r, err) < 0 || read_keys(&r, err) < 0 ||
		read_attrs(&r, err) < 0)
		return -1;
	if (node->version == 3)
		out->table.big_endian = r.codecs.big_endian;
	out->table.codecs = r.codecs.list;
	*shard = (struct zarr_shard){ r.codecs.inner_shape != NULL,
		r.codecs.index_first, r.codecs.index_checksum };
	return 0;
}
