/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the text, what is made of it is safe to send, store and show. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "net/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool so)
{
	if (!so)
		abort();
}

static void check_remote(const struct url *url)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789"
				   "._+=,@-";
	size_t origin = strlen(url->origin);

	for (const char *c = url->wire; *c != '\0'; c++)
		demand(*c > ' ' && *c < 0x7f && *c != '#');
	demand(strncmp(url->wire, url->origin, origin) == 0);
	demand(url->wire[origin] == '/');
	demand(url->kind == URL_OBJECT || strchr(url->origin, '@') == NULL);
	demand(strlen(url->name) <= URL_NAME_MAX);
	demand(strspn(url->name, safe) == strlen(url->name));
}

/* What is stored and shown has no signature. */
static void check_key(struct arena *a, const struct url *url)
{
	struct err err = ERR_INIT;
	struct url again;

	if (url->kind == URL_OBJECT)
		return;
	demand(url_parse(a, url->key, &again, &err) == 0);
	demand(str_eq(again.key, url->key));
}

/* What is sent means the same when it is read again. */
static void check_again(struct arena *a, const struct url *url)
{
	struct err err = ERR_INIT;
	struct url again;

	demand(url_parse(a, url->wire, &again, &err) == 0);
	demand(again.user == NULL);
	demand(str_eq(again.wire, url->wire));
	demand(str_eq(again.origin, url->origin));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	char *text = arena_strndup(&a, (const char *)data, size);
	const char *shown = url_show(&a, text);
	struct url url;

	demand(strlen(shown) <= 243 + 3);
	if (url_parse(&a, text, &url, &err) < 0) {
		demand(err.kind == ERR_DATA && err.msg[0] != '\0');
	} else if (url.kind != URL_LOCAL) {
		check_remote(&url);
		check_key(&a, &url);
		if (url.kind == URL_REMOTE)
			check_again(&a, &url);
	} else {
		demand(*url.path != '\0');
		demand(str_is_utf8(url.path, strlen(url.path)));
	}
	arena_release(&a);
	return 0;
}
