/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is no table is read as netcdf-c reads it: conversions, filters that only
 * plugins know, data that end before their dimension does.  The library is loaded
 * when the first such value is asked for: few files have any, and with it comes what
 * reads data from servers, in all fifty libraries and 6 ms of CPU.  It brings an HDF5
 * library of its own, which shares nothing with ours.
 */
#include "format/netcdf.h"

#include <inttypes.h>
#include <netcdf.h>
#include <string.h>
#include <unistd.h>

#include "base/library.h"
#include "base/mem.h"
#include "format/hdf5.h"
#include "format/texts.h"

/* Bytes read at a time, and what a text counts for. */
enum { PIECE_SIZE = 1 << 24, TEXT_SIZE = 256 };

#define NETCDF_CALLS     \
	X(open)          \
	X(close)         \
	X(strerror)      \
	X(inq_user_type) \
	X(inq_varid)     \
	X(inq_vartype)   \
	X(inq_var)       \
	X(inq_dimlen)    \
	X(inq_unlimdims) \
	X(get_vara)      \
	X(free_string)

/* Of netcdf-c; NULL until it is loaded. */
static struct {
#define X(name) __typeof__ (&nc_##name)(name);
	NETCDF_CALLS
#undef X
} nc;

static int load(struct err *err)
{
#define X(name) { "nc_" #name, &nc.name },
	static const struct library_call calls[] = { NETCDF_CALLS{ NULL,
		NULL } };
#undef X

	return library_load("libnetcdf.so.19", calls, err);
}

struct netcdf_file {
	int id;
	const struct view *bytes;
	uint64_t base;
	char path[VIEW_PATH_MAX]; /* as given to the libraries */
	struct hdf5_file *hdf5;   /* or NULL: not needed yet */
};

static int fail(struct err *err, int code, const char *what)
{
	return err_set(err, code == NC_ENOMEM ? ERR_TEMP : ERR_DATA, "%s: %s",
		what, nc.strerror(code));
}

static int need_hdf5(struct netcdf_file *f, struct err *err)
{
	if (f->hdf5 == NULL)
		f->hdf5 = hdf5_open(f->bytes, f->base, err);
	return f->hdf5 == NULL ? -1 : 0;
}

/* Of a remote file netcdf-c opens a copy, so what it may read must be there. */
static int open_copy(struct netcdf_file *f, struct err *err)
{
	int code;

	if (need_hdf5(f, err) < 0 || hdf5_name_copy(f->hdf5, f->path, err) < 0)
		return NC_EHDFERR;
	code = nc.open(f->path, NC_NOWRITE, &f->id);
	unlink(f->path);
	return code;
}

struct netcdf_file *netcdf_open(const struct view *file, uint64_t base,
	struct err *err)
{
	struct netcdf_file *f;
	int code;

	hdf5_begin();
	if (load(err) < 0)
		return NULL;
	f = mem_alloc(sizeof(*f));
	*f = (struct netcdf_file){ .bytes = file, .base = base };
	view_plain_path(file, f->path);
	code = file->copy != NULL ? open_copy(f, err) :
				    nc.open(f->path, NC_NOWRITE, &f->id);
	if (code == NC_NOERR)
		return f;
	hdf5_close(f->hdf5);
	mem_free(f);
	fail(err, code, "corrupt: the NetCDF library cannot open it");
	return NULL;
}

void netcdf_close(struct netcdf_file *f)
{
	if (f == NULL)
		return;
	hdf5_close(f->hdf5);
	nc.close(f->id);
	mem_free(f);
}

/* Types that have an equal here; enums are their integers. */
static int find_type(int id, nc_type type, struct dtype *out)
{
	static const enum dtype_kind kinds[] = {
		[NC_BYTE] = DTYPE_INT8,
		[NC_CHAR] = DTYPE_CHAR,
		[NC_SHORT] = DTYPE_INT16,
		[NC_INT] = DTYPE_INT32,
		[NC_FLOAT] = DTYPE_FLOAT32,
		[NC_DOUBLE] = DTYPE_FLOAT64,
		[NC_UBYTE] = DTYPE_UINT8,
		[NC_USHORT] = DTYPE_UINT16,
		[NC_UINT] = DTYPE_UINT32,
		[NC_INT64] = DTYPE_INT64,
		[NC_UINT64] = DTYPE_UINT64,
		[NC_STRING] = DTYPE_STRING,
	};
	nc_type under = NC_NAT;
	int class = 0;

	if (type > NC_STRING) {
		if (nc.inq_user_type(id, type, NULL, NULL, &under, NULL,
			    &class) != NC_NOERR ||
			class != NC_ENUM)
			return -1;
		type = under;
	}
	if (type < NC_BYTE || type > NC_STRING)
		return -1;
	*out = dtype_of(kinds[type]);
	return 0;
}

