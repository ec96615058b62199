/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local: a file that is here already, which is named and not copied.
 */
#ifndef PGF_LOCAL_H
#define PGF_LOCAL_H

#include "net/cache.h"
#include "net/check.h"
#include "net/url.h"

/* The file of a URL_LOCAL: its absolute path (which lives in the arena), size and
 * time.  ERR_DATA: it cannot be read, is no regular file, or its path is not
 * UTF-8. */
int local_find(struct arena *a, const struct url *url, struct cache_file *out,
	struct err *err) PGF_CHECKED;

/* ERR_DATA: it has not the digests of checks. */
int local_check(struct arena *a, const struct cache_file *file,
	const struct checks *checks, struct err *err) PGF_CHECKED;

#endif
