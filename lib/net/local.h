/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local: files that are here already, which are named, not copied.
 */
#ifndef PGF_LOCAL_H
#define PGF_LOCAL_H

#include "base/names.h"
#include "net/cache.h"
#include "net/check.h"
#include "net/url.h"

/* What an earlier run has said of local files, or nothing. */
struct local {
	struct arena *arena;
	bool has_digests;
	struct names paths; /* numbers of files */
	struct cache_file *files;
	size_t n, cap;
};

/* Whether files are to have digests, as tags (base/xxh); known, the output of the run
 * before, which may not be there, or NULL: no digests.  Lives in the arena. */
int local_open(struct local *l, struct arena *a, const char *known,
	struct err *err) PGF_CHECKED;

/* Look at the file at path; out->path lives in the arena a.  One that has the size and
 * the bytes that it had before keeps the time that it had.  ERR_DATA: it is not
 * there, or no regular file; ERR_TEMP: it changes while it is read. */
int local_find(const struct local *l, struct arena *a, const char *path,
	struct cache_file *out, struct err *err) PGF_CHECKED;

/* Is a Zarr store there, a folder with the metadata of one?  Then its members "path" and
 * "listing" (base/folder), which is another when anything in it changes, as an object
 * that lives in the arena; NULL: err says why not, which is ERR_DATA unless it is plain:
 * nothing is to be done or compared with its bytes. */
bool local_is_store(const char *path);
struct js *local_store(struct arena *a, const char *path, bool plain,
	struct err *err) PGF_CHECKED;

/* Is nothing at that path? */
bool local_is_absent(const char *path);

/* ERR_DATA: it has not the digests of checks. */
int local_check(struct arena *a, const struct cache_file *file,
	const struct checks *checks, struct err *err) PGF_CHECKED;

#endif
