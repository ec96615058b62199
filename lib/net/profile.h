/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile: what ~/.aws/credentials and ~/.aws/config say.
 *
 * Lines "name = value" below "[section]"; '#' and ';' begin a comment at the
 * start of a line.  A line that starts with a blank goes on with a nested
 * setting, none of which are looked at.
 */
#ifndef PGF_PROFILE_H
#define PGF_PROFILE_H

#include <stdbool.h>

#include "base/mem.h"

/* The value of a name in a section of text, in the arena; NULL if there is
 * none.  The last one wins. */
const char *profile_get(struct arena *a, const char *text, const char *section,
	const char *name);

/* True if the section is there. */
bool profile_has(const char *text, const char *section);

#endif
