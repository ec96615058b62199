/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify: are the files of a cache still what came?
 *
 * Each data file is read and its SHA-256 compared with that of its sidecar, which must be
 * that of its URL.  What
 * another run holds at that moment is passed over.
 */
#ifndef PGF_VERIFY_H
#define PGF_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "record/stream.h"

struct verify {
	const char *cache;
	bool remove; /* bad files, with their sidecars */
	/* Of each bad file a record: path; url, want and got as far as they
	 * are known; error.  In any order. */
	struct stream_out *out;
};

/* ERR_DATA after all files have been looked at: one is bad; or the cache is not
 * there.  ERR_FAIL: a folder cannot be read, or a file not be removed. */
int verify_run(const struct verify *how, struct err *err) PGF_CHECKED;

#endif
