/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobserver: the jobs of a make that runs us.
 *
 * GNU make lets what it runs share its -j: by a pipe that it hands down, or, from
 * 4.4 on, by a named one ("POSIX Jobserver" in its manual).  The make that we
 * start knows how to take part; here is only found out whether it can.
 */
#ifndef PGF_JOBSERVER_H
#define PGF_JOBSERVER_H

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

#endif
