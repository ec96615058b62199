/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child: another program, started without a shell and heard over pipes.
 *
 *	if (child_start(&c, &how, err) == 0) {
 *		while (child_hear(&c, -1, take, state))
 *			continue;
 *		status = child_end(&c);
 *	}
 *
 * It has what descriptors it is given, no signal blocked, and SIGPIPE as usual.
 */
#ifndef PGF_CHILD_H
#define PGF_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

enum { CHILD_OUT, CHILD_SAID, CHILD_PIPES }; /* its descriptors 1 and 2 */

struct child_how {
	char *const *argv; /* [0] is sought in PATH unless it has a '/' */
	char *const *env;  /* NULL: ours */
	int in;            /* what it reads; -1: nothing */
	bool together;     /* both descriptors are CHILD_OUT */
	/* In a process group of its own, of which nothing is left when it has
	 * ended, or we have, be it by SIGKILL. */
	bool alone;
};

struct child {
	pid_t pid, guard;    /* 0: none */
	int fd[CHILD_PIPES]; /* -1: closed */
	bool ended;
	int status;
};

/* "cannot run 'NAME': CAUSE", and errno is the cause. */
int child_start(struct child *c, const struct child_how *how,
	struct err *err) PGF_CHECKED;

/* Takes bytes of one of the pipes; len is 0 at its end.  False: no more is to be heard
 * of it. */
typedef bool child_take_fn(void *state, int from, const char *p, size_t len);

/* Hand over what comes within ms (-1: any time).  False: nothing more will come.
 * What the child has started may hold its pipes open. */
bool child_hear(struct child *c, int ms, child_take_fn *take, void *state);

/* Never waits. */
bool child_has_ended(struct child *c);

/* End it at once; of one that is alone, its group. */
void child_kill(const struct child *c);

/* Close the pipes and wait for its end: its status, as waitpid tells it. */
int child_end(struct child *c);

#endif
