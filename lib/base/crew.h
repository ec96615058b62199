/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crew: several hands for one piece of work.
 *
 * The caller is one hand, and does all of it if there is no other.  Under a make
 * that shares its jobs (base/jobserver) every further hand is one of them: taken
 * when it is free, also while the work goes on, and given back at the end of it.
 * Hands are threads, and what fails is told as if there were but one.
 */
#ifndef PGF_CREW_H
#define PGF_CREW_H

#include <stddef.h>

#include "base/err.h"

enum { CREW_MOST = 64 };

struct crew;

/* At most that many hands, the caller one of them; 0: one, or as many as there are
 * processors if makeflags (the value of MAKEFLAGS, or NULL) says that jobs are
 * shared. */
struct crew *crew_open(unsigned most, const char *makeflags);
void crew_close(struct crew *c);

unsigned crew_most(const struct crew *c);

/* Items 0 to n - 1, each done once by one of at most that many hands, handed out in
 * that order.  No two hands have the same number at a time; the caller's is 0. */
struct crew_work {
	size_t n;
	unsigned hands; /* at least 1 */
	int (*one)(void *state, unsigned hand, size_t i, struct err *err);
	void *state;
};

/* Returns when nobody works any more.  Without a crew the caller does it alone.  Once an item fails no later one is begun,
 * and the failure is that of the first one of all that do. */
int crew_run(struct crew *c, const struct crew_work *w,
	struct err *err) PGF_CHECKED;

/* For what only one hand may do at a time. */
void crew_lock(struct crew *c);
void crew_unlock(struct crew *c);

#endif
