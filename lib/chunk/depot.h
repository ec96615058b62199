/* SPDX-License-Identifier: Apache-2.0 */
/*
 * depot: what is needed of remote files, as if they were here.
 *
 * All copies lie in one temporary file without a name, each as long as its
 * original, with nothing where nothing was needed.  A read of bytes that are not
 * here brings them first, so no hole is ever read; to bring what will be read in
 * one go is the reader's wish to make.
 */
#ifndef PGF_DEPOT_H
#define PGF_DEPOT_H

#include "base/spans.h"
#include "model/origin.h"

struct depot;
struct depot_copy;

/* Costs nothing until a copy is made.  With block > 0 bytes are brought in
 * blocks of so many bytes (a power of 2), the first and the last
 * megabyte of a file at once, and more and more ahead of a reader that goes
 * forward: for who does not know what will be read.  A recipe says how to ask for
 * them (chunk/ferry); its path is borrowed, and may be NULL. */
struct depot *depot_open(uint64_t block, const char *recipe);
void depot_close(struct depot *d);

/* Another one, whose bytes are brought by what brings those of the first, which
 * must be closed after it. */
struct depot *depot_open_beside(struct depot *first);

/* Bring the first and last megabyte of the copies of n depots that lie beside each
 * other, of all together.  What fails is as if nobody had asked. */
void depot_bring_ends(struct depot *const *d, size_t n);

/* Forget all copies: what they take on disk is given back. */
void depot_reset(struct depot *d);

/* The copy of that version of a file, which is made if it is not there; NULL:
 * there is no room for it.  The origin is borrowed until depot_reset. */
struct depot_copy *depot_copy_of(struct depot *d, const struct origin *o,
	struct err *err) PGF_CHECKED;

/* An object of a folder on a server: of the version with that tag (struct origin) a
 * copy that has room for its first `end` bytes, of which nothing is brought but what
 * is wished for or needed.  The folder is borrowed until depot_reset.  Several
 * threads may call it.  NULL: there is no room. */
struct depot_object {
	const struct origin *folder;
	const char *name;
	uint64_t tag, end;
};
struct depot_copy *depot_copy_object(struct depot *d,
	const struct depot_object *o, struct err *err) PGF_CHECKED;

/* Look at objects (chunk/ferry): each gets a place in the depot's file, but those
 * that say that their bytes go nowhere.  Fails as ferry_look does. */
struct ferry_look;
int depot_look(struct depot *d, struct ferry_look *looks, size_t n,
	struct err *err) PGF_CHECKED;

/* Wish for bytes (cut at the end of the file), and have all that was wished for
 * brought, of all copies together.  Fails as ferry_wait does. */
void depot_want(struct depot_copy *c, struct span_range r);
int depot_bring(struct depot *d, struct err *err) PGF_CHECKED;

/* The same of one copy alone. */
int depot_bring_of(struct depot_copy *c, struct err *err) PGF_CHECKED;

/* Have bytes here now; several threads may call it. */
int depot_need(struct depot_copy *c, struct span_range r,
	struct err *err) PGF_CHECKED;

/* Where byte 0 of the file is. */
struct depot_place {
	int fd;
	uint64_t base;
};
struct depot_place depot_place(const struct depot_copy *c);

/* Give the file of the copies a name, for a library that takes nothing else; to
 * be unlinked by the caller as soon as it is open.  path has room for size bytes. */
int depot_name(struct depot *d, char *path, size_t size,
	struct err *err) PGF_CHECKED;
struct depot *depot_of(const struct depot_copy *c);
const char *depot_recipe(const struct depot *d);

/* The first failure since depot_open or depot_reset: -1 and *err is it, in place
 * of what it led to; 0 if there was none. */
int depot_verdict(const struct depot *d, struct err *err) PGF_CHECKED;

/* Bytes that were brought since depot_open. */
uint64_t depot_bytes(const struct depot *d);

#endif
