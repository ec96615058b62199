/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url: what the "url" of an item names.
 *
 * Splits and cleans the text (RFC 3986, RFC 8089); never resolves, opens or
 * prints anything.  User name and password are taken out at once, so that no
 * text made here holds a secret.
 */
#ifndef PGF_URL_H
#define PGF_URL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

enum url_kind {
	URL_LOCAL,  /* a path, file:///path, file://localhost/path */
	URL_REMOTE, /* http, https, ftp, ftps, ftpes, sftp, scp */
	URL_OBJECT, /* s3://bucket/key, gs://bucket/key, az://container/key,
		     * az://container@account/key: net/access knows where */
};

/* Everything lives in the arena given to url_parse. */
struct url {
	enum url_kind kind;
	const char *path;     /* local: as given, escapes decoded */
	const char *wire;     /* else: printable ASCII without user,
				 * password and fragment; what is asked for */
	const char *key;      /* what the cache calls the file by: wire without
				 * members of the query that sign it */
	const char *origin;   /* "https://host:port", lower case */
	const char *name;     /* last part of the path made safe as a
				 * file name, [A-Za-z0-9._+=,@-] only, at most
				 * URL_NAME_MAX characters, cut at the front so
				 * that the extension stays; may be empty */
	const char *user;     /* remote: decoded; NULL if none was given */
	const char *password; /* remote: NULL if none was given */
	const char *service;  /* object: "s3", "gs", "az" */
	const char *bucket;   /* object: as given, as is its key */
	const char *object;
	const char *account; /* object, az: or NULL */
};

enum { URL_NAME_MAX = 100 };

/* Read text.  What has no "scheme:" is a path.  The key of an object is taken as
 * it stands: '%', '?' and '#' are characters like others.  Bytes that may not stand in a
 * URL (blanks, quotes, controls, non-ASCII) are escaped, as browsers do, but
 * not in the host, where they are refused.  A path keeps '?' and '#'.  Errors
 * (ERR_DATA): an unknown scheme, a host that is missing or malformed, a bad
 * port, a file:// URL with another host, a broken escape in a file:// URL, a
 * NUL or text that is not UTF-8 in a path. */
int url_parse(struct arena *a, const char *text, struct url *out,
	struct err *err) PGF_CHECKED;

/* True for http:// and https://. */
bool url_is_http(const struct url *url);

/* text for messages: without user and password, without the values of members of
 * the query that sign it, control characters replaced,
 * long ones shortened in the middle.  Works on any text. */
const char *url_show(struct arena *a, const char *text);

#endif
