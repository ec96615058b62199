/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least that a driver must do.  The library's own drivers for remote files
 * were refused: they know neither versions nor blocks, and one request is made
 * for each of thousands of reads.
 */
#include "format/hdf5_driver.h"

#define H5_USE_110_API
#include <H5Apublic.h>
#include <H5Dpublic.h>
#include <H5FDpublic.h>
#include <H5Fpublic.h>
#include <H5Opublic.h>
#include <H5Ppublic.h>
#include <H5Spublic.h>
#include <H5Tpublic.h>
#include <H5version.h>

#include "base/mem.h"

/* Of an attribute; netCDF allows no larger ones than it can hold in memory. */
enum { ATTR_MAX = 1 << 28 };

/* What the library keeps of the file: its part, then ours. */
struct remote_file {
	H5FD_t library;
	const struct view *view;
	haddr_t eoa;
};

/* As a property of the list that the file is opened with. */
struct property {
	const struct view *view;
};

static H5FD_t *driver_open(const char *name, unsigned flags, hid_t list,
	haddr_t most)
{
	const struct property *p = H5Pget_driver_info(list);
	struct remote_file *f;

	(void)name;
	(void)most;
	if (p == NULL || (flags & H5F_ACC_RDWR))
		return NULL;
	f = mem_alloc(sizeof(*f));
	*f = (struct remote_file){ .view = p->view };
	return &f->library;
}

static herr_t driver_close(H5FD_t *file)
{
	mem_free(file);
	return 0;
}

static herr_t driver_query(const H5FD_t *file, unsigned long *flags)
{
	(void)file;
	*flags = H5FD_FEAT_ACCUMULATE_METADATA_READ | H5FD_FEAT_DATA_SIEVE;
	return 0;
}

static struct remote_file *ours(H5FD_t *file)
{
	return (struct remote_file *)(void *)file;
}

static const struct remote_file *ours_const(const H5FD_t *file)
{
	return (const struct remote_file *)(const void *)file;
}

static haddr_t driver_eoa(const H5FD_t *file, H5FD_mem_t type)
{
	(void)type;
	return ours_const(file)->eoa;
}

static herr_t driver_set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t at)
{
	(void)type;
	ours(file)->eoa = at;
	return 0;
}

static haddr_t driver_eof(const H5FD_t *file, H5FD_mem_t type)
{
	(void)type;
	return ours_const(file)->view->size;
}

/* Both have the library's parameters, which are many. */
#define WHERE H5FD_t *file, H5FD_mem_t type, hid_t list, haddr_t at, size_t size

/* Why is kept where the bytes come from. */
static herr_t driver_read(WHERE, void *out)
{
	struct err ignored = ERR_INIT;

	(void)type;
	(void)list;
	return view_read(ours(file)->view, at, size, out, &ignored);
}

static herr_t driver_write(WHERE, const void *bytes)
{
	(void)file;
	(void)type;
	(void)list;
	(void)at;
	(void)size;
	(void)bytes;
	return -1;
}

static const H5FD_class_t driver = {
#if H5_VERSION_GE(1, 13, 2)
	.version = H5FD_CLASS_VERSION,
	.value = (H5FD_class_value_t)511,
#endif
	.name = "pgf",
	.maxaddr = INT64_MAX,
	.fc_degree = H5F_CLOSE_WEAK,
	.fapl_size = sizeof(struct property),
	.open = driver_open,
	.close = driver_close,
	.query = driver_query,
	.get_eoa = driver_eoa,
	.set_eoa = driver_set_eoa,
	.get_eof = driver_eof,
	.read = driver_read,
	.write = driver_write,
	.fl_map = H5FD_FLMAP_SINGLE,
};

int64_t hdf5_driver_open(const struct view *v)
{
	const struct property p = { v };
	hid_t id = H5FDregister(&driver), list = H5Pcreate(H5P_FILE_ACCESS);
	hid_t file = -1;

	if (id >= 0 && H5Pset_driver(list, id, &p) >= 0)
		file = H5Fopen(v->path, H5F_ACC_RDONLY, list);
	H5Pclose(list);
	H5FDunregister(id);
	return file;
}

/* An H5A_operator2_t: strings and lists of texts lie elsewhere, so values are
 * read, too. */
static herr_t read_attr(hid_t object, const char *name, const H5A_info_t *info,
	void *state)
{
	hid_t attr = H5Aopen(object, name, H5P_DEFAULT);
	hid_t type = H5Aget_type(attr), space = H5Aget_space(attr);
	hssize_t n = H5Sget_simple_extent_npoints(space);
	size_t size = H5Tget_size(type);
	herr_t r = attr < 0 || type < 0 || space < 0 ? -1 : 0;
	void *values;

	(void)info;
	(void)state;
	if (r == 0 && n > 0 && size > 0 && (uint64_t)n <= ATTR_MAX / size) {
		values = mem_alloc((size_t)n * size);
		r = H5Aread(attr, type, values);
		if (r >= 0)
			H5Dvlen_reclaim(type, space, H5P_DEFAULT, values);
		mem_free(values);
	}
	H5Sclose(space);
	H5Tclose(type);
	H5Aclose(attr);
	return r < 0 ? -1 : 0;
}

/* An H5O_iterate_t. */
static herr_t read_object(hid_t root, const char *name, const H5O_info_t *info,
	void *state)
{
	hid_t object = H5Oopen(root, name, H5P_DEFAULT);
	hsize_t at = 0;
	herr_t r = object < 0 ? -1 : 0;

	(void)info;
	(void)state;
	if (r == 0)
		r = H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, &at,
			read_attr, NULL);
	H5Oclose(object);
	return r < 0 ? -1 : 0;
}

bool hdf5_driver_read_all(int64_t file)
{
	return H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_NATIVE, read_object, NULL,
		       H5O_INFO_BASIC) >= 0;
}

static bool read_whole(hid_t set, hid_t type, hid_t space, uint64_t most)
{
	hssize_t n = H5Sget_simple_extent_npoints(space);
	size_t size = H5Tget_size(type);
	herr_t r = -1;
	void *values;

	if (n < 0 || size == 0 || (uint64_t)n > most / size)
		return false;
	values = mem_alloc((size_t)n * size);
	r = H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
	if (r >= 0)
		H5Dvlen_reclaim(type, space, H5P_DEFAULT, values);
	mem_free(values);
	return r >= 0;
}

int hdf5_driver_read_values(int64_t file, const char *name, uint64_t most,
	struct err *err)
{
	hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
	hid_t type = H5Dget_type(set), space = H5Dget_space(set);
	bool ok = set >= 0 && type >= 0 && space >= 0 &&
		read_whole(set, type, space, most);

	H5Sclose(space);
	H5Tclose(type);
	H5Dclose(set);
	return ok ? 0 :
		    err_set(err, ERR_DATA,
			    "its values cannot be read from the server in "
			    "parts: set fetch.cache to true in the recipe");
}
