/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make: a graph as a GNU makefile (4.0 or later), and make's chatter read back.
 *
 * The makefile is pure: explicit one-line rules, no shell metacharacter outside
 * quotes in a recipe (so that make runs programs without a shell), each list of
 * a reduction on one line, and it never regenerates itself.  Its names are
 * relative to the work folder; read from anywhere else, it goes there first.
 */
#ifndef PGF_MAKE_H
#define PGF_MAKE_H

#include "base/buf.h"
#include "build/graph.h"

/* Append the makefile.  Goals: "all", and the name of each stage.  A word of a
 * command that holds a newline, which no makefile can carry, is ERR_DATA. */
int make_print(const struct graph *g, const struct graph_head *head,
	struct buf *out, struct err *err) PGF_CHECKED;

/* The variable that says, on make's command line, that make is in the work
 * folder already. */
#define MAKE_HERE "PGF_WORK=."

/* What stands before the command of a task that shares make's jobs. */
#define MAKE_SHARE "$(PGF_SHARE)"

/* If line is a command of a task as make echoes it, its stage into out ("open"),
 * and true: what its first option, --stage, says, or its program without "pgf-". */
bool make_line_stage(const char *line, char out[16]);

/* What a line of make's own says. */
enum make_line {
	MAKE_OTHER,  /* not make's, or something a user should read */
	MAKE_NOISE,  /* of interest only to those who watch make */
	MAKE_FAILED, /* a task ended with a code: its program has said why */
	MAKE_DIED,   /* a task was ended by a signal and could say nothing */
};

/* Read a line of make's stderr.  For MAKE_FAILED and MAKE_DIED: the target of
 * the task, its exit code (1 if it died), and why it died ("Killed"). */
struct make_failure {
	char target[256], reason[64];
	int code;
};
enum make_line make_line_read(const char *line, struct make_failure *out);

#endif
