/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_driver: the HDF5 library on a view, so also on a file that is not here.
 *
 * A file driver (H5FD) of our own, which asks the view for what the library wants
 * to read.
 */
#ifndef PGF_HDF5_DRIVER_H
#define PGF_HDF5_DRIVER_H

#include "format/view.h"

/* Open the file for reading; the view is borrowed until the id is closed.
 * Negative: the library cannot. */
int64_t hdf5_driver_open(const struct view *v);

/* Have the library read all objects and attributes of a file, so that these bytes
 * are in the copy of it, which another library may then open.  False if it cannot
 * read some of them. */
bool hdf5_driver_read_all(int64_t file);

/* Have it read all values of a dataset.  ERR_DATA: it cannot, or they are more
 * than most bytes; names the remedy. */
int hdf5_driver_read_values(int64_t file, const char *name, uint64_t most,
	struct err *err) PGF_CHECKED;

#endif
