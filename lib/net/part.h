/* SPDX-License-Identifier: Apache-2.0 */
/*
 * part: a file on its way into the cache.
 *
 * The holder has locked its place (net/lock), so of several runs on one cache
 * one fetches and the others wait for it.  The bytes collect in memory while
 * they are few, then in PLACE.part.  What a killed run leaves there is taken up
 * again if PLACE.note says what it is part of.
 *
 * Getting it into the cache takes three steps, each of which may be done on any
 * thread: part_stow checks the bytes and puts them into the .part, and what is
 * known of them into the sidecar; somebody syncs the .part (net/publish);
 * part_name renames it to the data file.  An older file under the name is removed before the
 * sidecar changes.  So at no moment does a data file stand beside a sidecar
 * that is not its own, and a .part that agrees with a sidecar is a file that
 * lacks only its name.
 */
#ifndef PGF_PART_H
#define PGF_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/cache.h"
#include "net/check.h"
#include "net/http.h"
#include "net/lock.h"
#include "net/note.h"
#include "net/trail.h"

struct part {
	const struct cache_place *place;
	struct lock *lock;     /* NULL: not open */
	int fd;                /* of the .part, -1: not open */
	struct trails *trails; /* of the fetcher, or NULL */
	struct trail *trail;   /* NULL: none, or not yet */
	struct buf held;       /* bytes that are in no file yet */
	uint64_t len;          /* bytes collected */
	struct note version;   /* the one in hand */
	struct checks checks;  /* that the whole must pass */
	size_t given;          /* of these the caller's, which stay */
	unsigned int wrong;    /* how often it did not */
	bool exists;           /* the .part */
	bool noted;            /* PLACE.note is there, and so is the .part */
	bool replaces;         /* a file has the name; known once stowed */
	bool whole;            /* nothing is lacking but the name */
};

#define PART_INIT                                        \
	{                                                \
		.fd = -1, .version.length = HTTP_UNKNOWN \
	}

/* Lock place and take up what a former run left (both and what given refers to
 * borrowed until part_close): 1; or 0 if someone else holds the lock; -1 on error.  The caller must
 * look into the cache once more, now that it has the lock. */
struct part_want {
	struct lock *lock;
	const struct cache_place *place;
	const struct checks *given;
	struct trails *trails; /* NULL: all is read again at the end */
};
int part_open(struct part *p, const struct part_want *want,
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

/* Everything came: check it, write down what is only in memory.  *out is filled.
 * ERR_TEMP: the length is wrong, or, for the first time, a digest. */
int part_stow(struct part *p, struct cache_file *out,
	struct err *err) PGF_CHECKED;

/* What was stowed, and synced, gets its name. */
int part_name(struct part *p, const struct cache_file *file,
	struct err *err) PGF_CHECKED;

/* Unlock.  What another run could not continue is removed. */
void part_close(struct part *p);

#endif
