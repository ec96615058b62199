/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netcdf-c knows what HDF5 alone does not: which dataset is a dimension, which
 * name is a name.  Reading those conventions from HDF5 ourselves was refused:
 * it would be a second netCDF library.
 */
#include "format/netcdf.h"

#include <inttypes.h>
#include <netcdf.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "format/attr.h"
#include "format/hdf5.h"
#include "format/texts.h"

/* Bytes read at a time, and what a text counts for. */
enum { PIECE_SIZE = 1 << 24, TEXT_SIZE = 256 };

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
		what, nc_strerror(code));
}

static int need_hdf5(struct netcdf_file *f, struct err *err)
{
	if (f->hdf5 == NULL)
		f->hdf5 = hdf5_open(f->path, f->bytes, f->base, err);
	return f->hdf5 == NULL ? -1 : 0;
}

/* Of a remote file netcdf-c opens a copy, so what it may read must be there. */
static int open_copy(struct netcdf_file *f, struct err *err)
{
	int code;

	if (need_hdf5(f, err) < 0 || hdf5_name_copy(f->hdf5, f->path, err) < 0)
		return NC_EHDFERR;
	code = nc_open(f->path, NC_NOWRITE, &f->id);
	unlink(f->path);
	return code;
}

struct netcdf_file *netcdf_open(const struct view *file, uint64_t base,
	struct err *err)
{
	struct netcdf_file *f = mem_alloc(sizeof(*f));
	int code;

