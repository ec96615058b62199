/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass from left to right: scheme, authority, rest.  The parser of libcurl
 * was refused, because paths, file: and secrets have to be dealt with in
 * programs that do not link libcurl; what is sent is rebuilt from the parts
 * found here, so the two can never disagree on which host is meant.
 */
#include "net/url.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/str.h"

enum { SHOW_MAX = 240, SHOW_TAIL = 80 };

/* Length of the scheme (RFC 3986 3.1) if text has one, else 0.  A single
 * letter is none: "c:" is a disk to those who come from elsewhere. */
static size_t scheme_length(const char *text)
{
	size_t n = 0;

	if (!isalpha((unsigned char)text[0]))
		return 0;
	while (isalnum((unsigned char)text[n]) ||
		(text[n] != '\0' && strchr("+-.", text[n]) != NULL))
		n++;
	if (text[n] != ':' || n < 2)
		return 0;
	return n;
}

static bool has_scheme(const char *text, const char *name)
{
	size_t n = scheme_length(text);

	return n == strlen(name) && strncasecmp(text, name, n) == 0;
}

/* The authority ends where path, query or fragment begin. */
static size_t authority_length(const char *s)
{
	return strcspn(s, "/?#");
}

/* Behind the last '@' of an authority, or its start. */
static const char *host_start(const char *s, size_t len)
{
	for (size_t i = len; i > 0; i--)
		if (s[i - 1] == '@')
			return s + i;
	return s;
}

/* The byte that %XX at s stands for, or -1. */
static int escaped_byte(const char *s, size_t left)
{
	if (left < 3 || s[0] != '%')
		return -1;
	if (str_hex_value(s[1]) < 0 || str_hex_value(s[2]) < 0)
		return -1;
	return str_hex_value(s[1]) * 16 + str_hex_value(s[2]);
}

/* Decoded copy; escapes that are broken stay as they are and set *broken. */
static char *decode(struct arena *a, const char *s, size_t len, bool *broken)
{
	char *out = arena_alloc(a, 1, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int c = escaped_byte(s + i, len - i);

		*broken |= s[i] == '%' && c <= 0;
		if (c > 0) {
			out[n++] = (char)c;
			i += 2;
		} else {
			out[n++] = s[i];
		}
	}
	return out;
}

static int parse_local(const char *path, struct url *out, struct err *err)
{
	out->kind = URL_LOCAL;
	out->path = path;
	if (*path == '\0')
		return err_set(err, ERR_DATA, "the path is empty");
	if (!str_is_utf8(path, strlen(path)))
		return err_set(err, ERR_DATA, "the path is not UTF-8 text");
	return 0;
}

static int parse_file(struct arena *a, const char *text, struct url *out,
	struct err *err)
{
	const char *path, *rest = strchr(text, ':') + 1;
	bool broken = false;

	if (str_starts(rest, "//")) {
		size_t n = authority_length(rest += 2);

		if (n != 0 &&
			(n != 9 || strncasecmp(rest, "localhost", 9) != 0))
			return err_set(err, ERR_DATA,
				"a file: URL names "
				"another host: write file:///path");
		rest += n;
	}
	if (*rest != '/')
		return err_set(err, ERR_DATA,
			"a file: URL has no absolute path: write file:///path");
	path = decode(a, rest, strlen(rest), &broken);
	if (broken)
		return err_set(err, ERR_DATA,
			"a '%%' in a file: URL is not "
			"followed by two hexadecimal digits other than 00: "
			"write %%25");
	return parse_local(path, out, err);
}

static bool is_host_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.' || c == '_';
}

/* Length of the host at s: a name, an IPv4 address, or [IPv6]. */
static size_t host_length(const char *s, size_t len)
{
	size_t n = 0;

	if (len == 0 || s[0] != '[') {
		while (n < len && is_host_char(s[n]))
			n++;
		return n;
	}
	for (n = 1; n < len && s[n] != ']'; n++)
		if (!isxdigit((unsigned char)s[n]) && s[n] != ':' &&
			s[n] != '.')
			return 0;
	return n > 1 && n < len ? n + 1 : 0;
}

static bool is_port(const char *s, size_t len)
{
	unsigned int port = 0;

	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)s[i]) || i > 4)
			return false;
		port = port * 10 + (unsigned int)(s[i] - '0');
	}
	return port >= 1 && port <= 65535;
}

static int check_host(const char *s, size_t len, struct err *err)
{
	size_t n = host_length(s, len);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] >= 0x80)
			return err_set(err, ERR_DATA,
				"the host is not ASCII: "
				"write it in its xn-- form");
	if (n == 0)
		return err_set(err, ERR_DATA, "the URL has no valid host");
	if (n == len || (s[n] == ':' && is_port(s + n + 1, len - n - 1)))
		return 0;
	return err_set(err, ERR_DATA,
		"the host or port of the URL is "
		"malformed");
}