/* A variable being read, piece by piece. */
struct slab {
	struct netcdf_file *file;
	int id, var;
	struct dtype dtype;
	struct pieces pieces;
	struct buf values;
	const struct netcdf_sink *sink;
	const struct hdf5_file *hdf5; /* for text of fixed length, or NULL */
	const char *stored;           /* its name there */
	size_t text_size;             /* and bytes of an element */
	uint64_t *extent;             /* how far it was written, or NULL */
};

/* Not by netcdf-c: of several texts of fixed length, 4.9.0 reads only the first
 * right. */
static int read_fixed_texts(struct slab *s, struct buf *out, struct err *err)
{
	size_t n = (size_t)s->pieces.cells;

	buf_resize(&s->values, n * s->text_size);
	if (hdf5_read_texts(s->hdf5, s->stored, &s->pieces, s->values.data,
		    err) < 0)
		return -1;
	texts_add_fixed(out, s->values.data, n, s->text_size);
	return 0;
}

/* The texts of a piece, which is in s->values unless they are of fixed
 * length. */
static int put_texts(struct slab *s, struct err *err)
{
	struct buf out = BUF_INIT;
	char **texts = (char **)(void *)s->values.data;
	size_t n = (size_t)s->pieces.cells;
	int result = 0;

	if (s->text_size > 0) {
		result = read_fixed_texts(s, &out, err);
	} else {
		for (size_t i = 0; i < n; i++)
			texts_add(&out, texts[i]);
		nc.free_string(n, texts);
	}
	if (result == 0)
		result = s->sink->put(s->sink->state, out.data, out.len, err);
	buf_release(&out);
	return result;
}

/* A box of the library's, and the bytes of one of its cells. */
struct part {
	size_t start[DATASET_MAX_NDIM], count[DATASET_MAX_NDIM], size;
};

/* Whether the part, or with depth its place along the first dimensions, was
 * written. */
static bool is_written(const struct slab *s, const struct part *p,
	unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		if (p->start[i] + p->count[i] > s->extent[i])
			return false;
	return true;
}

static int get(const struct slab *s, const struct part *p, void *out)
{
	return nc.get_vara(s->id, s->var, p->start, p->count, out);
}

/* What lies behind the end, cell by cell; numbers are all the same. */
static int get_filled(const struct slab *s, struct part p, char *out)
{
	unsigned last = s->pieces.ndim - 1;
	size_t n = p.count[last];
	int code = NC_NOERR;

	p.count[last] = 1;
	for (size_t i = 0; code == NC_NOERR && i < n; i++, p.start[last]++)
		if (i == 0 || s->dtype.kind == DTYPE_STRING)
			code = get(s, &p, out + i * p.size);
		else
			memcpy(out + i * p.size, out, p.size);
	return code;
}

/* Row by row: where data end before a dimension does that is not the first,
 * netcdf-c up to 4.9.3 puts what it has at the begin of the box. */
static int get_rows(const struct slab *s, const struct part *box, char *out)
{
	unsigned last = s->pieces.ndim - 1;
	size_t row = box->count[last];
	size_t n = row == 0 ? 0 : (size_t)s->pieces.cells / row;
	struct part p = { .size = box->size };
	int code = NC_NOERR;

	for (size_t r = 0; code == NC_NOERR && r < n; r++) {
		size_t rest = r;

		for (unsigned i = last; i-- > 0; rest /= box->count[i]) {
			p.start[i] = box->start[i] + rest % box->count[i];
			p.count[i] = 1;
		}
		p.start[last] = box->start[last];
		p.count[last] = row;
		code = is_written(s, &p, last) ? get(s, &p, out) :
						 get_filled(s, p, out);
		out += row * p.size;
	}
	return code;
}

