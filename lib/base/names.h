/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names: a number for each of many names.
 */
#ifndef PGF_NAMES_H
#define PGF_NAMES_H

#include <stddef.h>

#include "base/mem.h"

/* Zero-initialised is empty.  Names are borrowed; the table lives in the
 * arena. */
struct names {
	struct names_entry *at;
	size_t n, cap;
};

struct names_entry {
	const char *name; /* NULL: free */
	size_t value;
};

/* The entry of a name, added with the given value if there is none; valid until
 * the next is added. */
struct names_entry *names_add(struct names *t, struct arena *a,
	const char *name, size_t value);

/* The entry of a name, or NULL. */
struct names_entry *names_find(const struct names *t, const char *name);

#endif
