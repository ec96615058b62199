/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheaf: many small files, made to last together.
 *
 * A file by itself that is whole or absent costs two waits for the disk.  Here
 * they wait together: contents first, all of them, then names.  So after a power
 * cut each file is as it was, or whole, though not all may be the new ones.
 */
#ifndef PGF_SHEAF_H
#define PGF_SHEAF_H

#include <stddef.h>

#include "base/err.h"

struct sheaf;

struct sheaf *sheaf_open(void);

/* A file to be: it may appear any time from now on, and is there after
 * sheaf_flush.  One that has exactly these bytes is left untouched, with its
 * time. */
int sheaf_put(struct sheaf *s, const char *path, const void *p, size_t len,
	struct err *err) PGF_CHECKED;

/* The same, but the file takes the time of the one that it replaces: what was made
 * of that one is no older than it for this. */
int sheaf_put_aged(struct sheaf *s, const char *path, const void *p, size_t len,
	struct err *err) PGF_CHECKED;

/* Have all of them appear. */
int sheaf_flush(struct sheaf *s, struct err *err) PGF_CHECKED;

/* Forget those that have not. */
void sheaf_close(struct sheaf *s);

#endif
