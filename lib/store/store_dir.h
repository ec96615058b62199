/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_dir: a store that is a folder.
 *
 * Objects are files named by their key.  An object that is put is not there
 * until store_dir_flush has returned, and then it lasts: temporaries are
 * written first, then synced and renamed together, because one sync after the
 * other costs three times as much.  An object that has the same bytes already
 * is left untouched, with its time.  Folders appear when they are needed, so a
 * store to which nothing is put is not made.
 */
#ifndef PGF_STORE_DIR_H
#define PGF_STORE_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store_dir;

/* A store at path (borrowed), which need not exist yet. */
struct store_dir *store_dir_open(const char *path);

/* Write an object, to appear at the next flush (or before, if many wait).  A
 * key that would leave the store is ERR_DATA.  After a failure nothing that waits
 * will appear, but for what is kept, and no temporary is left. */
int store_dir_put(struct store_dir *s, const char *key, const void *p,
	size_t size, struct err *err) PGF_CHECKED;

/* What was put so far and was not there yet. */
struct store_dir_stats {
	uint64_t objects, bytes;
};
struct store_dir_stats store_dir_stats(const struct store_dir *s);

/* See to it that there is no object of that name. */
int store_dir_drop(struct store_dir *s, const char *key,
	struct err *err) PGF_CHECKED;

/* Let everything that was put appear, for good. */
int store_dir_flush(struct store_dir *s, struct err *err) PGF_CHECKED;

/* Does so much wait that a flush is worth its while?  It waits for the disk a few
 * times, however much there is. */
bool store_dir_has_enough(const struct store_dir *s);

/* Forget what was put since the last flush, but for what is kept: what was put
 * before the last store_dir_keep.  That appears, or the next flush fails. */
void store_dir_abort(struct store_dir *s);
void store_dir_keep(struct store_dir *s);

/* As store_dir_abort, and release everything. */
void store_dir_close(struct store_dir *s);

/* True if key names a file below the store: parts joined by '/', none empty,
 * "." or "..", without control characters. */
bool store_dir_key_is_safe(const char *key);

#endif
