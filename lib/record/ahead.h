/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ahead: records looked at together before each has its turn, so that what must be
 * waited for is waited for once.
 */
#ifndef PGF_AHEAD_H
#define PGF_AHEAD_H

#include "record/tool.h"

enum { AHEAD_MAX = 16 };

struct ahead {
	void *state;
	/* Of the record that will be number i (from 0) of those together; what it
	 * keeps may live in the arena until the record's turn is over. */
	void (*announce)(void *state, size_t i, struct arena *a,
		const struct js *rec);
	/* n were announced, and their turns come. */
	void (*together)(void *state, size_t n);
	/* The turn of number i, as a tool_record_fn, whose sink->state is state. */
	int (*one)(size_t i, struct js *rec, struct tool_sink *sink,
		struct err *err);
};

/* As tool_each.  Only records that are there are taken together: nobody waits for
 * the next before the first has its turn. */
int ahead_each(char **operands, const struct ahead *how,
	struct err *err) PGF_CHECKED;

#endif
