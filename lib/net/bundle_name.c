/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of archives decide, not their first bytes, so that what a recipe
 * means is known before anything was fetched.
 */
#include "net/bundle_name.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "net/link.h"

static bool ends(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && strncasecmp(name + len - n, suffix, n) == 0;
}

static enum bundle_kind kind_of(const char *name)
{
	static const char *const archives[] = { ".zip", ".tar", ".tar.gz",
		".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst",
		".tzst", NULL };
	static const char *const packed[] = { ".gz", ".bz2", ".xz", ".zst",
		NULL };
	size_t len = strlen(name);

	for (size_t i = 0; archives[i] != NULL; i++)
		if (ends(name, len, archives[i]))
			return BUNDLE_ARCHIVE;
	for (size_t i = 0; packed[i] != NULL; i++)
		if (ends(name, len, packed[i]))
			return BUNDLE_PACKED;
	return BUNDLE_NONE;
}

static bool is_remote(const char *text)
{
	return strstr(text, "://") != NULL;
}

/* The path of a URL, without query; paths as they are. */
static const char *path_of(struct arena *a, const char *text, size_t len)
{
	size_t n = is_remote(text) ? strcspn(text, "?#") : len;

	return arena_strndup(a, text, n < len ? n : len);
}

int bundle_name_split(struct arena *a, const char *text,
	struct bundle_name *out, struct err *err)
{
	size_t len = strlen(text);

	*out = (struct bundle_name){ .container = text };
	for (const char *bang = strchr(text, '!'); bang != NULL;
		bang = strchr(bang + 1, '!')) {
		const char *path = path_of(a, text, (size_t)(bang - text));
		const char *member = bang + 1, *plain;

		if (kind_of(path) != BUNDLE_ARCHIVE)
			continue;
		plain = is_remote(text) ?
			link_decode(a, member, strlen(member), true) :
			NULL;
		out->kind = BUNDLE_ARCHIVE;
		out->container = arena_strndup(a, text, (size_t)(bang - text));
		out->member = plain ? plain : arena_strdup(a, member);
		if (*out->member == '\0')
			return err_set(err, ERR_DATA,
				"the name of the member behind '!' is empty");
		return 0;
	}
	out->kind = kind_of(path_of(a, text, len));
	return 0;
}
