/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab: values read by the program pgf-slab.
 *
 * What is no table of chunks that we decode is read through netcdf-c, which
 * makes a process start ten times dearer, so it lives in a program of its own,
 * beside the running one.
 */
#ifndef PGF_SLAB_H
#define PGF_SLAB_H

#include "base/buf.h"
#include "base/err.h"
#include "chunk/box.h"
#include "model/origin.h"

/* What to read: a box of a variable of a file. */
struct slab {
	const char *path, *var;
	const struct origin *origin; /* of a remote file, instead of path; */
	const char *recipe;          /* how to ask for it, or NULL */
	const struct box *box;
};

/* Append what pgf-slab prints, at most max bytes: little-endian values in C
 * order; of strings, the length (32 bits, little-endian) and the bytes of
 * each.  Its failure is ours, with its message and its kind. */
int slab_read(const struct slab *what, size_t max, struct buf *out,
	struct err *err) PGF_CHECKED;

#endif
