/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock: who of several runs on one cache fetches which file.
 *
 * A file is known by 60 bits of its name (cache_place).  It is held once, whether the
 * other one who wants it has the same struct or another process.  Locks go with the
 * process, however it ends.  For one thread.
 */
#ifndef PGF_LOCK_H
#define PGF_LOCK_H

#include <stdint.h>

#include "base/err.h"

struct lock;

/* folder must be there; a file 'lock' is made in it.  Waits for one who is alone. */
struct lock *lock_open(const char *folder, struct err *err) PGF_CHECKED;

/* The same, to be alone with the folder.  ERR_TEMP: somebody else has it open. */
struct lock *lock_open_alone(const char *folder, struct err *err) PGF_CHECKED;

/* 1: it is held now; 0: it was held before. */
int lock_take(struct lock *l, uint64_t id, struct err *err) PGF_CHECKED;

/* Nothing happens if it is not held by this struct. */
void lock_drop(struct lock *l, uint64_t id);

void lock_close(struct lock *l);

#endif
