/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The phrase comes from this table and not from the server, which may leave it
 * out (HTTP/2 has none) or put anything there.
 */
#include "net/http_status.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
	int status;
	bool heals;
	const char *phrase, *advice;
} table[] = {
	{ 204, false, "No Content", "the server has no file there" },
	{ 300, false, "Multiple Choices", "check the pattern" },
	{ 304, false, "Not Modified", "the server answers what was not asked" },
	{ 400, false, "Bad Request", "check the pattern" },
	{ 401, false, "Unauthorized", "check user name and password" },
	{ 403, false, "Forbidden",
		"the server wants a login, or does not show this file" },
	{ 404, false, "Not Found", "check the pattern" },
	{ 405, false, "Method Not Allowed", "check the pattern" },
	{ 407, false, "Proxy Authentication Required",
		"check the proxy's user name and password" },
	{ 408, true, "Request Timeout", "try again later" },
	{ 410, false, "Gone", "the file was removed from the server" },
	{ 412, false, "Precondition Failed", "the file has changed" },
	{ 414, false, "URI Too Long", "check the pattern" },
	{ 416, false, "Range Not Satisfiable", "the file has changed" },
	{ 425, true, "Too Early", "try again later" },
	{ 429, true, "Too Many Requests", "lower --per-host" },
	{ 451, false, "Unavailable For Legal Reasons", NULL },
	{ 500, true, "Internal Server Error", "try again later" },
	{ 502, true, "Bad Gateway", "try again later" },
	{ 503, true, "Service Unavailable",
		"try again later, or lower --per-host" },
	{ 504, true, "Gateway Timeout", "try again later" },
};

enum { ENTRIES = sizeof(table) / sizeof(table[0]) };

static size_t find(int status)
{
	size_t i = 0;

	while (i < ENTRIES && table[i].status != status)
		i++;
	return i;
}

/* What object stores say (S3, Google Storage, Azure Blob Storage). */
static const struct {
	const char *code, *advice;
} codes[] = {
	{ "AccessDenied", "these keys may not read it, or it needs keys" },
	{ "AuthenticationFailed", "check the signature in the query" },
	{ "AuthorizationHeaderMalformed", "check the region" },
	{ "AuthorizationFailure",
		"it is not public, and no signature opens it" },
	{ "AuthorizationPermissionMismatch",
		"the signature does not allow to read" },
	{ "BlobArchived", "it is archived: bring it back first" },
	{ "ContainerNotFound", "there is no such container" },
	{ "ExpiredToken", "renew the keys" },
	{ "InvalidAccessKeyId", "check the access key id" },
	{ "InvalidObjectState", "it is archived: restore it first" },
	{ "InvalidToken", "check the session token" },
	{ "NoSuchBucket", "there is no such bucket" },
	{ "PermanentRedirect", "the bucket is in another region" },
	{ "PublicAccessNotPermitted", "the account shows nothing in public" },
	{ "RequestTimeTooSkewed", "the clock of this machine is wrong" },
	{ "SignatureDoesNotMatch", "check the secret access key" },
	{ "TokenRefreshRequired", "renew the keys" },
};

enum { CODES = sizeof(codes) / sizeof(codes[0]) };

static size_t find_code(const char *page)
{
	const char *said = strstr(page, "<Code>");
	size_t i = 0, len;

	if (said == NULL)
		return CODES;
	said += strlen("<Code>");
	len = strcspn(said, "<");
	while (i < CODES &&
		(strlen(codes[i].code) != len ||
			strncmp(said, codes[i].code, len) != 0))
		i++;
	return i;
}

const char *http_status_text(int status, const char *page)
{
	static char text[192];
	size_t i = find(status), said = find_code(page);
	const char *advice = i < ENTRIES ? table[i].advice : NULL;
	int n;

	if (i < ENTRIES)
		n = snprintf(text, sizeof(text), "%d %s", status,
			table[i].phrase);
	else
		n = snprintf(text, sizeof(text), "status %d of the server",
			status);
	if (said < CODES)
		snprintf(text + n, sizeof(text) - (size_t)n, ": %s: %s",
			codes[said].code, codes[said].advice);
	else if (advice != NULL)
		snprintf(text + n, sizeof(text) - (size_t)n, ": %s", advice);
	return text;
}

bool http_status_heals(int status)
{
	size_t i = find(status);

	return i < ENTRIES && table[i].heals;
}

/* What stores say of a bucket is not said of the file. */
bool http_status_absent(int status, const char *page)
{
	return (status == 404 || status == 410) && find_code(page) == CODES;
}

bool http_status_redirects(int status)
{
	return status == 301 || status == 302 || status == 303 ||
		status == 307 || status == 308;
}
