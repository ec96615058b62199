/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decision: one thing on which files differ, and what was made of it.
 *
 * Decisions are members of the layout and what pgf-schema reports: a list of
 * {"what":..,"var":..,"name":..,"decided":..,"policy":..,"files":..,
 * "values":[{"value":..,"dtype":..,"files":..,"first":..,"last":..,
 * "examples":{..}}],"more":..} (pgf-records(5)).
 */
#ifndef PGF_DECISION_H
#define PGF_DECISION_H

#include "model/schema.h"

struct decision {
	const char *what;        /* "attribute", "encoding", .. */
	const char *var;         /* "" for the group */
	const char *name;        /* of the attribute, or "" */
	const struct fact *fact; /* the answers; NULL: none are told */
	const char *decided;     /* "dropped" */
	const char
		*policy; /* the member of a recipe that decides so, or NULL */
};

/* Add the decision to a list.  Values stand in the order of their first files;
 * examples are the first runs of positions. */
void decision_add(struct arena *a, struct js *list, const struct decision *d);

/* In one line: "attribute 'history' of variable 'sst' differs in 10 files:
 * dropped". */
const char *decision_line(struct arena *a, const struct js *entry);

/* That, the policy, and a line for each value with its files, as text with
 * line ends; for people. */
void decision_report(struct buf *out, const struct js *entry);

#endif
