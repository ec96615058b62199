/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gunzip: bytes of a gzip file, checked against the sums in it (RFC 1952).
 */
#ifndef PGF_GUNZIP_H
#define PGF_GUNZIP_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct gunzip;

/* Does the file begin like one? */
bool gunzip_knows(const char *path);

/* NULL on error. */
struct gunzip *gunzip_open(const char *path, struct err *err) PGF_CHECKED;

/* More bytes: how many, 0 at the end, -1 (ERR_DATA: damaged or cut off). */
ssize_t gunzip_read(struct gunzip *g, void *p, size_t len,
	struct err *err) PGF_CHECKED;

void gunzip_close(struct gunzip *g);

#endif