static int put_piece(struct slab *s, struct err *err)
{
	struct part p = { .size = s->dtype.size };
	size_t n = (size_t)s->pieces.cells;
	int code;

	if (s->text_size > 0)
		return put_texts(s, err);
	if (s->dtype.kind == DTYPE_STRING)
		p.size = sizeof(char *);
	for (unsigned i = 0; i < s->pieces.ndim; i++) {
		p.start[i] = (size_t)s->pieces.at[i];
		p.count[i] = (size_t)s->pieces.len[i];
	}
	buf_resize(&s->values, n * p.size);
	memset(s->values.data, 0, s->values.len);
	code = s->extent == NULL || is_written(s, &p, s->pieces.ndim) ?
		get(s, &p, s->values.data) :
		get_rows(s, &p, s->values.data);
	if (code != NC_NOERR)
		return fail(err, code, "its values cannot be read");
	if (s->dtype.kind == DTYPE_STRING)
		return put_texts(s, err);
	view_to_little(s->values.data, n, p.size);
	return s->sink->put(s->sink->state, s->values.data, s->values.len, err);
}

/* Whether a dimension that is not the first may be longer than what was
 * written: only one that grows is. */
static bool may_end_within(int id, const int *dims, int ndim)
{
	int unlimited[NC_MAX_DIMS], n = 0;

	if (ndim < 2 || nc.inq_unlimdims(id, &n, NULL) != NC_NOERR || n < 1)
		return false;
	if (n > NC_MAX_DIMS || nc.inq_unlimdims(id, &n, unlimited) != NC_NOERR)
		return true;
	for (int i = 1; i < ndim; i++)
		for (int j = 0; j < n; j++)
			if (dims[i] == unlimited[j])
				return true;
	return false;
}

static int put_box(struct slab *s, const struct pieces_box *box,
	struct err *err)
{
	int dims[NC_MAX_VAR_DIMS], ndim;
	uint64_t shape[DATASET_MAX_NDIM], extent[DATASET_MAX_NDIM];
	struct pieces_array array = { .shape = shape };
	nc_type type;

	if (nc.inq_var(s->id, s->var, NULL, &type, &ndim, dims, NULL) !=
			NC_NOERR ||
		ndim > DATASET_MAX_NDIM)
		return err_set(err, ERR_DATA, "it has more than %d dimensions",
			DATASET_MAX_NDIM);
	if (find_type(s->id, type, &s->dtype) < 0)
		return err_set(err, ERR_DATA,
			"its type is compound, opaque or "
			"of variable length");
	for (int i = 0; i < ndim; i++) {
		size_t len;

		if (nc.inq_dimlen(s->id, dims[i], &len) != NC_NOERR)
			return err_set(err, ERR_DATA,
				"the NetCDF library cannot tell its shape, "
				"for a dimension of it has no name");
		shape[i] = len;
	}
	array.ndim = (unsigned)ndim;
	if (may_end_within(s->id, dims, ndim)) {
		s->extent = extent;
		if (need_hdf5(s->file, err) < 0 ||
			hdf5_extent(s->file->hdf5, s->stored, array.ndim,
				extent, err) < 0)
			return -1;
	}
	array.max =
		PIECE_SIZE / (s->dtype.size > 0 ? s->dtype.size : TEXT_SIZE);
	if (pieces_begin(&s->pieces, &array, box, err) < 0)
		return -1;
	while (pieces_next(&s->pieces))
		if (put_piece(s, err) < 0)
			return -1;
	return 0;
}

int netcdf_slab(struct netcdf_file *f, const char *variable,
	const struct pieces_box *box, const struct netcdf_sink *sink,
	struct err *err)
{
	struct slab s = { .file = f,
		.id = f->id,
		.values = BUF_INIT,
		.sink = sink,
		.stored = variable };
	nc_type type = NC_NAT;
	int result;

	if (nc.inq_varid(f->id, variable, &s.var) != NC_NOERR)
		return err_set(err, ERR_DATA, "no variable '%s'", variable);
	nc.inq_vartype(f->id, s.var, &type);
	if (type == NC_STRING) {
		if (need_hdf5(f, err) < 0)
			return -1;
		s.hdf5 = f->hdf5;
		s.text_size = hdf5_text_size(f->hdf5, variable);
	}
	result = f->bytes->copy ? hdf5_bring(f->hdf5, variable, err) : 0;
	if (result == 0)
		result = put_box(&s, box, err);
	buf_release(&s.values);
	return result < 0 ? err_in(err, "variable '%s'", variable) : 0;
}
