/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin: a file that stays on its server, and which version of it is meant.
 *
 * The members url, size, etag and modified of a record, instead of a path.
 */
#ifndef PGF_ORIGIN_H
#define PGF_ORIGIN_H

#include <stdint.h>

#include "record/json.h"

struct origin {
	const char *url;
	const char *shown;           /* the same without user and password */
	uint64_t size;               /* bytes */
	const char *etag, *modified; /* as in the record; one may be NULL */
	uint64_t tag; /* in place of these, of an object of a store: the number
		       * that whoever asked the server was told; or 0 */
};

/* Read them from obj; all lives in the arena, or is obj's.  ERR_DATA: one is
 * missing, or there is nothing to tell versions apart by. */
int origin_read(struct arena *a, const struct js *obj, struct origin *out,
	struct err *err) PGF_CHECKED;

/* The URL of a file in the folder at another URL, in front of the query: a key of a
 * bucket is text, in all others a name is escaped (RFC 3986 section 2.3). */
const char *origin_object(struct arena *a, const char *folder,
	const char *name);

/* A folder: its url, and no version.  As origin_read. */
int origin_read_folder(struct arena *a, const struct js *obj,
	struct origin *out, struct err *err) PGF_CHECKED;

/* As members of obj. */
void origin_to_json(const struct origin *o, struct js *obj);

#endif
