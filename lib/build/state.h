/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state: the work folder of a recipe.
 *
 * Small files, one a batch and stage, and what was chosen once and must stay.
 * Whoever changes it holds its lock.  Names are as graph.h wants them, relative
 * to the folder; batch B is %05zu.
 */
#ifndef PGF_STATE_H
#define PGF_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/sheaf.h"

struct state {
	const char *path; /* absolute, without symbolic links */
	struct arena *arena;
	int lock; /* descriptor; children inherit it */
	struct sheaf *later;
};

#define STATE_INIT         \
	{                  \
		.lock = -1 \
	}

/* Folders of the stages. */
#define STATE_FOLDERS "kvtfosrw"

/* Make the folder at path and its subfolders, and take its lock.  ERR_TEMP,
 * naming the process, if another holds it.  The lock lasts until state_close
 * and the end of every process started in between: a task that outlives its
 * make is thus waited for. */
int state_open(struct state *s, struct arena *a, const char *path,
	struct err *err) PGF_CHECKED;
void state_close(struct state *s);

/* Path of a file in the folder; lives in the arena. */
const char *state_path(const struct state *s, const char *name);

/* Write a file unless it has exactly these bytes. */
int state_put(const struct state *s, const char *name, const struct buf *text,
	struct err *err) PGF_CHECKED;

/* The same, but it may appear only with state_flush: for many files.  What it had
 * is kept (build/former). */
int state_put_later(const struct state *s, const char *name,
	const struct buf *text, struct err *err) PGF_CHECKED;
int state_flush(const struct state *s, struct err *err) PGF_CHECKED;

/* True if the file is there. */
bool state_has(const struct state *s, const char *name);

/* What there is to share out: how many items, how large one is about (0: nobody
 * knows), and how many the user wants in a batch (0: any). */
struct state_load {
	size_t nitems;
	uint64_t bytes;
	size_t asked;
	bool downloads; /* some of the first files are not local */
};

/* How many items go into a batch: what is asked for, else what conf.batch says,
 * else chosen and written there, so that an append shifts no batch. */
int state_batch_size(const struct state *s, const struct state_load *load,
	size_t *out, struct err *err) PGF_CHECKED;

/* Remove what belongs to batches from nbatches on, and temporaries that
 * processes now dead have left. */
int state_prune(const struct state *s, size_t nbatches,
	struct err *err) PGF_CHECKED;

/* Remove all receipts and the seal: everything is to be written again. */
int state_withdraw(const struct state *s, struct err *err) PGF_CHECKED;

/* True if there is such a process, and it is not dead. */
bool state_process_lives(int64_t pid);

/* Remove one file, which may be missing. */
int state_remove(const struct state *s, const char *name,
	struct err *err) PGF_CHECKED;

#endif
