/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex: Perl-compatible regular expressions.
 *
 * Texts and patterns are UTF-8.  A pattern that would take for ever gives an
 * error instead.
 */
#ifndef PGF_REGEX_H
#define PGF_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct regex;

/* Compile; belongs to the arena.  ERR_DATA: what is wrong with it, and where. */
struct regex *regex_compile(struct arena *a, const char *pattern,
	struct err *err) PGF_CHECKED;

/* The number of groups, and the name of group i (from 1), or NULL. */
size_t regex_groups(const struct regex *r);
const char *regex_group_name(const struct regex *r, size_t i);

/* Search text: 1, and groups[i] is the text of group i (0 is all that matched;
 * "" for a group that took no part), in the arena; or 0; or -1 (ERR_DATA: it
 * takes too long).  groups has room for regex_groups(r) + 1. */
int regex_search(const struct regex *r, struct arena *a, const char *text,
	const char **groups, struct err *err) PGF_CHECKED;

#endif
