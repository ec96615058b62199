/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_refs: references to chunks, read from the text that pgf-open writes.
 */
#ifndef PGF_PLAN_REFS_H
#define PGF_PLAN_REFS_H

#include "model/dataset.h"
#include "record/scan.h"

/* Memory that is used for one after the other.  Zero-initialised is ready. */
struct plan_refs {
	uint64_t *v;
	uint32_t *mask;
	size_t cap, masks;
};

/* Read {"offset":[..],"length":[..]}, or that with "mask":[..] behind, of a grid of
 * so many chunks, with all checks of chunk_table_from_json; out lives until the
 * next.  False: there is another text, which may be in order too, or something is
 * wrong. */
bool plan_refs_read(struct plan_refs *r, struct span text, uint64_t chunks,
	struct refs *out);

void plan_refs_release(struct plan_refs *r);

#endif
