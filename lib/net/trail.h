/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trail: what has been written of a large file, read behind the writer.
 *
 * While more comes, other threads hand what is there to the disk and digest it, so
 * that at the end little is left to do of either.
 */
#ifndef PGF_TRAIL_H
#define PGF_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"

/* Several at once; those that nobody asks for are NULL. */
struct digests {
	struct digest *of[DIGEST_KINDS];
};

void digests_open(struct digests *d, const bool want[DIGEST_KINDS]);
void digests_add(struct digests *d, const void *bytes, size_t len);
void digests_close(struct digests *d);

/* Bytes from to to of a file.  ERR_TEMP: it is shorter. */
struct digests_span {
	int fd;
	const char *path; /* for messages */
	uint64_t from, to;
};
int digests_add_file(struct digests *d, const struct digests_span *span,
	struct err *err) PGF_CHECKED;

/* The threads, for any number of files. */
struct trails;
struct trails *trails_open(struct err *err) PGF_CHECKED;

/* All trails must be at their end. */
void trails_close(struct trails *all);

/* Of one file, from its first byte on; fd stays the caller's, who has it open until
 * the end. */
struct trail;
struct trail *trail_begin(struct trails *all, int fd,
	const bool want[DIGEST_KINDS]);

/* The file has len bytes now, and these stay as they are.  Never waits. */
void trail_tell(struct trail *t, uint64_t len);

/* The end: *d, the caller's from now on, has the bytes up to the offset that is
 * returned.  May wait for a few MB to be read. */
uint64_t trail_end(struct trail *t, struct digests *d);

#endif
