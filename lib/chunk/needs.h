/* SPDX-License-Identifier: Apache-2.0 */
/*
 * needs: which bytes of a remote file the values of a box take.
 *
 * They are wished for, not brought: so what many files must give can be asked for
 * together.
 */
#ifndef PGF_NEEDS_H
#define PGF_NEEDS_H

#include "chunk/box.h"
#include "chunk/depot.h"
#include "model/region.h"

/* Wish for what gather_read of that box will read.  Nonsense in the table is
 * passed over: gather_read tells of it.  Does nothing for what is here. */
struct source;
void needs_of_box(const struct chunk_table *t, const struct box *box,
	const struct source *from);

/* Make copies of the remote files of a region's pieces, its members close too,
 * and bring what the region takes of them.  Fails as depot_bring does. */
int needs_bring(struct depot *d, struct region *r, struct err *err) PGF_CHECKED;

#endif
