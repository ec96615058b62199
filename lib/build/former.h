/* SPDX-License-Identifier: Apache-2.0 */
/*
 * former: what files of a work folder held before they changed.
 *
 * make knows that a file is newer, not what is new in it.  So what the compile step
 * replaces is kept in the folder "was", under its name, until a bake has used all
 * that came instead.  It explains, and nothing depends on it: where it cannot be
 * kept, less is said.
 */
#ifndef PGF_FORMER_H
#define PGF_FORMER_H

#include "base/buf.h"
#include "base/mem.h"

#define FORMER_FOLDER "was"

/* A work folder; names of files are below it. */
struct former {
	struct arena *arena; /* for names */
	const char *path;
};

/* A file is about to be replaced: keep it, unless there is one that is older and
 * was not used yet. */
void former_keep(const struct former *f, const char *name);

/* Forget all. */
void former_forget(const struct former *f);

/* Append what has changed in a file that a target is to be made again for, as
 * "(title: "A" -> "B")" behind a blank; nothing if that is not known. */
void former_tell(const struct former *f, const char *name, const char *target,
	struct buf *out);

#endif
