/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sweep: what no recipe names goes from a cache.
 *
 * Named is a file by the URL of a record, or by the path that it has in one, and what was
 * unpacked or made from a named file; of a cache that bakes share also what their work
 * folders name.  Only what is called as a file of a cache is touched, or as the temporary
 * of one.
 */
#ifndef PGF_SWEEP_H
#define PGF_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "record/stream.h"

struct sweep {
	const char *cache;
	char *const *from; /* files of records and work folders, ends with NULL;
			    * none: stdin */
	bool dry;          /* remove nothing */
	struct stream_out
		*out; /* a record for each file that goes: path, size */
};

struct sweep_done {
	uint64_t files, bytes, kept;
};

/* ERR_DATA: nothing is named, a record is wrong; ERR_TEMP: a run or a bake uses the cache.
 * Then nothing is removed. */
int sweep_run(const struct sweep *how, struct sweep_done *out,
	struct err *err) PGF_CHECKED;

#endif
