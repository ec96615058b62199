/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local: a file that is here already, which is named and not copied.
 */
#ifndef PGF_LOCAL_H
#define PGF_LOCAL_H

#include "net/cache.h"
#include "net/url.h"

/* The file of a URL_LOCAL: its absolute path (which lives in the arena), size and
 * time.  ERR_DATA: it cannot be read, is no regular file, or its path is not
 * UTF-8. */
int local_find(struct arena *a, const struct url *url, struct cache_file *out,
	struct err *err) PGF_CHECKED;

#endif
