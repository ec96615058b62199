/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unpack: from what was downloaded to the file that is meant.
 *
 *What comes out lies in the cache (net/derived), named by the content of the
 * archive and the member.
 */
#ifndef PGF_UNPACK_H
#define PGF_UNPACK_H

#include <stdatomic.h>

#include "net/bundle.h"
#include "net/cache.h"

/* One file that is to be unpacked. */
struct unpack_job {
	const struct bundle_name *what;
	struct arena *arena;
	struct cache_file *file; /* in: the archive; out: what came out, with
				  * etag and modified of the archive */
	struct err *err;         /* names the member */
};

/* Unpack jobs whose archive is the same, reading it once.  Files above limit bytes
 * are refused.  Failures are told in each job; stop is NULL, or: when it is set, all fail.
 * Any thread may call it. */
void unpack_all(const char *cache, uint64_t limit, const atomic_bool *stop,
	struct unpack_job *jobs, size_t n);

/* The text by which a file's content is known: its digest, or path, size and
 * time. */
const char *unpack_identity(struct arena *a, const struct cache_file *file);

#endif
