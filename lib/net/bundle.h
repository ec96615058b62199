/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle: what is in compressed files and archives.
 *
 * Bytes are handed out; no name in an archive ever becomes a name of a file here.
 * The whole archive is read, however early what is wanted came, so that what is
 * damaged is seen and a name that is there twice too.
 */
#ifndef PGF_BUNDLE_H
#define PGF_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/bundle_name.h"

/* One thing that is wanted; no two want the same. */
struct bundle_want {
	const char *member; /* of an archive; NULL: the only one, or all of a
			     * packed file */
	int (*add)(void *state, const void *p, size_t len, struct err *err);
	void *state;
	struct err err; /* ERR_NONE at the end: all of it came */
	bool found;
};

/* Read path and hand out what is wanted.  Whatever goes wrong is told in each
 * want that it concerns; ERR_DATA: damaged, encrypted, not there, no plain file,
 * larger than limit bytes. */
struct bundle_input {
	const char *path;
	enum bundle_kind kind;
	uint64_t limit;
};
void bundle_read(const struct bundle_input *in, struct bundle_want *wants,
	size_t n);

#endif
