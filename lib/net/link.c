/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths are compared decoded, because servers escape as they like, and are
 * written again by one rule.  Removing ".." the way browsers do was refused:
 * no index of a folder needs it, and what it means is where the traps are.
 */
#include "net/link.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

/* Length of "scheme://host:port", or 0. */
static size_t origin_length(const char *url)
{
	size_t n = 0;

	if (!isalpha((unsigned char)*url))
		return 0;
	while (isalnum((unsigned char)url[n]) ||
		(url[n] != '\0' && strchr("+-.", url[n]) != NULL))
		n++;
	if (!str_starts(url + n, "://"))
		return 0;
	return n + 3 + strcspn(url + n + 3, "/?#");
}

/* "mailto:", "javascript:", "https:" */
static bool has_scheme(const char *s)
{
	size_t n = 0;

	if (!isalpha((unsigned char)*s))
		return false;
	while (isalnum((unsigned char)s[n]) || s[n] == '+' || s[n] == '-' ||
		s[n] == '.')
		n++;
	return s[n] == ':';
}

size_t link_folder_length(const char *url)
{
	size_t origin = origin_length(url);
	size_t n = origin + strcspn(url + origin, "?#");

	while (n > origin && url[n - 1] != '/')
		n--;
	return n;
}

const char *link_folder(struct arena *a, const char *url)
{
	size_t n = link_folder_length(url);

	return arena_printf(a, "%.*s%s", (int)n, url,
		n == origin_length(url) ? "/" : "");
}

const char *link_resolve(struct arena *a, const char *base, const char *href)
{
	size_t origin = origin_length(base), len;

	href += strspn(href, " \t\r\n");
	len = strcspn(href, "#");
	while (len > 0 && strchr(" \t\r\n", href[len - 1]) != NULL)
		len--;
	href = arena_strndup(a, href, len);
	if (has_scheme(href))
		return href;
	if (str_starts(href, "//"))
		return arena_printf(a, "%.*s%s",
			(int)(strchr(base, ':') - base) + 1, base, href);
	if (*href == '/')
		return arena_printf(a, "%.*s%s", (int)origin, base, href);
	if (*href == '?' || *href == '\0')
		return arena_printf(a, "%.*s%s",
			(int)(origin + strcspn(base + origin, "?#")), base,
			href);
	while (str_starts(href, "./"))
		href += 2;
	return arena_printf(a, "%s%s", link_folder(a, base), href);
}

const char *link_decode(struct arena *a, const char *text, size_t len,
	bool slash)
{
	char *out = arena_alloc(a, len + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int high = -1, low = -1, c;

		if (text[i] != '%') {
			out[n++] = text[i];
			continue;
		}
		if (i + 2 < len) {
			high = str_hex_value(text[i + 1]);
			low = str_hex_value(text[i + 2]);
		}
		c = high * 16 + low;
		if (high < 0 || low < 0 || c == 0 || (c == '/' && !slash))
			return NULL;
		out[n++] = (char)c;
		i += 2;
	}
	out[n] = '\0';
	return out;
}

bool link_is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return len > 0 && str_is_utf8(text, len);
}

bool link_is_name(const char *name, size_t len)
{
	if (len > LINK_NAME_MAX || !link_is_plain(name, len))
		return false;
	for (size_t i = 0, n; i < len; i += n + 1) {
		const char *end = memchr(name + i, '/', len - i);

		n = end ? (size_t)(end - name) - i : len - i;
		if (n == 0 || (n == 1 && name[i] == '.') ||
			(n == 2 && name[i] == '.' && name[i + 1] == '.'))
			return false;
	}
	return true;
}

const char *link_below(struct arena *a, const char *folder, const char *url,
	bool *odd)
{
	size_t origin = origin_length(folder), n;
	const char *top, *path;

	*odd = false;
	if (origin == 0 || origin_length(url) != origin ||
		strncasecmp(folder, url, origin) != 0 ||
		strchr(url, '?') != NULL)
		return NULL;
	top = link_decode(a, folder + origin, strlen(folder + origin), true);
	path = link_decode(a, url + origin, strlen(url + origin), false);
	if (top == NULL)
		return NULL;
	*odd = path == NULL;
	if (path == NULL || !str_starts(path, top))
		return NULL;
	n = strlen(top);
	path += n;
	if (*path == '\0' || str_eq(path, "..") || str_starts(path, "../"))
		return NULL;
	*odd = !link_is_name(path, strlen(path));
	return *odd ? NULL : path;
}

void link_encode(struct buf *out, const char *name)
{
	buf_adds(out, "");
	for (; *name != '\0'; name++)
		if (isalnum((unsigned char)*name) ||
			strchr("/-._~=,@:", *name) != NULL)
			buf_addc(out, *name);
		else
			buf_addf(out, "%%%02X",
				(unsigned int)(unsigned char)*name);
}

void link_encode_argument(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		if (strchr("/=,@:~", *text) != NULL)
			buf_addf(out, "%%%02X",
				(unsigned int)(unsigned char)*text);
		else
			link_encode(out, (char[]){ *text, '\0' });
}
