/* SPDX-License-Identifier: Apache-2.0 */
/*
 * downloads: the folder of a cache (net/cache), and whose it is.
 *
 * By default it is in the work folder, and nobody else's.  Of one that the user has
 * named the work folders that use it are noted in it:
 *
 *	CACHE/users/DIGEST	the path of a work folder
 *	CACHE/users/lock	held, shared, by each bake while it runs, and alone by who
 *				removes files
 */
#ifndef PGF_DOWNLOADS_H
#define PGF_DOWNLOADS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"

struct downloads {
	const char *path; /* absolute */
	bool is_shared;
	int lock; /* descriptor, which children inherit */
};

#define DOWNLOADS_INIT     \
	{                  \
		.lock = -1 \
	}

/* Use the cache at path, absolute, for a work folder, and note that; NULL is
 * WORK/cache.  Waits for who removes files from it. */
int downloads_open(struct downloads *d, struct arena *a, const char *path,
	const char *work, struct err *err) PGF_CHECKED;

/* The cache that the work folder uses, from its conf.fetch, to remove files from
 * it.  ERR_TEMP: a bake uses it. */
int downloads_open_alone(struct downloads *d, struct arena *a, const char *work,
	struct err *err) PGF_CHECKED;

/* Note that the work folder uses it no more. */
int downloads_leave(const struct downloads *d, struct arena *a,
	const char *work, struct err *err) PGF_CHECKED;

void downloads_close(struct downloads *d);

/* Whose a file of the cache is. */
struct downloads_owners {
	struct names ours, others; /* digests of URLs, 64 digits */
};

/* The URLs that the work folder names, and those that the other work folders do
 * which are noted and still there. */
int downloads_owners(const struct downloads *d, struct arena *a,
	const char *work, struct downloads_owners *out,
	struct err *err) PGF_CHECKED;

/* Have the cache at path, absolute, for ourselves.  ERR_TEMP: a bake uses it. */
int downloads_open_at(struct downloads *d, struct arena *a, const char *path,
	struct err *err) PGF_CHECKED;

/* What all work folders name that are noted in it. */
int downloads_named(const struct downloads *d, struct arena *a,
	struct names *out, struct err *err) PGF_CHECKED;

/* What a work folder names, or a file of records ("-": stdin): digests of URLs, and
 * absolute paths of local files. */
int downloads_add(struct arena *a, const char *path, struct names *out,
	struct err *err) PGF_CHECKED;

enum { DOWNLOADS_DIGEST = 65 };

/* Is the key that of a file of a cache?  Then its digest. */
bool downloads_is_file(const char *key, char digest[DOWNLOADS_DIGEST]);

#endif
