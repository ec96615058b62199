/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines are read as they come, by name: an order or a grammar of the whole
 * would refuse servers that everybody else understands.
 */
#include "net/http_head.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

/* Value of the header if line is "NAME: value", without blanks around. */
static const char *header_value(const char *line, size_t len, const char *name,
	size_t *value_len)
{
	size_t n = strlen(name);

	if (len <= n || line[n] != ':' || strncasecmp(line, name, n) != 0)
		return NULL;
	line += n + 1;
	len -= n + 1;
	while (len > 0 && isspace((unsigned char)*line))
		line++, len--;
	while (len > 0 && isspace((unsigned char)line[len - 1]))
		len--;
	*value_len = len;
	return line;
}

/* Copy a header into a field of HTTP_TAG_MAX; what is not text is none. */
static bool take_header(const char *line, size_t len, const char *name,
	char *out)
{
	size_t n;
	const char *value = header_value(line, len, name, &n);

	if (value == NULL)
		return false;
	out[0] = '\0';
	if (n < HTTP_TAG_MAX && str_is_utf8(value, n) &&
		memchr(value, '\0', n) == NULL) {
		memcpy(out, value, n);
		out[n] = '\0';
	}
	return true;
}

/* "bytes 100-199/200", the last may be a star (RFC 9110 section 14.4). */
static void read_content_range(const char *text, struct http_head *head)
{
	char first[HTTP_TAG_MAX], *dash, *slash;

	head->offset = HTTP_UNKNOWN;
	if (strncasecmp(text, "bytes ", 6) != 0)
		return;
	memcpy(first, text + 6, strlen(text + 6) + 1);
	dash = strchr(first, '-');
	slash = strchr(first, '/');
	if (dash == NULL || slash == NULL)
		return;
	*dash = '\0';
	if (str_to_u64(first, &head->offset))
		(void)str_to_u64(slash + 1, &head->length);
}

void http_head_reset(struct http_head *head)
{
	*head = (struct http_head){ .offset = HTTP_UNKNOWN,
		.length = HTTP_UNKNOWN,
		.date = -1 };
}

void http_head_line(struct http_head *head, const char *line, size_t len)
{
	char text[HTTP_TAG_MAX];

	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
		http_head_reset(head);
	take_header(line, len, "etag", head->validators.etag);
	take_header(line, len, "last-modified", head->validators.modified);
	take_header(line, len, "repr-digest", head->digests.repr);
	take_header(line, len, "content-digest", head->digests.content);
	take_header(line, len, "digest", head->digests.digest);
	take_header(line, len, "content-md5", head->digests.md5);
	if (take_header(line, len, "accept-ranges", text))
		head->ranges = strncasecmp(text, "bytes", 5) == 0;
	if (take_header(line, len, "content-range", text))
		read_content_range(text, head);
	if (take_header(line, len, "date", text))
		head->date = http_date(text);
}

const char *http_strong_validator(const struct http_head *head)
{
	const struct http_validators *v = &head->validators;

	if (v->etag[0] == '"')
		return v->etag;
	if (v->modified[0] != '\0' && http_date(v->modified) < head->date)
		return v->modified;
	return NULL;
}
