/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ferry: bytes of remote files, brought by the program pgf-fetch.
 *
 * The library that speaks to servers makes a process start ten times dearer, so
 * it lives in a program of its own, beside the running one.  It is started when it
 * is first asked for something, and goes on until ferry_close.
 */
#ifndef PGF_FERRY_H
#define PGF_FERRY_H

#include "base/spans.h"
#include "model/origin.h"

struct ferry;

/* A recipe says how to ask, in its member fetch; its path is borrowed.  NULL: as
 * the environment alone says. */
struct ferry *ferry_open(const char *recipe);
void ferry_close(struct ferry *f);

/* Where bytes go: byte i of the file to byte base + i of an open file. */
struct ferry_to {
	int fd;
	uint64_t base;
};

/* Ask for ranges of a file.  They are there after ferry_wait. */
int ferry_ask(struct ferry *f, const struct origin *from,
	const struct spans *ranges, struct ferry_to to,
	struct err *err) PGF_CHECKED;

/* An object, of whatever version is there: so many bytes at its start or at its end
 * are wanted, or all, if it has less.  They go to the file at to.fd from to.base
 * on. */
struct ferry_look {
	const char *url;
	uint64_t bytes;     /* > 0 */
	bool last;          /* at its end */
	struct ferry_to to; /* fd < 0: nowhere */

	bool absent;        /* the server says that it has none */
	uint64_t size, tag; /* of the object; the tag is for struct origin */
};

/* Look at n objects at once, and wait for the answers, and for all else.  As
 * ferry_wait. */
int ferry_look(struct ferry *f, struct ferry_look *looks, size_t n,
	struct err *err) PGF_CHECKED;

/* Wait for all that was asked for.  ERR_TEMP: a file is another version by now,
 * or the server cannot be reached; ERR_DATA: it sends no ranges.  Messages name
 * the file.  After a failure nothing is asked for any more. */
int ferry_wait(struct ferry *f, struct err *err) PGF_CHECKED;

/* Bytes that it brought. */
uint64_t ferry_bytes(const struct ferry *f);

#endif
