/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HDF5 library tells layout, filters and types; where chunks lie is read from
 * the file itself (hdf5_index).  H5Dget_chunk_info was refused: in 1.10 it takes
 * quadratic time, forgets the user block, and mistakes one chunk for another if
 * the unlimited dimension of a "latest" file is not its first.
 */
#include "format/hdf5.h"

/* Addresses, not the tokens of 1.12: a table needs to know where. */
#define H5_USE_110_API
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "format/hdf5_chunk.h"
#include "format/hdf5_driver.h"
#include "format/hdf5_index.h"
#include "format/hdf5_type.h"

/* Beyond the first a table is larger than what it describes; the second is HDF5's
 * own limit. */
enum { MAX_CHUNKS = 1 << 24, COMPACT_MAX = 65536 };

struct hdf5_file {
	hid_t id;
	const struct view *bytes;
	struct hdf5_super super;
};

/* The handles that describe one dataset, open together. */
struct open_dataset {
	const struct hdf5_file *file;
	hid_t id, type, space, plist;
	hsize_t extent[H5S_MAX_RANK], most[H5S_MAX_RANK];
};

void hdf5_begin(void)
{
	/* many readers on network file systems without locks */
	setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
	H5open();
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

static hid_t open_here(const struct view *bytes)
{
	char path[VIEW_PATH_MAX];

	view_plain_path(bytes, path);
	return H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
}

struct hdf5_file *hdf5_open(const struct view *bytes, uint64_t base,
	struct err *err)
{
	struct hdf5_file *f = mem_alloc(sizeof(*f));

	hdf5_begin();
	f->bytes = bytes;
	f->id = -1;
	if (hdf5_super_read(bytes, base, &f->super, err) == 0) {
		f->id = bytes->copy != NULL ? hdf5_driver_open(bytes) :
					      open_here(bytes);
		if (f->id < 0)
			err_set(err, ERR_DATA,
				"corrupt: the HDF5 library cannot open it");
	}
	if (f->id >= 0)
		return f;
	mem_free(f);
	return NULL;
}

int hdf5_name_copy(const struct hdf5_file *f, char path[VIEW_PATH_MAX],
	struct err *err)
{
	if (!hdf5_driver_read_all(f->id))
		return err_set(err, ERR_DATA,
			"corrupt: its metadata cannot be read");
	return depot_name(depot_of(f->bytes->copy), path, VIEW_PATH_MAX, err);
}

void hdf5_close(struct hdf5_file *f)
{
	if (f == NULL)
		return;
	H5Fclose(f->id);
	mem_free(f);
}

int64_t hdf5_id(const struct hdf5_file *f)
{
	return f->id;
}

static bool has(const struct hdf5_file *f, const char *name)
{
	return H5Lexists(f->id, name, H5P_DEFAULT) > 0;
}

int hdf5_bring(const struct hdf5_file *f, const char *name, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *names[] = { name,
		arena_printf(&a, "_nc4_non_coord_%s", name) };
	int r = 0;

	for (size_t i = 0; r == 0 && i < 2; i++)
		if (has(f, names[i]))
			r = hdf5_driver_read_values(f->id, names[i],
				HDF5_BRING_MAX, err);
	arena_release(&a);
	return r;
}

static bool read_text_type(const struct open_dataset *d, struct dtype *t)
{
	size_t size = H5Tget_size(d->type);

	if (H5Tis_variable_str(d->type) > 0) {
		*t = dtype_of(DTYPE_STRING);
		return false;
	}
	if (size == 0 || size > INT32_MAX)
		return false;
	*t = dtype_of(DTYPE_CHAR);
	if (size > 1)
		*t = (struct dtype){ DTYPE_BYTES, (uint32_t)size };
	return true;
}

/* True if the bytes of an element are those of the dtype. */
static bool read_type(const struct open_dataset *d, struct chunk_table *t)
{
	H5T_class_t class = H5Tget_class(d->type);
	hid_t type = d->type;
	bool same;

	if (class == H5T_STRING)
		return read_text_type(d, &t->dtype);
	if (class == H5T_ENUM)
		type = H5Tget_super(d->type);
	t->big_endian = t->dtype.size > 1 && H5Tget_order(type) == H5T_ORDER_BE;
	same = hdf5_type_standard(t->dtype.kind, false) >= 0 &&
		H5Tequal(type,
			hdf5_type_standard(t->dtype.kind, t->big_endian)) > 0;
	/* order means nothing for one byte, but the types differ */
	if (!same && t->dtype.size == 1)
		same = H5Tequal(type, hdf5_type_standard(t->dtype.kind, true)) >
			0;
	if (class == H5T_ENUM)
		H5Tclose(type);
	return same;
}

static void read_fill(struct arena *a, const struct open_dataset *d,
	struct chunk_table *t)
{
	hid_t type = hdf5_type_standard(t->dtype.kind, false);
	H5D_fill_value_t status;
	uint8_t *fill;

	if (t->dtype.size == 0 ||
		H5Pfill_value_defined(d->plist, &status) < 0 ||
		status != H5D_FILL_VALUE_USER_DEFINED)
		return;
	fill = ARENA_NEW(a, uint8_t, t->dtype.size);
	if (H5Pget_fill_value(d->plist, type < 0 ? d->type : type, fill) < 0)
		return;
	for (uint32_t i = 0; i < t->dtype.size; i++)
		if (fill[i] != 0)
			t->fill = fill;
}

static int read_codecs(struct arena *a, const struct open_dataset *d,
	struct chunk_table *t, struct err *err)
{
	int n = H5Pget_nfilters(d->plist);

	t->codecs = js_new_list(a);
	for (int i = 0; i < n; i++) {
		unsigned values[256], flags, more;
		size_t nvalues = sizeof(values) / sizeof(*values);
		H5Z_filter_t id = H5Pget_filter2(d->plist, (unsigned)i, &flags,
			&nvalues, values, 0, NULL, &more);

		if (id < 0)
			return err_set(err, ERR_DATA,
				"corrupt: filter %d cannot be read", i);
		nvalues = nvalues < 256 ? nvalues : 256;
		js_add(t->codecs, hdf5_codec(a, id, values, nvalues));
	}
	return 0;
}

static void read_contiguous(struct arena *a, const struct open_dataset *d,
	struct chunk_table *t)
{
	H5D_space_status_t status = H5D_SPACE_STATUS_NOT_ALLOCATED;
	haddr_t offset = H5Dget_offset(d->id);
	uint64_t n = 0, size = t->dtype.size;

	for (unsigned i = 0; i < t->ndim; i++)
		size *= t->shape[i];
	t->has_refs = chunk_table_count(t, &n);
	t->refs = hdf5_new_refs(a, n);
	/* the offset alone won't do: a user block is added even to "none" */
	if (n == 0 || offset == HADDR_UNDEF ||
		H5Dget_space_status(d->id, &status) < 0 ||
		status == H5D_SPACE_STATUS_NOT_ALLOCATED)
		return;
	t->refs.offset[0] = offset;
	t->refs.length[0] = size;
}

static int read_compact(struct arena *a, const struct open_dataset *d,
	struct chunk_table *t, struct err *err)
{
	uint64_t size = t->dtype.size;
	uint8_t *bytes;

	for (unsigned i = 0; i < t->ndim; i++)
		size *= t->shape[i];
	bytes = ARENA_NEW(a, uint8_t, (size_t)num_min(size, COMPACT_MAX));
	if (size > COMPACT_MAX || H5Dget_storage_size(d->id) != size ||
		H5Dread(d->id, d->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) <
			0)
		return err_set(err, ERR_DATA,
			"corrupt: its compact data cannot be read");
	t->inline_data = bytes;
	t->inline_size = size;
	return 0;
}

/* Every chunk, as the file itself has them.  An index of a form that is not
 * known makes no table: the values are left to the library. */
static int list_chunks(const struct open_dataset *d, struct hdf5_placing *p,
	struct err *err)
{
	const struct hdf5_file *f = d->file;
	struct chunk_table *t = p->table;
	struct hdf5_layout x;
	H5O_info_t info;
	int known;

	if (H5Oget_info2(d->id, &info, H5O_INFO_BASIC) < 0)
		return err_set(err, ERR_DATA,
			"corrupt: its object header cannot be found");
	known = hdf5_layout_find(f->bytes, &f->super, info.addr, &x, err);
	if (known == 1 && x.ndim != t->ndim)
		return err_set(err, ERR_DATA,
			"corrupt: its chunks have "
			"another number of dimensions than the data");
	for (unsigned i = 0; i < t->ndim; i++)
		x.most[i] = d->most[i];
	if (known == 1)
		known = hdf5_index_walk(&x, hdf5_place, p, err);
	if (known == 0) {
		t->has_refs = false;
		t->refs = (struct refs){ .n = 0 };
	}
	return known < 0 ? -1 : 0;
}

static int read_chunked(struct arena *a, struct open_dataset *d,
	struct chunk_table *t, struct err *err)
{
	struct hdf5_placing p = { .table = t };
	hsize_t chunk[H5S_MAX_RANK];
	unsigned options = 0;
	uint64_t n;

	if (H5Pget_chunk(d->plist, H5S_MAX_RANK, chunk) != (int)t->ndim)
		return err_set(err, ERR_DATA,
			"corrupt: its chunks have "
			"another number of dimensions than the data");
	for (unsigned i = 0; i < t->ndim; i++)
		t->chunk_shape[i] = chunk[i];
	if (!chunk_table_count(t, &n) || n > MAX_CHUNKS)
		return err_set(err, ERR_DATA, "it has more than %d chunks",
			MAX_CHUNKS);
	if (!t->has_refs)
		return 0;
	H5Pget_chunk_opts(d->plist, &options);
	p.edge_raw = options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS;
	t->refs = hdf5_new_refs(a, n);
	return list_chunks(d, &p, err);
}

/* What is told of other files by their times and sizes is not told of these. */
static void warn_elsewhere(const struct open_dataset *d)
{
	char name[256] = "/";

	H5Iget_name(d->id, name, sizeof(name));
	log_warn("'%s': the values of variable '%s' lie in other files: it is "
		 "not seen if one of them changes or is gone",
		d->file->bytes->path, name + 1);
}

static int read_layout(struct arena *a, struct open_dataset *d,
	struct chunk_table *t, struct err *err)
{
	H5D_layout_t layout = H5Pget_layout(d->plist);
	uint64_t n = 0;

	for (unsigned i = 0; i < t->ndim; i++)
		t->chunk_shape[i] = num_max(t->shape[i], 1);
	if (layout == H5D_CHUNKED)
		return read_chunked(a, d, t, err);
	if (layout == H5D_VIRTUAL || H5Pget_external_count(d->plist) > 0) {
		t->has_refs = false;
		warn_elsewhere(d);
	}
	if (!t->has_refs || !chunk_table_count(t, &n))
		return 0;
	if (layout != H5D_COMPACT || n == 0) {
		read_contiguous(a, d, t);
		return 0;
	}
	t->has_refs = false;
	return read_compact(a, d, t, err);
}

/* Data that end before the dimension does are completed by netCDF, not by
 * HDF5, so they are no table. */
static int check_extent(struct open_dataset *d, struct chunk_table *t,
	struct err *err)
{
	int ndim = H5Sget_simple_extent_ndims(d->space);
	uint64_t size;

	if (ndim < 0 || (unsigned)ndim != t->ndim ||
		H5Sget_simple_extent_dims(d->space, d->extent, d->most) < 0)
		return err_set(err, ERR_DATA,
			"corrupt: its shape cannot be read");
	if (!num_product(t->shape, t->ndim, &size) ||
		!num_mul(size, num_max(t->dtype.size, 1), &size) ||
		size > INT64_MAX)
		return err_set(err, ERR_DATA, "corrupt: it is too large");
	for (unsigned i = 0; i < t->ndim; i++)
		if (d->extent[i] != t->shape[i])
			t->has_refs = false;
	if (H5Sget_simple_extent_type(d->space) == H5S_NULL)
		t->has_refs = false;
	return 0;
}

static int read_dataset(struct arena *a, struct open_dataset *d,
	struct chunk_table *t, struct err *err)
{
	t->chunk_shape = ARENA_NEW(a, uint64_t, t->ndim);
	t->has_refs = read_type(d, t);
	if (check_extent(d, t, err) < 0 || read_codecs(a, d, t, err) < 0)
		return -1;
	read_fill(a, d, t);
	return read_layout(a, d, t, err);
}

int hdf5_table(struct arena *a, const struct hdf5_file *f, int64_t id,
	struct chunk_table *t, struct err *err)
{
	struct open_dataset d = { .file = f, .id = id };
	int result = -1;

	d.type = H5Dget_type(id);
	d.space = H5Dget_space(id);
	d.plist = H5Dget_create_plist(id);
	if (d.type < 0 || d.space < 0 || d.plist < 0)
		err_set(err, ERR_DATA, "corrupt: it cannot be described");
	else
		result = read_dataset(a, &d, t, err);
	H5Pclose(d.plist);
	H5Sclose(d.space);
	H5Tclose(d.type);
	return result;
}

int hdf5_extent(const struct hdf5_file *f, const char *name, unsigned ndim,
	uint64_t *extent, struct err *err)
{
	hsize_t now[H5S_MAX_RANK], most[H5S_MAX_RANK];
	struct arena a = ARENA_INIT;
	const char *aside = arena_printf(&a, "_nc4_non_coord_%s", name);
	hid_t id = H5Dopen2(f->id, has(f, aside) ? aside : name, H5P_DEFAULT);
	hid_t space = H5Dget_space(id);
	int n = space < 0 ? -1 : H5Sget_simple_extent_dims(space, now, most);

	H5Sclose(space);
	H5Dclose(id);
	arena_release(&a);
	if (n < 0 || (unsigned)n != ndim)
		return err_set(err, ERR_DATA, "its extent cannot be read");
	for (unsigned i = 0; i < ndim; i++)
		extent[i] = now[i];
	return 0;
}

size_t hdf5_text_size(const struct hdf5_file *f, const char *name)
{
	hid_t id = H5Dopen2(f->id, name, H5P_DEFAULT);
	hid_t type = id < 0 ? -1 : H5Dget_type(id);
	size_t size = 0;

	if (type >= 0 && H5Tget_class(type) == H5T_STRING &&
		H5Tis_variable_str(type) == 0)
		size = H5Tget_size(type);
	H5Tclose(type);
	H5Dclose(id);
	return size;
}

int hdf5_read_texts(const struct hdf5_file *f, const char *name,
	const struct pieces *piece, void *out, struct err *err)
{
	hsize_t start[DATASET_MAX_NDIM], count[DATASET_MAX_NDIM];
	hsize_t cells = piece->cells;
	hid_t id = H5Dopen2(f->id, name, H5P_DEFAULT);
	hid_t type = H5Dget_type(id), space = H5Dget_space(id);
	hid_t memory = H5Screate_simple(1, &cells, NULL);
	bool ok;

	for (unsigned i = 0; i < piece->ndim; i++) {
		start[i] = piece->at[i];
		count[i] = piece->len[i];
	}
	ok = (piece->ndim == 0 ||
		     H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL,
			     count, NULL) >= 0) &&
		H5Dread(id, type, memory, space, H5P_DEFAULT, out) >= 0;
	H5Sclose(memory);
	H5Sclose(space);
	H5Tclose(type);
	H5Dclose(id);
	return ok ? 0 : err_set(err, ERR_DATA, "its values cannot be read");
}
