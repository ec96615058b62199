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

struct field {
	char *text;
	size_t size;
};

/* Copy a header into a field; what is not text, or does not fit, is none. */
static bool take_header(const char *line, size_t len, const char *name,
	struct field out)
{
	size_t n;
	const char *value = header_value(line, len, name, &n);

	if (value == NULL)
		return false;
	out.text[0] = '\0';
	if (n < out.size && str_is_utf8(value, n) &&
		memchr(value, '\0', n) == NULL) {
		memcpy(out.text, value, n);
		out.text[n] = '\0';
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
		.length = HTTP_UNKNOWN };
}

void http_head_line(struct http_head *head, const char *line, size_t len)
{
	char text[HTTP_TAG_MAX];
	const struct field any = { text, sizeof(text) };
	const struct {
		const char *name;
		struct field to;
	} fields[] = {
		{ "date", { head->date, HTTP_DATE_MAX } },
		{ "etag", { head->validators.etag, HTTP_TAG_MAX } },
		{ "last-modified",
			{ head->validators.modified, HTTP_TAG_MAX } },
		{ "repr-digest", { head->digests.repr, HTTP_TAG_MAX } },
		{ "content-digest", { head->digests.content, HTTP_TAG_MAX } },
		{ "digest", { head->digests.digest, HTTP_TAG_MAX } },
		{ "content-md5", { head->digests.md5, HTTP_TAG_MAX } },
	};

	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
		http_head_reset(head);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (take_header(line, len, fields[i].name, fields[i].to))
			return;
	if (take_header(line, len, "accept-ranges", any))
		head->ranges = strncasecmp(text, "bytes", 5) == 0;
	else if (take_header(line, len, "content-range", any))
		read_content_range(text, head);
}

const char *http_strong_validator(const struct http_head *head)
{
	const struct http_validators *v = &head->validators;
	int64_t modified = http_date(v->modified);

	if (v->etag[0] == '"')
		return v->etag;
	return modified >= 0 && modified < http_date(head->date) ? v->modified :
								   NULL;
}
