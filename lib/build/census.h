/* SPDX-License-Identifier: Apache-2.0 */
/*
 * census: which source files there are in a work folder, and which of them are
 * new, changed or gone since another count.
 *
 * A file is known by its URL, its content by its digest or, for a local file,
 * by size and time.
 */
#ifndef PGF_CENSUS_H
#define PGF_CENSUS_H

#include <stdint.h>

#include "build/state.h"

struct census_entry {
	uint64_t url, content; /* digests */
};

struct census {
	struct census_entry *at;
	size_t n, cap;
};

#define CENSUS_INIT        \
	{                  \
		.at = NULL \
	}

/* Read what the last fetch of each batch has left (f/B). */
int census_take(struct census *c, const struct state *s,
	struct err *err) PGF_CHECKED;

struct census_change {
	size_t added, changed, gone;
};

/* From one to the other. */
struct census_change census_compare(const struct census *before,
	const struct census *after);

void census_release(struct census *c);

#endif
