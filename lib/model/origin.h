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
};

/* Read them from obj; all lives in the arena, or is obj's.  ERR_DATA: one is
 * missing, or there is nothing to tell versions apart by. */
int origin_read(struct arena *a, const struct js *obj, struct origin *out,
	struct err *err) PGF_CHECKED;

/* As members of obj. */
void origin_to_json(const struct origin *o, struct js *obj);

#endif
