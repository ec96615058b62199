/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobserver: the jobs of a make that runs us.
 *
 * GNU make lets what it runs share its -j: by a pipe that it hands down, or, from
 * 4.4 on, by a named one ("POSIX Jobserver" in its manual).  Whoever starts a make
 * of his own hands the pipe on; whoever has more than one worker takes a byte out
 * of it for each but the first, and puts it back.
 */
#ifndef PGF_JOBSERVER_H
#define PGF_JOBSERVER_H

#include <stdbool.h>

#include "base/mem.h"

enum jobserver {
	JOBSERVER_NONE,   /* no make runs us, or it has but one job */
	JOBSERVER_SHARED, /* we may share its jobs */
	JOBSERVER_CLOSED, /* it has several, but has not handed them down */
};

/* What the value of MAKEFLAGS (NULL: not set) says.  For JOBSERVER_SHARED: into
 * *flags the value for a make that we start; lives in the arena. */
enum jobserver jobserver_find(struct arena *a, const char *makeflags,
	const char **flags);

/* Of the jobs that are shared, those that we have taken. */
struct jobserver_share;

/* NULL unless jobserver_find says JOBSERVER_SHARED.  A process has one at a time.
 * As long as it has, what ends it (SIGINT, SIGTERM, SIGHUP, exit) gives back first
 * what is taken. */
struct jobserver_share *jobserver_join(const char *makeflags);

/* Take a job if one is free; never waits.  What is taken last is given back. */
bool jobserver_take(struct jobserver_share *s);
void jobserver_give(struct jobserver_share *s);

/* Give everything back, and release. */
void jobserver_leave(struct jobserver_share *s);

#endif
