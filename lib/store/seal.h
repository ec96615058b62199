/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal: making a store visible, and clearing what no longer belongs to it.
 *
 * Order is everything here.  A store is visible by its root metadata, so those
 * are written last, when every array is whole; what the new metadata no longer
 * name is removed only after that, when no reader can want it.  Names of arrays
 * that go are noted in the store before, so that a killed seal is finished by
 * the next.
 */
#ifndef PGF_SEAL_H
#define PGF_SEAL_H

#include "layout/array.h"

/* What stands in the store from before. */
struct seal_old {
	struct js *arrays; /* names in its metadata, as a list */
};

/* Look at the folder of the store, which need not exist.  ERR_DATA: it is
 * published, but not by the recipe of that name. */
int seal_look(struct arena *a, const char *store, const char *recipe,
	struct seal_old *out, struct err *err) PGF_CHECKED;

/* What is to stand in it: documents by key ("sst/zarr.json").  Those of the
 * arrays appear in any order, then those of the root one after the other. */
struct seal_new {
	const struct arrays *arrays;
	struct js *of_arrays, *of_root;
};

/* Write all documents; one that stands there with the same bytes is left
 * alone. */
int seal_publish(struct arena *a, const char *store, const struct seal_new *new,
	const struct seal_old *old, struct err *err) PGF_CHECKED;

/* Remove what pgf made and the documents do not name: chunks outside the grids,
 * arrays that left, documents of the other Zarr format, temporaries.  Files
 * that look like none of these are left alone.  *n counts those removed. */
int seal_sweep(struct arena *a, const char *store, const struct seal_new *new,
	uint64_t *n, struct err *err) PGF_CHECKED;

#endif
