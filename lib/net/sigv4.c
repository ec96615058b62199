/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signature is made here, not by libcurl's CURLOPT_AWS_SIGV4: what that
 * signs of path, query and headers has changed from version to version, and the
 * one of Debian 12 leaves out the digest of the body, which S3 demands.
 */
#include "net/sigv4.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/hmac.h"
#include "base/sha256.h"
#include "base/str.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define NO_BODY \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

enum { HEADERS_OURS = 4 }; /* date, body, token, authorization */

/* "20130524T000000Z" of "2013-05-24T00:00:00.000000000Z". */
static const char *stamp_of(struct arena *a, int64_t time)
{
	char text[CLOCK_TEXT];

	clock_text(time, 0, text);
	return arena_printf(a, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", text, text + 5,
		text + 8, text + 11, text + 14, text + 17);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Members are compared by name, which a '=' ends: it must come before all else
 * that may stand in one. */
static int compare_members(const void *a, const void *b)
{
	const char *s = *(const char *const *)a, *t = *(const char *const *)b;
	size_t n = strcspn(s, "="), m = strcspn(t, "=");
	int c = strncmp(s, t, n < m ? n : m);

	if (c == 0 && n != m)
		c = n < m ? -1 : 1;
	return c != 0 ? c : strcmp(s + n, t + m);
}

static void add_query(struct arena *a, struct buf *out, const char *query)
{
	const char **members = ARENA_NEW(a, const char *, strlen(query) + 1);
	size_t n = 0;

	while (*query != '\0') {
		size_t len = strcspn(query, "&");

		if (len > 0)
			members[n++] = arena_strndup(a, query, len);
		query += len + (query[len] == '&');
	}
	qsort(members, n, sizeof(*members), compare_members);
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s%s", i > 0 ? "&" : "", members[i]);
}

/* "host" as it is sent: without the port that the scheme has anyway. */
static const char *host_of(struct arena *a, const char *url, const char *end)
{
	const char *host = strstr(url, "//") + 2;
	const char *usual = str_starts(url, "https") ? ":443" : ":80";
	char *text = arena_strndup(a, host, (size_t)(end - host));

	if (str_ends(text, usual))
		text[strlen(text) - strlen(usual)] = '\0';
	return text;
}

/* "name:value", the name in lower case, no blanks around the value. */
static const char *signed_form(struct arena *a, const char *header)
{
	size_t n = strcspn(header, ":");
	const char *value = header + n + (header[n] == ':');
	size_t len;
	char *text;

	while (*value == ' ' || *value == '\t')
		value++;
	len = strlen(value);
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;
	text = arena_printf(a, "%.*s:%.*s", (int)n, header, (int)len, value);
	for (size_t i = 0; i < n; i++)
		text[i] = (char)tolower((unsigned char)text[i]);
	return text;
}

/* Append the headers that are signed, and to names the list of them. */
static void add_headers(struct arena *a, struct buf *out, struct buf *names,
	const char *host, const char *const *headers)
{
	const char **lines;
	size_t n = 0, count = 0;

	while (headers[count] != NULL)
		count++;
	lines = ARENA_NEW(a, const char *, count + 1);
	lines[n++] = arena_printf(a, "host:%s", host);
	for (size_t i = 0; i < count; i++)
		if (strncasecmp(headers[i], "x-amz-", 6) == 0)
			lines[n++] = signed_form(a, headers[i]);
	qsort(lines, n, sizeof(*lines), compare);
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s\n", lines[i]);
		buf_addf(names, "%s%.*s", i > 0 ? ";" : "",
			(int)strcspn(lines[i], ":"), lines[i]);
	}
}

/* What is signed of the request ("canonical request"). */
static void add_request(struct arena *a, struct buf *out, struct buf *names,
	const struct sigv4_request *r, const char *const *headers)
{
	const char *path = strstr(r->url, "//") + 2;
	const char *query;

	path += strcspn(path, "/?");
	query = path + strcspn(path, "?");
	buf_addf(out, "%s\n%s%.*s\n", r->method, *path == '/' ? "" : "/",
		(int)(query - path), path);
	add_query(a, out, *query == '?' ? query + 1 : query);
	buf_addc(out, '\n');
	add_headers(a, out, names, host_of(a, r->url, path), headers);
	buf_addf(out, "\n%s\n" NO_BODY, names->data);
}

/* The key of that day, region and service signs the text. */
static void sign(const struct sigv4_key *key, const char *day, const char *text,
	char out[SHA256_HEX])
{
	const char *const steps[] = { day, key->region, "s3", "aws4_request",
		text };
	unsigned char mac[HMAC_SIZE];
	struct buf first = BUF_INIT;
	const void *with;
	size_t len;

	buf_addf(&first, "AWS4%s", key->secret);
	with = first.data;
	len = first.len;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		hmac_sha256(with, len, steps[i], strlen(steps[i]), mac);
		with = mac;
		len = sizeof(mac);
	}
	memset(first.data, 0, first.len);
	buf_release(&first);
	digest_text(mac, sizeof(mac), out);
}

static const char *authorization(struct arena *a, const struct sigv4_key *key,
	const struct sigv4_request *r, const char *stamp,
	const char *const *headers)
{
	struct buf request = BUF_INIT, names = BUF_INIT;
	const char *day = arena_strndup(a, stamp, 8), *text, *line;
	struct sha256 *digest;
	char hex[SHA256_HEX];

	add_request(a, &request, &names, r, headers);
	digest = sha256_open();
	sha256_add(digest, request.data, request.len);
	sha256_end(digest, hex);
	sha256_close(digest);
	text = arena_printf(a, ALGORITHM "\n%s\n%s/%s/s3/aws4_request\n%s",
		stamp, day, key->region, hex);
	sign(key, day, text, hex);
	line = arena_printf(a,
		"Authorization: " ALGORITHM " Credential=%s/%s/%s/s3/"
		"aws4_request, SignedHeaders=%s, Signature=%s",
		key->id, day, key->region, names.data, hex);
	buf_release(&request);
	buf_release(&names);
	return line;
}

const char *const *sigv4_sign(struct arena *a, const struct sigv4_key *key,
	const struct sigv4_request *request)
{
	const char *stamp = stamp_of(a, request->time);
	const char **out;
	size_t n = 0;

	while (request->headers != NULL && request->headers[n] != NULL)
		n++;
	out = ARENA_NEW(a, const char *, n + HEADERS_OURS + 1);
	for (size_t i = 0; i < n; i++)
		out[i] = request->headers[i];
	out[n++] = arena_printf(a, "x-amz-date: %s", stamp);
	out[n++] = "x-amz-content-sha256: " NO_BODY;
	if (key->token != NULL)
		out[n++] =
			arena_printf(a, "x-amz-security-token: %s", key->token);
	out[n] = authorization(a, key, request, stamp, out);
	return out;
}
