/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache: whole files by URL.
 *
 * A URL (without user and password) has one place, named by its SHA-256:
 *
 *	CACHE/ab/cdef..-name		the file as the server has it
 *	CACHE/ab/cdef..-name.json	its sidecar: url, size, sha256, etag,
 *					modified, fetched
 *	CACHE/ab/cdef..-name.part	the file on its way (net/part)
 *	CACHE/ab/cdef..-name.note	what the .part is part of
 *	CACHE/ab/cdef..-name.temp	a note being written
 *	CACHE/lock			see net/lock
 *
 * The file counts only if the sidecar is there and its size agrees.  Both are
 * written by net/part, in an order that makes this true after any crash.
 */
#ifndef PGF_CACHE_H
#define PGF_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/cache_file.h"
#include "net/check.h"
#include "net/url.h"

/* Where one URL lies; the strings live in an arena. */
struct cache_place {
	const char *url;
	uint64_t id; /* the first 60 bits of the digest */
	const char *data, *sidecar, *part, *note, *temp;
};

/* The places of url below folder, which must be absolute. */
void cache_place(struct arena *a, const char *folder, const struct url *url,
	struct cache_place *out);

/* True if the file is here and whole: then *out is filled.  Looks at the
 * size, not at the bytes.  Anything unreadable counts as absent. */
bool cache_find(const struct cache_place *place, struct cache_file *out);

/* True if a file that was found is still here, with its size. */
bool cache_has(const struct cache_file *file);

/* False if one of the digests of given, which are of the whole, is another one.
 * Reads the file if its digest is not known. */
bool cache_agrees(const struct cache_file *file, const struct checks *given);

/* What the sidecar says, whether or not the file is there. */
bool cache_read_sidecar(const struct cache_place *place,
	struct cache_file *out);

/* The URL that any sidecar names, in the arena, or NULL if it is none; *out is
 * what it says of the file, without a path. */
const char *cache_read_any(struct arena *a, const char *sidecar,
	struct cache_file *out);

/* Make text the contents of path, one of the small files of place, whole but
 * not synced.  Only for the holder of the .part, so that the temporary can have
 * a fixed name, which the next run overwrites if this one is killed. */
int cache_replace(const struct cache_place *place, const char *path,
	const struct buf *text, struct err *err) PGF_CHECKED;

/* Write the sidecar.  Only where there is no data file, so that nobody believes
 * one that is half written.  It may be lost in a power cut. */
int cache_write_sidecar(const struct cache_place *place,
	const struct cache_file *file, struct err *err) PGF_CHECKED;

#endif
