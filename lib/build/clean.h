/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clean: taking back what a bake has made, and nothing else.
 *
 * Everything is removed by name: what is called as nothing of ours is stays, and
 * so does the folder that holds it.  Links are not followed.
 */
#ifndef PGF_CLEAN_H
#define PGF_CLEAN_H

#include <stdbool.h>
#include <stddef.h>

#include "build/state.h"

struct clean {
	const char *work; /* a work folder */
	/* These, too.  Of a cache that others use, what this folder alone names. */
	bool cache, store;
};

struct clean_done {
	size_t removed;                         /* files */
	bool work_left, cache_left, store_left; /* something else is in there */
};

/* ERR_DATA: no work folder, or the store, if it is to go, is no more its;
 * ERR_TEMP: it, or a cache that others use
 * too, is in use.  Nothing is removed then. */
int clean_run(struct arena *a, const struct clean *how, struct clean_done *out,
	struct err *err) PGF_CHECKED;

#endif
