/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the header to where every byte lies.  Own parser instead of netcdf-c:
 * the library does not say where the data is, and starting it costs more than
 * reading the header.
 */
#include "format/netcdf3.h"

#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "format/netcdf3_header.h"

/* A table of more chunks than this, each smaller than that, costs more than it
 * saves; the library reads such variables. */
enum { TABLE_MAX_CHUNKS = 1 << 16, TABLE_MIN_CHUNK = 1024 };

struct layout {
	const struct view *file;
	const struct netcdf3_header *header;
	uint64_t numrecs, recsize;
};

static bool is_record(const struct netcdf3_header *h,
	const struct netcdf3_var *v)
{
	return v->ndims > 0 && h->dims[v->dimids[0]].len == 0;
}

/* Bytes of a fixed variable, or of one record of a record variable. */
static int size_of(const struct netcdf3_header *h, const struct netcdf3_var *v,
	uint64_t *out, struct err *err)
{
	uint64_t size = v->dtype.size;

	for (uint64_t i = is_record(h, v) ? 1 : 0; i < v->ndims; i++)
		if (!num_mul(size, h->dims[v->dimids[i]].len, &size) ||
			size > INT64_MAX)
			return err_set(err, ERR_DATA,
				"corrupt: variable '%s' is too large", v->name);
	*out = size;
	return 0;
}

/* Bytes from one record to the next: every variable's part is padded to 4,
 * except that of an only record variable (the specification's "vsize"
 * note). */
static int find_recsize(const struct netcdf3_header *h, uint64_t *out,
	uint64_t *begin, struct err *err)
{
	uint64_t n = 0, size = 0, total = 0;

	*begin = UINT64_MAX;
	for (uint64_t i = 0; i < h->nvars; i++) {
		const struct netcdf3_var *v = &h->vars[i];

		if (!is_record(h, v))
			continue;
		if (size_of(h, v, &size, err) < 0)
			return -1;
		if (!num_add(total, (size + 3) / 4 * 4, &total))
			return err_set(err, ERR_DATA,
				"corrupt: the records are too large");
		*begin = num_min(*begin, v->begin);
		n++;
	}
	*out = n == 1 ? size : total;
	return 0;
}

static int find_records(struct layout *l, struct err *err)
{
	const struct netcdf3_header *h = l->header;
	uint64_t begin;

	if (find_recsize(h, &l->recsize, &begin, err) < 0)
		return -1;
	l->numrecs = h->numrecs;
	if (!h->streaming && h->numrecs > INT64_MAX)
		return err_set(err, ERR_DATA, "corrupt: too many records");
	if (!h->streaming)
		return 0;
	l->numrecs = 0;
	if (l->recsize > 0 && begin < l->file->size)
		l->numrecs = (l->file->size - begin) / l->recsize;
	return 0;
}

/* The end of the last byte of the variable lies in the file. */
static int check_end(const struct layout *l, const struct netcdf3_var *v,
	uint64_t size, struct err *err)
{
	uint64_t end = 0, before = 0;
	bool fits = true;

	if (is_record(l->header, v)) {
		if (l->numrecs == 0)
			return 0;
		fits = num_mul(l->numrecs - 1, l->recsize, &before);
	}
	fits = fits && num_add(v->begin, before, &end) &&
		num_add(end, size, &end);
	if (!fits)
		return err_set(err, ERR_DATA,
			"corrupt: variable '%s' is too large", v->name);
	if (end > l->file->size)
		return err_set(err, ERR_DATA,
			"truncated: variable '%s' needs "
			"%" PRIu64 " bytes, the file has %" PRIu64,
			v->name, end, l->file->size);
	return 0;
}

static void make_refs(struct arena *a, const struct layout *l,
	const struct netcdf3_var *v, uint64_t size, struct refs *r)
{
	r->n = is_record(l->header, v) ? l->numrecs : 1;
	r->offset = ARENA_NEW(a, uint64_t, (size_t)r->n);
	r->length = ARENA_NEW(a, uint64_t, (size_t)r->n);
	for (uint64_t i = 0; i < r->n; i++) {
		r->offset[i] = v->begin + i * l->recsize;
		r->length[i] = size;
	}
}

/* The value that the library writes where nobody wrote (netCDF's "Fill
 * Values"). */
