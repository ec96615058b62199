/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source: a source file, still the one that was opened before.
 *
 * Chunk tables are only true of the bytes they were made from, so a file that
 * has changed since must not be read with them.
 */
#ifndef PGF_SOURCE_H
#define PGF_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/io.h"
#include "chunk/depot.h"
#include "model/region_piece.h"

/* Open path for reading and return the descriptor.  The size must be as given,
 * and so must the time of the last change unless modified is NULL
 * ("2024-01-02T03:04:05.123456789Z"); otherwise ERR_TEMP "changed since it was
 * opened: run again".  A file of another time whose digest is etag (base/xxh; or
 * NULL) was touched only, and will do.  A file that is gone is ERR_TEMP too. */
int source_open(const char *path, uint64_t size, const char *modified,
	const char *etag, struct err *err) PGF_CHECKED;

/* An open source: a file, or a copy of a remote one (then fd is the copies' file,
 * and is not the holder's). */
struct source {
	int fd;
	const char *path;        /* for messages */
	struct depot_copy *copy; /* or NULL */
	const char *object;      /* the file in a folder which is open; or
				  * NULL: the source is no folder */
	/* A folder on a server, of whose objects copies are made; or NULL. */
	struct depot *depot;
	const struct origin *origin;
};

/* Open the file of a piece, as source_open does; close it.  ERR_TEMP, too: it is a
 * download that somebody has replaced in its cache since, whose sidecar (net/cache) says
 * another digest. */
int source_begin(struct source *s, const struct piece *p,
	struct err *err) PGF_CHECKED;
void source_end(struct source *s);

/* The tag of an object in a folder that is here: the time of its last change in
 * nanoseconds since 1970. */
struct stat;
uint64_t source_tag(const struct stat *st);

/* What holds a chunk, by its number among the refs of its table: the source, or if
 * that is a folder, an object of it.  Zero-initialised but for the first three. */
struct source_chunk {
	const struct source *source;
	const struct chunk_table *table;
	uint64_t ref;
	struct source file; /* open between begin and end */
	struct buf name;
};

/* Open it; close it.  ERR_TEMP: the object is gone, or is another than when the
 * table was made. */
int source_chunk_begin(struct source_chunk *c, struct err *err) PGF_CHECKED;
void source_chunk_end(struct source_chunk *c);

/* As io_read_at; of a remote file, bytes that are not here are brought. */
int source_read(const struct source *s, struct io_range at, void *out,
	struct err *err) PGF_CHECKED;

/* Read such a time as seconds since 1970 and nanoseconds; one to nine digits
 * of a second may be given or none; false if it is not of that form. */
bool source_time(const char *text, int64_t *seconds, int64_t *nanoseconds);

#endif
