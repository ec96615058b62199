/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publish: files that have come, made to last and given their names.
 *
 * Each is checked and written down by one of a few threads; then one more has
 * the disk keep all that are written, names them, and has it keep the names.
 * While it waits for the disk the next ones collect, so the faster they come
 * the more share a wait.
 *
 * The owner, one thread, hands in and takes back; between the two an item and
 * its part belong to the publisher.
 */
#ifndef PGF_PUBLISH_H
#define PGF_PUBLISH_H

#include <stdbool.h>

#include "net/part.h"
#include "net/work.h"

/* Kept by the owner until it is back. */
struct publish_item {
	struct part *part;
	void *state;            /* the owner's */
	struct cache_file file; /* unless it failed */
	struct err err;         /* of what failed */
	bool failed;            /* the publisher's, as what follows */
	struct work_task task;
	struct publish_item *next;
};

struct publisher;

/* For files below folder, borrowed.  wake(state) is called on another thread when
 * items are done. */
struct publisher *publisher_open(const char *folder, void (*wake)(void *),
	void *state, struct err *err) PGF_CHECKED;

/* Hand in: part, state and an empty err are set. */
void publisher_add(struct publisher *p, struct publish_item *item);

/* Is nothing else to be expected soon?  Until it is said, a file waits a moment for
 * others to share its wait for the disk. */
void publisher_hurry(struct publisher *p, bool hurry);

/* The next that is done, or NULL; never waits. */
struct publish_item *publisher_take(struct publisher *p);

/* Waits for what runs; the rest stays without a name. */
void publisher_close(struct publisher *p);

#endif
