/* SPDX-License-Identifier: Apache-2.0 */
/* A value goes behind its option with '=', so that none is taken for one. */
#include "build/logins.h"

#include "base/num.h"

static void add_text(struct words *w, struct arena *a, const char *name,
	const char *value)
{
	if (value != NULL)
		words_add(w, a, arena_printf(a, "--%s=%s", name, value));
}

/* --header=NAME: VALUE, --query=NAME=VALUE. */
static void add_all(struct words *w, struct arena *a, bool headers,
	const struct js *values)
{
	const char *option = headers ? "header" : "query";
	const char *between = headers ? ": " : "=";

	if (values == NULL)
		return;
	for (void *it = js_first(values); it; it = js_next(values, it))
		words_add(w, a,
			arena_printf(a, "--%s=%s%s%s", option, js_name(it),
				between, js_text(js_member(it))));
}

void logins_add(struct words *w, struct arena *a,
	const struct recipe_access *access, uint64_t share)
{
	uint64_t rate = access->rate / num_max(share, 1);

	if (access->rate > 0)
		add_text(w, a, "rate",
			arena_printf(a, "%llu",
				(unsigned long long)num_max(rate, 1)));
	add_all(w, a, true, access->headers);
	add_all(w, a, false, access->query);
	add_text(w, a, "s3-endpoint", access->s3.endpoint);
	add_text(w, a, "s3-region", access->s3.region);
	if (access->s3.anonymous)
		words_add(w, a, "--s3-anonymous");
	add_text(w, a, "ssh-key", access->ssh.key);
	add_text(w, a, "known-hosts", access->ssh.known_hosts);
}
