/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assembly: the stored objects of a region, made of its pieces.
 *
 * For each chunk the cheapest way that is exact: the source's own bytes in another
 * envelope (chunk/carrier), else decoded, converted and encoded (chunk/canvas,
 * chunk/encoder); then chunks become shards, where the array has them.
 */
#ifndef PGF_ASSEMBLY_H
#define PGF_ASSEMBLY_H

#include "base/crew.h"
#include "chunk/codec.h"
#include "model/region.h"

struct assembly;

struct assembly_options {
	uint64_t memory;   /* bytes that a region may take; 0: any */
	bool verify;       /* decode also what is carried over */
	struct crew *crew; /* borrowed; NULL: nobody but the caller */
	const char *
		recipe; /* how to ask for remote files (chunk/ferry), or NULL */
};

/* Memory is kept from region to region. */
struct assembly *assembly_open(const struct assembly_options *options);
void assembly_close(struct assembly *a);

/* Read and decode all that is needed of a region, which must live until its last
 * object is made.  ERR_DATA: it needs more memory than there may be, and as
 * canvas_fill; ERR_TEMP: a source file changed. */
int assembly_load(struct assembly *a, struct region *r,
	struct err *err) PGF_CHECKED;

/* How many hands may make objects of it at a time. */
unsigned assembly_hands(const struct assembly *a);

/* The object at[] of the array's chunk grid, one of the region's; valid until the
 * next of that hand.  0 bytes for one that holds nothing and need not be there. */
int assembly_make(struct assembly *a, unsigned hand, const uint64_t *at,
	struct bytes *out, struct err *err) PGF_CHECKED;

/* Of the region loaded last: what was done ("copy", "decode", or "mixed"), stored
 * bytes read, cells of text taken for ISO-8859-1 so far. */
struct assembly_report {
	const char *mode;
	uint64_t bytes_read, recoded;
};
struct assembly_report assembly_report(const struct assembly *a);

#endif
