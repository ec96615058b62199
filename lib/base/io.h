/* SPDX-License-Identifier: Apache-2.0 */
/*
 * io: files, so that they are whole or absent.
 *
 * Everything pgf leaves on disk appears by write to a temporary in the same
 * folder, fsync, rename, fsync of the folder.  Temporaries are named
 * ".pgf-PID-N.tmp", so that a sweep can tell them from anything else.
 */
#ifndef PGF_IO_H
#define PGF_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Append the whole file to out; "-" is stdin.  A file above max bytes is
 * refused (kind ERR_DATA).  A file that is not there is ERR_DATA too. */
int io_read_file(const char *path, size_t max, struct buf *out,
	struct err *err) PGF_CHECKED;

/* Read exactly len bytes at offset of fd; a file that ends before is ERR_DATA
 * ("truncated").  path is for the message only. */
struct io_range {
	uint64_t offset;
	size_t len;
};
int io_read_at(int fd, const char *path, struct io_range at, void *out,
	struct err *err) PGF_CHECKED;

/* Write len bytes at offset of fd. */
int io_write_at(int fd, const char *path, struct io_range at, const void *p,
	struct err *err) PGF_CHECKED;

/* Write all bytes to a descriptor. */
int io_write_all(int fd, const void *p, size_t len,
	struct err *err) PGF_CHECKED;

/* mkdir -p of path, and of the folder that holds path. */
int io_make_dirs(const char *path, struct err *err) PGF_CHECKED;
int io_make_parent(const char *path, struct err *err) PGF_CHECKED;

/* A file being written: visible under its name only after io_commit.  The
 * struct is filled by io_create and emptied by io_commit or io_abort, one of
 * which must follow. */
struct io_temp {
	int fd;
	char path[4096];
	char temp[4096];
};

#define IO_TEMP_INIT     \
	{                \
		.fd = -1 \
	}

/* Create the temporary beside path; the folder must exist. */
int io_create(struct io_temp *t, const char *path, struct err *err) PGF_CHECKED;

/* fsync, close, rename into place, fsync the folder. */
int io_commit(struct io_temp *t, struct err *err) PGF_CHECKED;

/* Only close and rename, for who has synced the file and will sync its
 * folder. */
int io_rename(struct io_temp *t, struct err *err) PGF_CHECKED;

/* Remove the temporary.  Harmless after io_commit. */
void io_abort(struct io_temp *t);

/* io_create, write, io_commit. */
int io_replace(const char *path, const void *p, size_t len,
	struct err *err) PGF_CHECKED;

/* As io_replace, but a file that already has exactly these bytes is left
 * untouched, with its time. */
int io_replace_if_changed(const char *path, const void *p, size_t len,
	struct err *err) PGF_CHECKED;

/* True if path is a file that has exactly these bytes. */
bool io_has_content(const char *path, const void *p, size_t len);

/* Set the times of path to now; create it empty if it is not there. */
int io_touch(const char *path, struct err *err) PGF_CHECKED;

/* Append a text that changes whenever the file does, or is replaced: its number,
 * its size and its times.  ERR_DATA: it is not there. */
int io_mark(const char *path, struct buf *out, struct err *err) PGF_CHECKED;

/* fsync of a folder, so that renames in it last. */
int io_sync_dir(const char *path, struct err *err) PGF_CHECKED;

/* True if base name is one of io_create's temporaries. */
bool io_is_temp_name(const char *name);

/* Absolute path without "." and ".." and without asking the disk: path taken
 * relative to base (itself relative to the current folder; NULL is that
 * folder).  Appended to out. */
int io_absolute(const char *base, const char *path, struct buf *out,
	struct err *err) PGF_CHECKED;

#endif
