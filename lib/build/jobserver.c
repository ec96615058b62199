/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make names descriptors in MAKEFLAGS also where it has closed them (for lines
 * without '+'), and they may be anything by now; so they count only if they are
 * open, and pipes.
 */
#include "build/jobserver.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"

static bool is_pipe(const char *text)
{
	struct stat st;
	int64_t fd;

	return str_to_i64(text, &fd) && fd >= 0 && fd <= INT32_MAX &&
		fstat((int)fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

static bool is_open(struct arena *a, const char *auth)
{
	char *first = arena_strdup(a, auth), *comma;
	struct stat st;

	if (str_starts(auth, "fifo:"))
		return stat(auth + strlen("fifo:"), &st) == 0 &&
			S_ISFIFO(st.st_mode);
	comma = strchr(first, ',');
	if (comma == NULL)
		return false;
	*comma = '\0';
	return is_pipe(first) && is_pipe(comma + 1);
}

enum jobserver jobserver_find(struct arena *a, const char *makeflags,
	const char **flags)
{
	static const char option[] = "--jobserver-auth=";
	const char *auth = NULL, *at = makeflags ? makeflags : "";

	/* The last one counts. */
	for (at = strstr(at, option); at != NULL; at = strstr(at, option)) {
		at += strlen(option);
		auth = arena_strndup(a, at, strcspn(at, " "));
	}
	if (auth == NULL)
		return JOBSERVER_NONE;
	if (!is_open(a, auth))
		return JOBSERVER_CLOSED;
	*flags = arena_printf(a, " -j %s%s", option, auth);
	return JOBSERVER_SHARED;
}
