/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stop: a child that is to end when we are told to.
 *
 * SIGINT, SIGTERM and SIGHUP, unless they are ignored (nohup), are passed on to the
 * child as SIGTERM, and end us only when it has ended.
 */
#ifndef PGF_STOP_H
#define PGF_STOP_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

enum { STOP_SIGNALS = 3 };

struct stop {
	struct sigaction old[STOP_SIGNALS];
};

/* Catch the signals, before the child is started; one at a time. */
void stop_open(struct stop *s);

/* This is the child; if we have been told already, it is told now. */
void stop_child(pid_t pid);

/* True if we have been told. */
bool stop_told(void);

/* Catch them no more; the signal that came, or 0. */
int stop_close(const struct stop *s);

/* End by the signal, as if it had not been caught; 0: go on. */
void stop_end(int sig);

#endif
