/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finisher: files that have come are finished while others still come.
 *
 * Each task, an archive to unpack or a command to run for a file, has a thread; as many
 * run at once as there are processors, or jobs of the make that runs us
 * (base/jobserver).  The owner, one thread, hands in and takes back; between the two items
 * are busy, and belong to the finisher with all that they name.
 */
#ifndef PGF_FINISHER_H
#define PGF_FINISHER_H

#include "net/finish.h"

struct finisher;

/* how is borrowed, and its stop is set when the finisher is closed.  wake(state) is
 * called on another thread when something is done. */
struct finisher *finisher_open(struct finish *how, void (*wake)(void *),
	void *state, struct err *err) PGF_CHECKED;

/* Hand in what finish_next takes; the list is copied. */
void finisher_add(struct finisher *f, struct finish_item **items, size_t n);

/* Take back what is done, and begin what can be; never waits. */
void finisher_turn(struct finisher *f);

/* The same, but wait for something to be done.  False: nothing is under way. */
bool finisher_wait(struct finisher *f);

/* End what runs: commands are killed.  All items are taken back. */
void finisher_close(struct finisher *f);

#endif
