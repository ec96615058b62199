/* SPDX-License-Identifier: Apache-2.0 */
/* A value that is found is of a section that is there, and is one line of the
 * text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool so)
{
	if (!so)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const sections[] = { "default", "profile a", "" };
	struct arena a = ARENA_INIT;
	const char *text = arena_strndup(&a, (const char *)data, size);

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		const char *value =
			profile_get(&a, text, sections[i], "region");

		if (value == NULL)
			continue;
		demand(profile_has(text, sections[i]));
		demand(strchr(value, '\n') == NULL);
		demand(strstr(text, value) != NULL);
	}
	arena_release(&a);
	return 0;
}
