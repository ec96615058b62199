/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache_file: what is known of a file of the cache, as the line of its sidecar and as
 * a member of a record.
 *
 * The line is a JSON object of url, size, sha256, etag, modified (these two where
 * they are known) and fetched.
 */
#ifndef PGF_CACHE_FILE_H
#define PGF_CACHE_FILE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "record/json.h"

enum { CACHE_TAG_MAX = 256 };

struct cache_file {
	const char *path; /* absolute; borrowed from the place */
	uint64_t size;    /* bytes */
	char sha256[SHA256_HEX];
	char etag[CACHE_TAG_MAX];  /* as the server gave it, or "" */
	char modified[CLOCK_TEXT]; /* as clock_text, or "" */
};

/* As the member "file" of a record. */
void cache_file_to_json(const struct cache_file *f, struct js *out);

/* Append the line of a sidecar; fetched is now. */
void cache_file_write(struct buf *out, const char *url,
	const struct cache_file *f);

/* The url, in the arena, and *out, without a path; NULL if it is no sidecar, such as
 * a part of one.  Members may stand in any order, and others among them. */
const char *cache_file_read(struct arena *a, const char *text, size_t len,
	struct cache_file *out);

#endif
