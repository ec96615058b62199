/* SPDX-License-Identifier: Apache-2.0 */
/*
 * derived: files of the cache that were made from others.
 *
 * What it was made from, and how, is its name; so one that is there is right, and
 * another archive or command makes another file.  It lies beside the downloads,
 * with a sidecar like theirs, whose url is that name.  Written by temporary,
 * fsync and rename: two runs that make the same file do no harm.
 */
#ifndef PGF_DERIVED_H
#define PGF_DERIVED_H

#include "base/io.h"
#include "net/cache.h"

struct derived {
	struct cache_place place;
	struct io_temp temp;
	struct sha256 *hash; /* of what was added; NULL: none is being made */
	uint64_t size;
};

struct derived_name {
	const char *folder; /* of the cache */
	const char *id;     /* printable text */
	const char *like;   /* what the name on disk ends with: of its last
			     * part what is safe */
};

/* Look for a file, which *d can then make.  True if it is there: *out is filled,
 * with texts in the arena. */
bool derived_find(struct arena *a, const struct derived_name *name,
	struct derived *d, struct cache_file *out);

/* Make it: begin, add, and publish or abort.  Instead of derived_add another
 * program may write d->temp.temp, and derived_take takes what is there then. */
int derived_begin(struct derived *d, struct err *err) PGF_CHECKED;
int derived_add(struct derived *d, const void *p, size_t len,
	struct err *err) PGF_CHECKED;
int derived_take(struct derived *d, struct err *err) PGF_CHECKED;
int derived_publish(struct derived *d, struct cache_file *out,
	struct err *err) PGF_CHECKED;
void derived_abort(struct derived *d);

#endif
