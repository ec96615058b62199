/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files are told apart by their bytes, not by netcdf-c: the library's answer to
 * a login page is an error number, and it reads NetCDF-3 data but does not say
 * where they are.
 */
#include "format/input.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "base/num.h"
#include "base/str.h"
#include "format/magic.h"
#include "format/netcdf.h"
#include "format/netcdf3.h"
#include "format/netcdf4.h"
#include "format/zarr_store.h"

static bool is_folder(const struct view *file)
{
	struct stat st;

	return file->memory == NULL && file->copy == NULL &&
		fstat(file->fd, &st) == 0 && S_ISDIR(st.st_mode);
}

int input_identify(struct input *in, struct err *err)
{
	struct magic magic;

	in->base = 0;
	in->format = "zarr";
	if (in->file->store != NULL || is_folder(in->file))
		return 0;
	if (magic_of(in->file, &magic, err) < 0)
		return -1;
	in->base = magic.base;
	in->format = magic.kind == MAGIC_HDF5 ? "netcdf4" : "netcdf3";
	if (magic.kind == MAGIC_HDF5 || magic.kind == MAGIC_NETCDF3)
		return 0;
	return magic_refuse(magic.kind, err);
}

static int check_chunks(const struct input *in, const struct variable *v,
	struct err *err)
{
	const struct refs *r = &v->table.refs;
	uint64_t end = 0;

	for (uint64_t i = 0; i < r->n; i++) {
		if (r->offset[i] == REFS_ABSENT)
			continue;
		if (!num_add(r->offset[i], r->length[i], &end) ||
			end > in->file->size)
			return err_set(err, ERR_DATA,
				"truncated: a chunk of "
				"variable '%s' has %" PRIu64
				" bytes at %" PRIu64 ", the file has %" PRIu64
				" bytes",
				v->name, r->length[i], r->offset[i],
				in->file->size);
	}
	return 0;
}

int input_read(struct arena *a, const struct input *in, struct dataset *out,
	struct err *err)
{
	bool zarr = str_eq(in->format, "zarr");
	int result = zarr ? zarr_store_read(a, in->file, out, err) :
		str_eq(in->format, "netcdf3") ?
			    netcdf3_read(a, in->file, out, err) :
			    netcdf4_read(a, in->file, in->base, out, err);

	if (result < 0)
		return -1;
	if (out->nvars == 0)
		return err_set(err, ERR_DATA, "it has no variables");
	for (unsigned i = 0; !zarr && i < out->nvars; i++)
		if (check_chunks(in, &out->vars[i], err) < 0)
			return -1;
	return 0;
}

struct netcdf_file *input_library(const struct input *in, struct err *err)
{
	if (in->file->copy == NULL || !str_eq(in->format, "netcdf3"))
		return netcdf_open(in->file, in->base, err);
	err_set(err, ERR_DATA,
		"its records are too many and too small to be read from the "
		"server in parts: set fetch.cache to true in the recipe");
	return NULL;
}
