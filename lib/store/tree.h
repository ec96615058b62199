/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree: looking at and clearing the folder of a store.
 *
 * For whoever must know what is there (pgf-seal); putting objects is
 * store_dir's part.  Links are never followed: a link in a store is not ours.
 */
#ifndef PGF_TREE_H
#define PGF_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Size of the object; 1, or 0 if there is no such file, or -1. */
int tree_size(const char *root, const char *key, uint64_t *size,
	struct err *err) PGF_CHECKED;

/* Call fn with the key of every file below the folder `below` of the store
 * (relative to root), or only of those directly in it (below "" is root).  fn
 * may remove the file.  A folder that is not there has no files. */
struct tree_walk {
	const char *root, *below;
	bool deep;
	int (*fn)(void *state, const char *key, struct err *err);
	void *state;
};
int tree_walk(const struct tree_walk *walk, struct err *err) PGF_CHECKED;

/* Remove an object, if it is there, and the folders below root that it leaves
 * empty. */
int tree_remove(const char *root, const char *key, struct err *err) PGF_CHECKED;

#endif
