/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream: NDJSON in, NDJSON out.
 *
 * A reader walks over several files as one stream and remembers where it is;
 * a writer is stdout or a file that appears whole or not at all.
 */
#ifndef PGF_STREAM_H
#define PGF_STREAM_H

#include <stdint.h>

#include "record/json.h"

struct stream_in;
struct stream_out;

/* A reader over n named files ("-" is stdin; n == 0: stdin alone).  The names
 * are borrowed.  Never fails: files are opened when they are reached. */
struct stream_in *stream_open(const char *const *names, size_t n);

/* The next record, parsed into arena a: 1 and *rec, or 0 at the end, or -1
 * (the line is no JSON object: ERR_DATA; the message has no place in it, see
 * stream_where).  Empty lines are passed over.  After an error in a record the
 * next call goes on with the next line. */
int stream_next(struct stream_in *in, struct arena *a, struct js **rec,
	struct err *err) PGF_CHECKED;

/* The same, but the line is not looked at: see stream_text. */
int stream_next_line(struct stream_in *in, struct err *err) PGF_CHECKED;

/* False if stream_next would wait for its input to come; then *fd is what to
 * poll.  A line that is here in part counts as ready. */
bool stream_ready(struct stream_in *in, int *fd);

/* Where the last record stood: the file's name as given ("<stdin>" for stdin),
 * its number among the files (from 0) and the line (from 1). */
const char *stream_name(const struct stream_in *in);
size_t stream_file(const struct stream_in *in);
uint64_t stream_line(const struct stream_in *in);

/* The number of files, and the name of each as given ("-" for stdin). */
size_t stream_nfiles(const struct stream_in *in);
const char *stream_file_name(const struct stream_in *in, size_t i);

/* The bytes of the line last read, without newline; valid until the next. */
const char *stream_text(const struct stream_in *in, size_t *len);

void stream_close(struct stream_in *in);

/* A writer to path by temporary and rename, or to stdout if path is NULL.  A device or
 * a pipe is written to as it is. */
struct stream_out *stream_create(const char *path, struct err *err) PGF_CHECKED;

/* One record, one line.  Flushed at once unless stdout is a file. */
int stream_put(struct stream_out *out, const struct js *rec,
	struct err *err) PGF_CHECKED;

/* Bytes as they are (pgf-make's Makefile). */
int stream_put_bytes(struct stream_out *out, const void *p, size_t len,
	struct err *err) PGF_CHECKED;

/* Publish and close.  With stamp (may be NULL): a file that has the same bytes
 * already is left untouched, then the stamp is touched.  Closes also when it
 * fails. */
int stream_commit(struct stream_out *out, const char *stamp,
	struct err *err) PGF_CHECKED;

/* Close without publishing. */
void stream_abort(struct stream_out *out);

#endif