static uint8_t *default_fill(struct arena *a, struct dtype t)
{
	static const char *const texts[] = {
		[DTYPE_INT8] = "-127",
		[DTYPE_CHAR] = "\"AA==\"",
		[DTYPE_INT16] = "-32767",
		[DTYPE_INT32] = "-2147483647",
		[DTYPE_FLOAT32] = "9.9692099683868690e+36",
		[DTYPE_FLOAT64] = "9.9692099683868690e+36",
		[DTYPE_UINT8] = "255",
		[DTYPE_UINT16] = "65535",
		[DTYPE_UINT32] = "4294967295",
		[DTYPE_INT64] = "-9223372036854775806",
		[DTYPE_UINT64] = "\"18446744073709551614\"",
	};
	const char *text = texts[t.kind];
	struct err err = ERR_INIT;
	struct js *v = js_parse(a, text, strlen(text), &err);
	uint8_t *out = ARENA_NEW(a, uint8_t, t.size);

	return dtype_value_bytes(t, v, out) ? out : NULL;
}

static int make_table(struct arena *a, const struct layout *l,
	const struct netcdf3_var *v, struct chunk_table *t, struct err *err)
{
	const struct netcdf3_header *h = l->header;
	uint64_t size;

	t->ndim = (unsigned)v->ndims;
	t->dtype = v->dtype;
	t->big_endian = true;
	t->codecs = js_new_list(a);
	t->shape = ARENA_NEW(a, uint64_t, t->ndim);
	t->chunk_shape = ARENA_NEW(a, uint64_t, t->ndim);
	for (unsigned i = 0; i < t->ndim; i++) {
		t->shape[i] = h->dims[v->dimids[i]].len;
		t->chunk_shape[i] = t->shape[i];
	}
	if (is_record(h, v)) {
		t->shape[0] = l->numrecs;
		t->chunk_shape[0] = 1;
	}
	t->fill = v->fill != NULL ? arena_memdup(a, v->fill, v->dtype.size) :
				    default_fill(a, v->dtype);
	if (size_of(h, v, &size, err) < 0 || check_end(l, v, size, err) < 0)
		return -1;
	if (is_record(h, v) && l->numrecs > TABLE_MAX_CHUNKS &&
		size < TABLE_MIN_CHUNK)
		return 0;
	t->has_refs = true;
	make_refs(a, l, v, size, &t->refs);
	return 0;
}

static int make_variable(struct arena *a, const struct layout *l,
	const struct netcdf3_var *v, struct variable *out, struct err *err)
{
	if (v->ndims > DATASET_MAX_NDIM)
		return err_set(err, ERR_DATA,
			"variable '%s' has %" PRIu64
			" dimensions, the most is %d",
			v->name, v->ndims, DATASET_MAX_NDIM);
	out->name = v->name;
	out->dims = ARENA_NEW(a, const char *, (size_t)v->ndims);
	for (uint64_t i = 0; i < v->ndims; i++)
		out->dims[i] = l->header->dims[v->dimids[i]].name;
	out->attrs = v->attrs.values;
	out->attr_dtypes = v->attrs.dtypes;
	return make_table(a, l, v, &out->table, err);
}

int netcdf3_read(struct arena *a, const struct view *file, struct dataset *out,
	struct err *err)
{
	struct netcdf3_header h;
	struct layout l = { .file = file, .header = &h };

	memset(out, 0, sizeof(*out));
	if (netcdf3_header_read(a, file, &h, err) < 0 ||
		find_records(&l, err) < 0)
		return -1;
	out->format = "netcdf3";
	out->attrs = h.attrs.values;
	out->attr_dtypes = h.attrs.dtypes;
	out->ndims = (unsigned)h.ndims;
	out->dims = ARENA_NEW(a, struct dim, (size_t)h.ndims);
	for (uint64_t i = 0; i < h.ndims; i++) {
		out->dims[i].name = h.dims[i].name;
		out->dims[i].len =
			h.dims[i].len == 0 ? l.numrecs : h.dims[i].len;
	}
	out->nvars = (unsigned)h.nvars;
	out->vars = ARENA_NEW(a, struct variable, (size_t)h.nvars);
	for (uint64_t i = 0; i < h.nvars; i++)
		if (make_variable(a, &l, &h.vars[i], &out->vars[i], err) < 0)
			return -1;
	return 0;
}