static void parse_user(struct arena *a, const char *s, size_t len,
	struct url *out)
{
	const char *colon = memchr(s, ':', len);
	size_t n = colon ? (size_t)(colon - s) : len;
	bool broken = false;

	out->user = decode(a, s, n, &broken);
	if (colon != NULL)
		out->password = decode(a, colon + 1, len - n - 1, &broken);
}

/* Append what may be sent of a path and query, up to the fragment.  FTP and SSH
 * have no query, and libcurl takes ';' for the type of an FTP transfer. */
static void add_escaped(struct buf *b, const char *s, bool http)
{
	const char *refused = http ? "\"<>\\^`{|}" : "\"<>\\^`{|}?;";

	for (; *s != '\0' && *s != '#'; s++)
		if (*s > ' ' && *s < 0x7f && strchr(refused, *s) == NULL)
			buf_addc(b, *s);
		else
			buf_addf(b, "%%%02X", (unsigned int)(unsigned char)*s);
}

/* Append the key of an object, with all escaped that a signature wants escaped
 * (RFC 3986 section 2.3). */
static void add_key(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		if (isalnum((unsigned char)*s) || strchr("-._~/", *s) != NULL)
			buf_addc(b, *s);
		else
			buf_addf(b, "%%%02X", (unsigned int)(unsigned char)*s);
}

/* The last part of the path, in characters that mean nothing to any shell or
 * file system. */
static const char *safe_name(struct arena *a, const char *path)
{
	size_t len = strcspn(path, "?#"), start = len;
	bool broken = false;
	char *name;

	while (start > 0 && path[start - 1] != '/')
		start--;
	name = decode(a, path + start, len - start, &broken);
	for (char *c = name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) &&
			strchr("._+=,@-", *c) == NULL)
			*c = '_';
	len = strlen(name);
	return len > URL_NAME_MAX ? name + len - URL_NAME_MAX : name;
}

/* A member of a query that proves who may read: S3 and Google Storage (as
 * headers in the query, and the way before), Azure. */
static bool is_signature(const char *member, size_t len)
{
	static const char *const names[] = { "Signature", "sig",
		"AWSAccessKeyId", "GoogleAccessId", NULL };
	size_t n = 0;

	while (n < len && member[n] != '=')
		n++;
	if (n > 6 && strncasecmp(member, "X-Amz-", 6) == 0)
		return true;
	if (n > 7 && strncasecmp(member, "X-Goog-", 7) == 0)
		return true;
	for (const char *const *s = names; *s != NULL; s++)
		if (strlen(*s) == n && strncasecmp(member, *s, n) == 0)
			return true;
	return false;
}

/* text up to its query, then of the query what does not sign it: as it stands,
 * or with "name=***" for what does. */
static const char *without_signature(struct arena *a, const char *text,
	bool stars)
{
	const char *s = strchr(text, '?'), *out;
	struct buf b = BUF_INIT;
	char before = '?';

	if (s == NULL)
		return text;
	buf_add(&b, text, (size_t)(s - text));
	while (*s != '\0') {
		size_t len = strcspn(++s, "&");
		bool secret = is_signature(s, len);

		if (!secret || stars) {
			buf_addc(&b, before);
			before = '&';
		}
		if (!secret)
			buf_add(&b, s, len);
		else if (stars)
			buf_addf(&b, "%.*s=***", (int)strcspn(s, "=&"), s);
		s += len;
	}
	out = arena_strdup(a, b.data ? b.data : "");
	buf_release(&b);
	return out;
}

static int parse_remote(struct arena *a, const char *text, struct url *out,
	struct err *err)
{
	const char *s = strchr(text, ':') + 1, *host;
	bool http = has_scheme(text, "http") || has_scheme(text, "https");
	struct buf b = BUF_INIT;
	size_t len;

	if (!str_starts(s, "//"))
		return err_set(err, ERR_DATA, "'//' is missing behind '%.*s'",
			(int)(s - text), text);
	s += 2;
	len = authority_length(s);
	host = host_start(s, len);
	if (host > s)
		parse_user(a, s, (size_t)(host - s) - 1, out);
	len -= (size_t)(host - s);
	if (check_host(host, len, err) < 0)
		return -1;
	buf_add(&b, text, (size_t)(s - text));
	buf_add(&b, host, len);
	for (size_t i = 0; i < b.len; i++)
		b.data[i] = (char)tolower((unsigned char)b.data[i]);
	out->kind = URL_REMOTE;
	out->origin = arena_strdup(a, b.data);
	if (host[len] != '/')
		buf_addc(&b, '/');
	add_escaped(&b, host + len, http);
	out->wire = arena_strdup(a, b.data);
	out->key = http ? without_signature(a, out->wire, false) : out->wire;
	out->name = safe_name(a, host + len);
	buf_release(&b);
	return 0;
}

