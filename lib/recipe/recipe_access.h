/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe_access: the members of fetch that say who asks, and how fast.
 *
 * Headers and queries name variables of the environment (base/secret) and never
 * hold a secret themselves.
 */
#ifndef PGF_RECIPE_ACCESS_H
#define PGF_RECIPE_ACCESS_H

#include "recipe/recipe_members.h"

struct recipe_access {
	uint64_t rate;              /* bytes a second from one host; 0: any */
	struct js *headers, *query; /* {name: text}, or NULL */
	struct {
		const char *endpoint, *region; /* or NULL */
		bool anonymous;
	} s3;
	struct {
		const char *key, *known_hosts; /* absolute, or NULL */
	} ssh;
};

/* The field is rate, headers, query; s3 and ssh are members of the tables. */
member_fn recipe_rate_read;
member_fn recipe_headers_read;
member_fn recipe_query_read;
extern const struct member recipe_s3_members[];  /* of struct recipe_access */
extern const struct member recipe_ssh_members[]; /* likewise */

#endif
