/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would show on a command line is refused here, where the recipe's author
 * reads the message, and not when the first file is fetched.
 */
#include "recipe/recipe_access.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/io.h"
#include "base/secret.h"
#include "base/size.h"
#include "base/str.h"

enum { MEMBERS_MAX = 64 }; /* as many as a command line takes */

static member_fn read_path, read_endpoint;

#define ACCESS(field) .offset = offsetof(struct recipe_access, field)

const struct member recipe_s3_members[] = {
	{ "endpoint", read_endpoint, ACCESS(s3.endpoint) },
	{ "region", member_text, ACCESS(s3.region) },
	{ "anonymous", member_flag, ACCESS(s3.anonymous) },
	MEMBER_END,
};

const struct member recipe_ssh_members[] = {
	{ "key", read_path, ACCESS(ssh.key) },
	{ "known_hosts", read_path, ACCESS(ssh.known_hosts) },
	MEMBER_END,
};

int recipe_rate_read(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	const char *text = js_text(at->value);
	uint64_t n;

	(void)m;
	if (text != NULL && size_parse(text, field))
		return 0;
	if (text != NULL)
		return spot_fail(rd, at,
			"must be bytes a second, such as '10MB', not '%.80s'",
			text);
	if (js_type(at->value) != JS_INT || !js_u64(at->value, &n))
		return spot_wants(rd, at, "bytes a second, such as '10MB'");
	*(uint64_t *)field = n;
	return 0;
}

static bool is_token(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '-' || s[n] == '_')
		n++;
	return n > 0 && s[n] == '\0';
}

/* The text of a member; it may name variables. */
static int read_value(const struct reading *rd, const struct spot *at)
{
	const char *text = js_text(at->value);

	if (text == NULL)
		return spot_wants(rd, at, "text");
	if (*text == '\0')
		return spot_fail(rd, at, "must not be empty");
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return spot_fail(rd, at,
				"must have no line break and no other control "
				"character");
	if (secret_check(text, rd->err) < 0)
		return spot_in(rd, at);
	return 0;
}

static int read_values(const struct reading *rd, const struct spot *at,
	bool headers)
{
	if (js_type(at->value) != JS_OBJECT)
		return spot_wants(rd, at, "a mapping");
	if (js_count(at->value) > MEMBERS_MAX)
		return spot_fail(rd, at, "must have at most %d members",
			MEMBERS_MAX);
	for (void *it = js_first(at->value); it; it = js_next(at->value, it)) {
		struct spot child = spot_member(at, js_name(it));

		if (read_value(rd, &child) < 0)
			return -1;
		if (headers && !is_token(child.name))
			return spot_fail(rd, &child,
				"must be named with letters, digits and '-'");
		if (!headers && strchr(child.name, '=') != NULL)
			return spot_fail(rd, &child, "must have no '=' in it");
		if (headers && secret_is_bare(child.name, js_text(child.value)))
			return spot_fail(rd, &child,
				"must not hold the secret itself: put that "
				"into the environment and its name here, as "
				"in 'Bearer ${TOKEN}'");
	}
	return 0;
}

int recipe_headers_read(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	(void)m;
	*(struct js **)field = at->value;
	return read_values(rd, at, true);
}

int recipe_query_read(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	(void)m;
	*(struct js **)field = at->value;
	return read_values(rd, at, false);
}

static int read_endpoint(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	const char *text = NULL;

	if (member_text(rd, at, m, &text) < 0)
		return -1;
	if (!str_starts(text, "https://") && !str_starts(text, "http://"))
		return spot_fail(rd, at,
			"must start with https:// or http://, not '%.80s'",
			text);
	if (strchr(text, '@') != NULL)
		return spot_fail(rd, at, "must have no user and password");
	*(const char **)field = text;
	return 0;
}

/* Relative ones start from the recipe's folder. */
static int read_path(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	struct buf full = BUF_INIT;
	const char *text = NULL;
	int r = member_text(rd, at, m, &text);

	if (r == 0)
		r = io_absolute(rd->folder, text, &full, rd->err);
	if (r == 0)
		*(const char **)field = arena_strdup(rd->arena, full.data);
	buf_release(&full);
	return r;
}
