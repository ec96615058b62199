/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5: where the chunks of an HDF5 dataset lie, and how they are filtered.
 *
 * Reads metadata only, never writes and never locks; the library's own error
 * printing is off.  Names and dimensions are netcdf4's.
 */
#ifndef PGF_HDF5_H
#define PGF_HDF5_H

#include "format/pieces.h"
#include "format/view.h"
#include "model/dataset.h"

struct hdf5_file;

/* Set the library up, also for another library that opens a file through it. */
void hdf5_begin(void);

/* Open the file (borrowed), base the place of its superblock (see magic_of).  NULL:
 * ERR_DATA, truncated or damaged. */
struct hdf5_file *hdf5_open(const struct view *bytes, uint64_t base,
	struct err *err) PGF_CHECKED;

/* The library's handle of it, which is the file's. */
int64_t hdf5_id(const struct hdf5_file *f);

/* Of a remote file: bring all metadata and name its copy (depot_name), which
 * another library may then open.  ERR_DATA: some cannot be read. */
int hdf5_name_copy(const struct hdf5_file *f, char path[VIEW_PATH_MAX],
	struct err *err) PGF_CHECKED;

/* Of a remote file: bring all values of a variable, at most HDF5_BRING_MAX
 * bytes, which another library will read. */
#define HDF5_BRING_MAX (UINT64_C(1) << 28)
int hdf5_bring(const struct hdf5_file *f, const char *name,
	struct err *err) PGF_CHECKED;

void hdf5_close(struct hdf5_file *f);

/* Complete *t for a dataset, an open handle of the library.  In: ndim, shape and
 * dtype as netCDF sees them (DTYPE_STRING for text of both kinds).  Out:
 * dtype (S<n> where text is of fixed length), byte order, fill, chunk_shape,
 * codecs, and refs or inline data where the dataset is a table: it is not if
 * its layout is virtual or external, its type has no equal in dtype, or its
 * extent is not the shape.  Offsets are from the start of the file, user block
 * included.  Inline data keep the byte order of the file. */
int hdf5_table(struct arena *a, const struct hdf5_file *f, int64_t id,
	struct chunk_table *t, struct err *err) PGF_CHECKED;

/* How far a dataset of ndim dimensions was written; extent takes ndim numbers.
 * ERR_DATA: there is none of that name and rank. */
int hdf5_extent(const struct hdf5_file *f, const char *name, unsigned ndim,
	uint64_t *extent, struct err *err) PGF_CHECKED;

/* Bytes of an element of a dataset of text of fixed length; 0 for any other
 * dataset, or none of that name. */
size_t hdf5_text_size(const struct hdf5_file *f, const char *name);

/* The elements of the piece, of so many bytes each. */
int hdf5_read_texts(const struct hdf5_file *f, const char *name,
	const struct pieces *piece, void *out, struct err *err) PGF_CHECKED;

#endif
