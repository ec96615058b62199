/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input: a file of any format that is read, as a dataset.
 *
 * Chooses the reader by what the file is, and makes the promises that hold
 * for every format.
 */
#ifndef PGF_INPUT_H
#define PGF_INPUT_H

#include "format/netcdf.h"
#include "format/view.h"
#include "model/dataset.h"

/* A file that is open for reading.  Borrowed. */
struct input {
	const struct view *file;
	uint64_t base; /* where its HDF5 superblock is */
	const char *format;
};

/* Find out what the file is: in->format is "netcdf3", "netcdf4", or of a
 * folder "zarr".  ERR_DATA if it is something else, with what it is. */
int input_identify(struct input *in, struct err *err) PGF_CHECKED;

/* Its dataset, after input_identify; everything lives in the arena.  It has a
 * variable, and every chunk lies within the file.  ERR_DATA: a damaged or
 * truncated file, a type that Zarr cannot store. */
int input_read(struct arena *a, const struct input *in, struct dataset *out,
	struct err *err) PGF_CHECKED;

/* Open it through the library, which reads what is no table.  NULL: ERR_DATA, also
 * if it is remote and that cannot be done in parts. */
struct netcdf_file *input_library(const struct input *in,
	struct err *err) PGF_CHECKED;

/* Hand over all values of a variable, as netcdf_slab does.  ERR_DATA: they
 * cannot be read. */
int input_values(const struct input *in, const struct variable *v,
	const struct netcdf_sink *sink, struct err *err) PGF_CHECKED;

/* The values of a numeric variable as its member data, or, if there are more than
 * INPUT_AXIS_MAX, where they begin and end as its member range; text is left
 * alone.  Lives in the arena. */
enum { INPUT_AXIS_MAX = 4096 };
int input_axis(struct arena *a, const struct input *in, struct variable *v,
	struct err *err) PGF_CHECKED;

/* The digest of all values of a variable: xxh128 of the little-endian values in
 * C order; text of either kind of length counts as its number of bytes (4
 * bytes, little-endian) and the bytes up to the first NUL.  Lives in the
 * arena; NULL if the values cannot be read (ERR_DATA). */
const char *input_digest(struct arena *a, const struct input *in,
	const struct variable *v, struct err *err) PGF_CHECKED;

#endif
