/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view: something of known size that can be read anywhere.
 *
 * A file or a piece of memory, so that parsers of file formats are pure and can
 * be fuzzed.  Holds nothing: the descriptor, the memory and the name are
 * borrowed.
 */
#ifndef PGF_VIEW_H
#define PGF_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "chunk/source.h"

struct view {
	uint64_t size;
	const uint8_t *memory; /* NULL: read from fd */
	int fd;
	const char *path;        /* for messages */
	struct depot_copy *copy; /* of a remote file: fd is the copy; or NULL */
	/* Of a Zarr store on a server the file is the document called so, and the
	 * store itself; or NULL. */
	const char *document;
	const struct origin *store;
};

struct view view_of_memory(const void *p, size_t size);
struct view view_of_file(int fd, const char *path, uint64_t size);

/* A remote file.  Its copy must be the first of its depot. */
struct view view_of_copy(struct depot_copy *copy, const struct origin *o);

/* The same as chunk/source has it. */
struct source view_source(const struct view *v);

/* Copy len bytes at offset to out.  Beyond the end: ERR_DATA, with the needed
 * and the present size in the message. */
int view_read(const struct view *b, uint64_t offset, size_t len, void *out,
	struct err *err) PGF_CHECKED;

/* Of a remote file: wish for bytes that will be read, and have all of them brought
 * at once.  Of any other nothing happens. */
void view_want(const struct view *v, uint64_t offset, uint64_t len);
int view_bring(const struct view *v, struct err *err) PGF_CHECKED;

/* A name under which libraries open the very file.  They read more into a path
 * than a path (backslashes, drives, URLs), so one that is not absolute and plain
 * goes through the descriptor. */
enum { VIEW_PATH_MAX = 4096 };
void view_plain_path(const struct view *v, char out[VIEW_PATH_MAX]);

/* Unsigned integers of n (1 to 8) bytes at p. */
uint64_t view_big(const uint8_t *p, unsigned n);
uint64_t view_little(const uint8_t *p, unsigned n);

/* Elements as the machine has them become little-endian in place. */
void view_to_little(void *p, size_t n, size_t size);

/* Turn the n elements of size bytes at p round in place. */
void view_swap(void *p, size_t n, size_t size);

#endif
