/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: one server, and those that wait for their turn at it.
 *
 * They wait in the order they came, each until its time.  What waits belongs to
 * the caller, who has the struct turn in it.
 */
#ifndef PGF_HOST_H
#define PGF_HOST_H

#include <stdint.h>

#include "net/rate.h"

struct turn {
	struct turn *next;
	int64_t due; /* ms of clock_ms, not before */
};

struct host {
	struct host *next;
	char *origin;
	unsigned int running; /* the caller's counts */
	uint64_t done, bytes;
	unsigned int waiting; /* in the queue */
	struct {
		uint64_t bytes;
		double rate; /* bytes per second, smoothed */
	} told;              /* the meter's */
	struct rate rate;
	struct turn *first, **last; /* of those that wait */
};

/* That of origin in the list, where one without limit is put if there is none. */
struct host *host_find(struct host **list, const char *origin);

/* Behind all others. */
void host_append(struct host *h, struct turn *t);

/* Out of the queue, and back to where it was: at is &h->first or the next of one
 * that waits. */
struct turn *host_take(struct host *h, struct turn **at);
void host_put(struct host *h, struct turn **at, struct turn *t);

void hosts_release(struct host **list);

#endif