static bool is_bucket(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '-' &&
			s[i] != '.' && s[i] != '_')
			return false;
	return len > 0 && s[0] != '.' && s[0] != '-';
}

static int parse_object(struct arena *a, const char *text, struct url *out,
	struct err *err)
{
	const char *s = strstr(text, "//"), *at;
	struct buf b = BUF_INIT;
	size_t len, bucket;

	if (s == NULL || s != strchr(text, ':') + 1)
		return err_set(err, ERR_DATA, "'//' is missing behind '%.*s:'",
			(int)strcspn(text, ":"), text);
	s += 2;
	len = strcspn(s, "/");
	at = memchr(s, '@', len);
	bucket = at != NULL ? (size_t)(at - s) : len;
	if (at != NULL && !has_scheme(text, "az"))
		return err_set(err, ERR_DATA,
			"a bucket is followed by its key: "
			"what logs in belongs in the environment");
	if (!is_bucket(s, bucket) ||
		(at != NULL && !is_bucket(at + 1, len - bucket - 1)))
		return err_set(err, ERR_DATA, "the URL has no valid bucket");
	out->kind = URL_OBJECT;
	out->bucket = arena_strndup(a, s, bucket);
	if (at != NULL)
		out->account = arena_strndup(a, at + 1, len - bucket - 1);
	out->object = arena_strdup(a, s[len] == '/' ? s + len + 1 : "");
	buf_add(&b, text, (size_t)(s - text) + len);
	for (const char *c = text; *c != ':'; c++)
		b.data[c - text] = (char)tolower((unsigned char)*c);
	out->origin = arena_strdup(a, b.data);
	out->service = arena_strndup(a, b.data, strcspn(b.data, ":"));
	buf_addc(&b, '/');
	add_key(&b, out->object);
	out->wire = out->key = arena_strdup(a, b.data);
	out->name = safe_name(a, b.data + len);
	buf_release(&b);
	return 0;
}

/* The schemes, and who reads what is behind them. */
static const struct {
	const char *name;
	int (*parse)(struct arena *a, const char *text, struct url *out,
		struct err *err);
} schemes[] = {
	{ "http", parse_remote },
	{ "https", parse_remote },
	{ "ftp", parse_remote },
	{ "ftps", parse_remote },
	{ "ftpes", parse_remote },
	{ "sftp", parse_remote },
	{ "scp", parse_remote },
	{ "s3", parse_object },
	{ "gs", parse_object },
	{ "az", parse_object },
	{ "file", parse_file },
};

int url_parse(struct arena *a, const char *text, struct url *out,
	struct err *err)
{
	size_t n = scheme_length(text);

	*out = (struct url){ .kind = URL_LOCAL };
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (has_scheme(text, schemes[i].name))
			return schemes[i].parse(a, text, out, err);
	if (n > 0 && str_starts(text + n, "://"))
		return err_set(err, ERR_DATA,
			"the scheme '%.*s:' is unknown: use http, https, ftp, "
			"sftp, scp, s3, gs, az, file or a path",
			(int)n, text);
	return parse_local(arena_strdup(a, text), out, err);
}

bool url_is_http(const struct url *url)
{
	return url->kind == URL_REMOTE && str_starts(url->wire, "http");
}

/* Do not cut a character of several bytes in two (at is 3 or more). */
static size_t back_to_character(const char *s, size_t at)
{
	size_t least = at - 3;

	while (at > least && ((unsigned char)s[at] & 0xc0) == 0x80)
		at--;
	return at;
}

const char *url_show(struct arena *a, const char *text)
{
	size_t n = scheme_length(text), len, head, tail;
	char *out = arena_strdup(a, text);

	if (n > 0 && str_starts(text + n, "://")) {
		const char *s = text + n + 3;
		const char *host = host_start(s, authority_length(s));

		if (!has_scheme(text, "az"))
			out = arena_printf(a, "%.*s%s", (int)n + 3, text, host);
		if (has_scheme(text, "http") || has_scheme(text, "https"))
			out = arena_strdup(a, without_signature(a, out, true));
	}
	for (char *c = out; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	len = strlen(out);
	if (len <= SHOW_MAX)
		return out;
	head = back_to_character(out, SHOW_MAX - SHOW_TAIL);
	tail = back_to_character(out, len - SHOW_TAIL);
	return arena_printf(a, "%.*s...%s", (int)head, out, out + tail);
}
