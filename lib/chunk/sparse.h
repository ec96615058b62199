/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sparse: temporary files in which little is.
 */
#ifndef PGF_SPARSE_H
#define PGF_SPARSE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/spans.h"

/* Make an empty file in TMPDIR, or /tmp, under a name that is put out, with room for
 * size bytes; a descriptor, or -1. */
int sparse_make(char *path, size_t size, struct err *err) PGF_CHECKED;

/* Copy a range to the same place of another file, through b. */
int sparse_copy(struct buf *b, int from, int to, struct span_range r,
	struct err *err) PGF_CHECKED;

#endif
