/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beside: the other programs of pgf, which lie where the running one does.
 */
#ifndef PGF_BESIDE_H
#define PGF_BESIDE_H

#include "base/buf.h"
#include "base/err.h"

/* Append the path of the program of that name, as "pgf-slab". */
int beside_path(const char *name, struct buf *out, struct err *err) PGF_CHECKED;

/* An argument that posix_spawn will not change, whatever its type says. */
char *beside_argument(const char *s);

#endif