	hdf5_begin();
	*f = (struct netcdf_file){ .bytes = file, .base = base };
	view_plain_path(file, f->path);
	code = file->copy != NULL ? open_copy(f, err) :
				    nc_open(f->path, NC_NOWRITE, &f->id);
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
	nc_close(f->id);
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
		if (nc_inq_user_type(id, type, NULL, NULL, &under, NULL,
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

/* An attribute of a variable, or of the file. */
struct attr {
	int id, var;
	char name[NC_MAX_NAME + 1];
	struct dtype dtype;
	size_t n; /* values */
};

static int add_texts(const struct attr *at, struct attrs *to)
{
	char **texts = ARENA_NEW(to->arena, char *, at->n);
	int code = nc_get_att_string(at->id, at->var, at->name, texts);

	if (code != NC_NOERR)
		return code;
	attrs_add_texts(to, at->name, texts, at->n);
	return nc_free_string(at->n, texts);
}

static int add_values(const struct attr *at, struct attrs *to)
{
	size_t size = at->dtype.size;
	uint8_t *values = ARENA_NEW(to->arena, uint8_t, at->n * size);
	int code = at->n == 0 ? NC_NOERR :
				nc_get_att(at->id, at->var, at->name, values);

	if (code != NC_NOERR)
		return code;
	view_to_little(values, at->n, size);
	if (at->dtype.kind == DTYPE_CHAR)
		attrs_add_text(to, at->name, (const char *)values, at->n);
	else
		attrs_add_numbers(to, at->name, at->dtype, values, at->n);
	return code;
}

static int read_attr(const struct netcdf_file *f, int var, int number,
	struct attrs *to, struct err *err)
{
	struct attr at = { .id = f->id, .var = var };
	nc_type type;
	int code = nc_inq_attname(f->id, var, number, at.name);

	if (code == NC_NOERR)
		code = nc_inq_att(f->id, var, at.name, &type, &at.n);
	if (code != NC_NOERR)
		return fail(err, code, "corrupt: an attribute");
	if (attr_is_hidden(at.name))
		return 0;
	if (attr_check_name("attribute", at.name, err) < 0)
		return -1;
	if (find_type(f->id, type, &at.dtype) < 0) {
		log_warn("'%s': attribute '%s' is of a compound type, which "
			 "cannot be stored: it is left out",
			f->bytes->path, at.name);
		return 0;
	}
	if (at.n > ATTR_MAX_VALUES && at.dtype.kind != DTYPE_CHAR)
		return err_set(err, ERR_DATA,
			"attribute '%s' has %zu values, "
			"the most is %d",
			at.name, at.n, ATTR_MAX_VALUES);
	code = at.dtype.kind == DTYPE_STRING ? add_texts(&at, to) :
					       add_values(&at, to);
	if (code == NC_NOERR)
		return 0;
	fail(err, code, "corrupt: its value");
	return err_in(err, "attribute '%s'", at.name);
}

static int read_attrs(const struct netcdf_file *f, int var, int n,
	struct attrs *to, struct err *err)
{
	for (int i = 0; i < n; i++)
		if (read_attr(f, var, i, to, err) < 0)
			return -1;
	return 0;
}

static int read_dim(struct arena *a, const struct netcdf_file *f, int id,
	struct dim *out)
{
	char name[NC_MAX_NAME + 1];
	size_t len;
	int code = nc_inq_dim(f->id, id, name, &len);

	if (code == NC_NOERR)
		*out = (struct dim){ arena_strdup(a, name), len };
	return code;
}

static int read_dims(struct arena *a, const struct netcdf_file *f, int n,
	struct dataset *out, struct err *err)
{
	int *ids = ARENA_NEW(a, int, (size_t)n);
	int code = nc_inq_dimids(f->id, &n, ids, 0);

	out->dims = ARENA_NEW(a, struct dim, (size_t)n);
	for (int i = 0; i < n && code == NC_NOERR; i++) {
		code = read_dim(a, f, ids[i], &out->dims[i]);
		if (code != NC_NOERR)
			break;
		if (attr_check_name("dimension", out->dims[i].name, err) < 0)
			return -1;
		out->ndims++;
	}
	return code == NC_NOERR ? 0 : fail(err, code, "corrupt: a dimension");
}

/* Shape and names of the dimensions of a variable. */
static int read_shape(struct arena *a, const struct netcdf_file *f, int var,
	struct variable *v, struct err *err)
{
	int ids[NC_MAX_VAR_DIMS];
	int code = nc_inq_vardimid(f->id, var, ids);

	v->dims = ARENA_NEW(a, const char *, v->table.ndim);
	v->table.shape = ARENA_NEW(a, uint64_t, v->table.ndim);
	for (unsigned i = 0; i < v->table.ndim && code == NC_NOERR; i++) {
		struct dim dim = { .name = NULL };

		code = read_dim(a, f, ids[i], &dim);
		v->dims[i] = dim.name;
		v->table.shape[i] = dim.len;
	}
	return code == NC_NOERR ? 0 : fail(err, code, "corrupt: its shape");
}

static int describe(struct arena *a, const struct netcdf_file *f, int var,
	struct dataset *ds, struct err *err)
{
	struct variable *v = &ds->vars[var];
	struct attrs attrs = attrs_new(a);
	int ndim, natts, code;
	nc_type type;

	code = nc_inq_var(f->id, var, NULL, &type, &ndim, NULL, &natts);
	if (code != NC_NOERR)
		return fail(err, code, "corrupt");
	if (ndim > DATASET_MAX_NDIM)
		return err_set(err, ERR_DATA,
			"it has %d dimensions, the most "
			"is %d",
			ndim, DATASET_MAX_NDIM);
	if (find_type(f->id, type, &v->table.dtype) < 0)
		return err_set(err, ERR_DATA,
			"its type is compound, opaque or "
			"of variable length, which cannot be stored in Zarr");
	v->table.ndim = (unsigned)ndim;
	if (read_shape(a, f, var, v, err) < 0 ||
		read_attrs(f, var, natts, &attrs, err) < 0)
		return -1;
	v->attrs = attrs.values;
	v->attr_dtypes = attrs.dtypes;
	return hdf5_table(a, f->hdf5, hdf5_stored_name(a, f->hdf5, ds, v->name),
		&v->table, err);
}

/* Full names of the groups below id that hold variables. */
static void name_groups(struct arena *a, int id, struct buf *names)
{
	int n = 0, nvars = 0, *ids;
	size_t len;
	char *name;

	if (nc_inq_grps(id, &n, NULL) != NC_NOERR || n == 0)
		return;
	ids = ARENA_NEW(a, int, (size_t)n);
	if (nc_inq_grps(id, &n, ids) != NC_NOERR)
		return;
	for (int i = 0; i < n; i++) {
		if (nc_inq_nvars(ids[i], &nvars) == NC_NOERR && nvars > 0 &&
			nc_inq_grpname_full(ids[i], &len, NULL) == NC_NOERR) {
			name = ARENA_NEW(a, char, len + 1);
			if (nc_inq_grpname_full(ids[i], NULL, name) == NC_NOERR)
				buf_addf(names, "%s'%s'",
					names->len > 0 ? ", " : "", name);
		}
		name_groups(a, ids[i], names);
	}
}

static int check_groups(struct arena *a, const struct netcdf_file *f, int nvars,
	struct err *err)
{
	struct buf names = BUF_INIT;

	name_groups(a, f->id, &names);
	if (names.len > 0 && nvars == 0)
		err_set(err, ERR_DATA,
			"its root group has no variables, and "
			"only the root group is read; there are variables in "
			"%s",
			names.data);
	else if (names.len > 0)
		log_warn("'%s': variables in groups are left out: %s",
			f->bytes->path, names.data);
	buf_release(&names);
	return err->kind == ERR_NONE ? 0 : -1;
}

static int read_variables(struct arena *a, const struct netcdf_file *f,
	struct dataset *ds, struct err *err)
{
	char name[NC_MAX_NAME + 1];

	for (unsigned i = 0; i < ds->nvars; i++) {
		int code = nc_inq_varname(f->id, (int)i, name);

		if (code != NC_NOERR)
			return fail(err, code, "corrupt: a variable");
		if (attr_check_name("variable", name, err) < 0)
			return -1;
		ds->vars[i].name = arena_strdup(a, name);
		if (describe(a, f, (int)i, ds, err) < 0)
			return err_in(err, "variable '%s'", name);
	}
	return 0;
}

int netcdf_read(struct arena *a, struct netcdf_file *f, struct dataset *out,
	struct err *err)
{
	struct attrs attrs = attrs_new(a);
	int ndims, nvars, natts;
	int code = nc_inq(f->id, &ndims, &nvars, &natts, NULL);

	memset(out, 0, sizeof(*out));
	if (code != NC_NOERR)
		return fail(err, code, "corrupt");
	if (check_groups(a, f, nvars, err) < 0 ||
		read_dims(a, f, ndims, out, err) < 0 ||
		read_attrs(f, NC_GLOBAL, natts, &attrs, err) < 0)
		return -1;
	out->format = "netcdf4";
	out->attrs = attrs.values;
	out->attr_dtypes = attrs.dtypes;
	out->nvars = (unsigned)nvars;
	out->vars = ARENA_NEW(a, struct variable, (size_t)nvars);
	if (need_hdf5(f, err) < 0 || read_variables(a, f, out, err) < 0)
		return -1;
	hdf5_tell_lost(f->hdf5, out);
	return 0;
}

/* A variable being read, piece by piece. */
struct slab {
	int id, var;
	struct dtype dtype;
	struct pieces pieces;
	struct buf values;
	const struct netcdf_sink *sink;
	const struct hdf5_file *hdf5; /* for text of fixed length, or NULL */
	const char *stored;           /* its name there */
	size_t text_size;             /* and bytes of an element */
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
		nc_free_string(n, texts);
	}
	if (result == 0)
		result = s->sink->put(s->sink->state, out.data, out.len, err);
	buf_release(&out);
	return result;
}

static int put_piece(struct slab *s, struct err *err)
{
	size_t start[DATASET_MAX_NDIM], count[DATASET_MAX_NDIM];
	size_t n = (size_t)s->pieces.cells, size = s->dtype.size;
	int code;

	if (s->text_size > 0)
		return put_texts(s, err);
	if (s->dtype.kind == DTYPE_STRING)
		size = sizeof(char *);
	for (unsigned i = 0; i < s->pieces.ndim; i++) {
		start[i] = (size_t)s->pieces.at[i];
		count[i] = (size_t)s->pieces.len[i];
	}
	buf_resize(&s->values, n * size);
	memset(s->values.data, 0, s->values.len);
	code = nc_get_vara(s->id, s->var, start, count, s->values.data);
	if (code != NC_NOERR)
		return fail(err, code, "its values cannot be read");
	if (s->dtype.kind == DTYPE_STRING)
		return put_texts(s, err);
	view_to_little(s->values.data, n, size);
	return s->sink->put(s->sink->state, s->values.data, s->values.len, err);
}

static int put_box(struct slab *s, const struct pieces_box *box,
	struct err *err)
{
	int dims[NC_MAX_VAR_DIMS], ndim;
	uint64_t shape[DATASET_MAX_NDIM];
	struct pieces_array array = { .shape = shape };
	nc_type type;

	if (nc_inq_var(s->id, s->var, NULL, &type, &ndim, dims, NULL) !=
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

		if (nc_inq_dimlen(s->id, dims[i], &len) != NC_NOERR)
			return err_set(err, ERR_DATA, "corrupt: its shape");
		shape[i] = len;
	}
	array.ndim = (unsigned)ndim;
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
	struct slab s = { .id = f->id,
		.values = BUF_INIT,
		.sink = sink,
		.stored = variable };
	nc_type type = NC_NAT;
	int result;

	if (nc_inq_varid(f->id, variable, &s.var) != NC_NOERR)
		return err_set(err, ERR_DATA, "no variable '%s'", variable);
	nc_inq_vartype(f->id, s.var, &type);
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
