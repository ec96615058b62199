/* SPDX-License-Identifier: Apache-2.0 */
/*
 * part: a file on its way into the cache.
 *
 * The bytes collect in PLACE.part, which the holder has locked (flock), so of
 * several runs on one cache one fetches and the others wait for it.  What a
 * killed run leaves is taken up again if PLACE.note says what it is part of.
 *
 * Publishing takes four steps: fsync of the bytes; an older file under the
 * name is removed; the sidecar appears; the .part is renamed to the data file.
 * So at no moment does a data file stand beside a sidecar that is not its own,
 * and a .part that agrees with a sidecar is a file that lacks only its name.
 */
#ifndef PGF_PART_H
#define PGF_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/cache.h"
#include "net/http.h"

struct part {
	const struct cache_place *place;
	int fd;              /* -1: not open */
	uint64_t len;        /* bytes collected */
	struct sha256 *hash; /* of these */
	uint64_t length;     /* of the whole file, or HTTP_UNKNOWN */
	struct http_validators validators; /* of the version in hand */
	char if_range[HTTP_TAG_MAX];       /* "": it cannot be continued */
	bool noted;                        /* PLACE.note is there */
	bool whole;                        /* nothing is lacking but the name */
};

#define PART_INIT                                \
	{                                        \
		.fd = -1, .length = HTTP_UNKNOWN \
	}

/* Open and lock the .part of place (borrowed until part_close), and take up
 * what a former run left: 1; or 0 if someone else holds the lock; -1 on error.
 * The caller must look into the cache once more, now that it has the lock. */
int part_open(struct part *p, const struct cache_place *place,
	struct err *err) PGF_CHECKED;

/* Where the next request must start; forgets what cannot be continued. */
int part_offset(struct part *p, uint64_t *offset, struct err *err) PGF_CHECKED;

/* Forget the bytes that are here. */
int part_restart(struct part *p, struct err *err) PGF_CHECKED;

/* A response begins: at the end of what is here, it continues it; at 0, it
 * replaces it.  ERR_TEMP if it fits neither way. */
int part_begin(struct part *p, const struct http_head *head,
	struct err *err) PGF_CHECKED;

/* More bytes. */
int part_add(struct part *p, const void *bytes, size_t len,
	struct err *err) PGF_CHECKED;

/* Everything came: check the length (ERR_TEMP if it is wrong), publish.  *out
 * is filled.  Blocks until the disk has it. */
int part_publish(struct part *p, struct cache_file *out,
	struct err *err) PGF_CHECKED;

/* Unlock.  What another run could not continue is removed. */
void part_close(struct part *p);

#endif
