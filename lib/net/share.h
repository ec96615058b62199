/* SPDX-License-Identifier: Apache-2.0 */
/*
 * share: what one may ask of a host, divided among all processes that ask.
 *
 * They have a file in common, whatever is in it, of which each locks bytes: one to
 * say that it asks a host, and one for each transfer from it.  Nobody is told
 * anything, nothing is left behind by who is killed.
 */
#ifndef PGF_SHARE_H
#define PGF_SHARE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SHARE_SLOTS = 256, /* transfers from a host, at most */
	SHARE_POLL = 20,   /* ms: when to try again for a slot */
};

/* The file, by a process. */
struct share {
	int fd;                /* -1: nobody else is asking */
	unsigned int per_host; /* transfers at once, 1 to SHARE_SLOTS */
};

/* One host, by a process.  Zero-initialised: not asked. */
struct share_host {
	int64_t at; /* of its bytes in the file */
	bool joined;
	int64_t seat;          /* the byte that says so; -1: there was none */
	unsigned int askers;   /* processes, when it was counted: */
	int64_t counted;       /* ms of clock_ms */
	int64_t rest;          /* ms, when to take the next slot */
	bool has[SHARE_SLOTS]; /* slots that are ours */
};

/* Open the file at path; NULL, one that is not there or that may not be written:
 * all is ours.  The process must not open and close it otherwise while this is open:
 * that drops locks (fcntl(2)). */
struct share share_open(const char *path, unsigned int per_host);
void share_close(struct share *s);

/* Say that we ask the host, until share_leave; both may be done twice. */
void share_join(const struct share *s, struct share_host *h,
	const char *origin);
void share_leave(const struct share *s, struct share_host *h);

/* How many ask it, with us: counted anew four times a second. */
unsigned int share_askers(const struct share *s, struct share_host *h,
	int64_t now);

/* Take a slot for one more transfer: its number, or -1: all are taken. */
int share_take(const struct share *s, struct share_host *h, int64_t now);
void share_give(const struct share *s, struct share_host *h, int slot,
	int64_t now);

#endif
