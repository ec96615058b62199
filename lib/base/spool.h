/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool: bytes on their way to the disk while the caller goes on.
 *
 * A large file that is written once and synced need not go through the page
 * cache, where copying it costs more than compressing it did.  So it is written
 * past it (O_DIRECT), by a thread of its own, through a few aligned buffers; where
 * the file system cannot do that, in the ordinary way.
 */
#ifndef PGF_SPOOL_H
#define PGF_SPOOL_H

#include <stddef.h>

#include "base/err.h"

/* Shorter files are not worth it; bytes that buffers take. */
enum { SPOOL_LEAST = 1 << 20, SPOOL_MEMORY = 8 << 20 };

/* Costs nothing until it is used; then SPOOL_MEMORY and a thread. */
struct spool;

struct spool *spool_open(void);

/* Wait as spool_wait does, whatever comes of it, and release everything. */
void spool_close(struct spool *s);

/* An open file and its name, for messages: both stay until spool_wait has
 * returned. */
struct spool_file {
	int fd;
	const char *path;
};

/* Write len bytes from the start of a file; they are the caller's again at once.
 * Waits only while all buffers are full. */
void spool_write(struct spool *s, struct spool_file f, const void *p,
	size_t len);

/* Wait until everything is handed to the disk (fsync is the caller's).  The first
 * error of a write since the last wait is told here, once. */
int spool_wait(struct spool *s, struct err *err) PGF_CHECKED;

#endif
