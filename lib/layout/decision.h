/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decision: one thing on which files differ, and what was made of it.
 *
 * Decisions are members of the layout and what pgf-schema reports: a list of
 * {"what":..,"var":..,"name":..,"decided":..,"policy":..,"files":..,
 * "values":[{"value":..,"dtype":..,"files":..,"first":..,"last":..,
 * "examples":{..}}],"more":..}, or with "files" and "examples" alone
 * (pgf-records(5)).
 */
#ifndef PGF_DECISION_H
#define PGF_DECISION_H

#include "schema/schema.h"

struct decision {
	const char *what;           /* "attribute", "encoding", .. */
	const char *var;            /* "" for the group */
	const char *name;           /* of the attribute, or "" */
	const struct fact *fact;    /* the answers; NULL: none are told */
	const struct spread *files; /* whom it is about, where no fact tells;
				     * or NULL */
	const char *decided;        /* "dropped" */
	const char
		*policy; /* the member of a recipe that decides so, or NULL */
	const struct spread_key *at; /* the first file that shows it; NULL:
				      * decision_file, or the first of all */
};

struct decision_told {
	struct spread_key at; /* of the first file that shows it */
	size_t n;             /* in the order in which they were added */
	struct js *entry;
};

/* Zero-initialised is empty. */
struct decision_list {
	size_t n, cap;
	struct decision_told *told;
};

/* Add the decision to a list.  Values stand in the order of their first files;
 * examples are the first runs of positions. */
void decision_add(struct arena *a, struct decision_list *list,
	const struct decision *d);

/* The first file that gives another answer than the first one. */
struct spread_key decision_file(const struct fact *f);

/* All of them, as JSON, in the order of the files that show them first; else as
 * they were added. */
struct js *decision_sorted(struct arena *a, struct decision_list *list);

/* In one line: "attribute 'history' of variable 'sst' differs in 10 files:
 * dropped". */
const char *decision_line(struct arena *a, const struct js *entry);

/* That, the policy, and a line for each value with its files, as text with
 * line ends; for people. */
void decision_report(struct buf *out, const struct js *entry);

#endif
