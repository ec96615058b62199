/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_head: what the head of a response says (RFC 9110).
 */
#ifndef PGF_HTTP_HEAD_H
#define PGF_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HTTP_TAG_MAX = 256, /* a longer validator counts as none */
	HTTP_DATE_MAX = 40  /* and so does a longer date */
};
#define HTTP_UNKNOWN UINT64_MAX

/* What tells one version of a resource from another (RFC 9110 section 8.8);
 * both are as the server sent them, "" if it did not. */
struct http_validators {
	char etag[HTTP_TAG_MAX];
	char modified[HTTP_TAG_MAX];
};

/* What the bytes must add up to, as the server sent it, or "" (net/check). */
struct http_digests {
	char repr[HTTP_TAG_MAX], content[HTTP_TAG_MAX];
	char digest[HTTP_TAG_MAX], md5[HTTP_TAG_MAX];
};

/* For schemes other than http and https the same is said: status 200, or 206
 * behind an offset. */
struct http_head {
	int status;      /* after redirects; 0: none came */
	uint64_t offset; /* of the first byte of the body, or HTTP_UNKNOWN */
	uint64_t length; /* of the whole resource, or HTTP_UNKNOWN */
	bool ranges;     /* it says that it serves ranges */
	char date[HTTP_DATE_MAX]; /* the server's clock, or "" */
	struct http_validators validators;
	struct http_digests digests;
};

/* Nothing is known. */
void http_head_reset(struct http_head *head);

/* Take in one line, "Name: value" and line end; a status line forgets what
 * came before it. */
void http_head_line(struct http_head *head, const char *line, size_t len);

/* What goes into if_range: the ETag if it is strong, else the date if it is
 * (RFC 9110 section 8.8.2.2: at least a second older than the response); NULL
 * if neither will do. */
const char *http_strong_validator(const struct http_head *head);

/* Seconds since 1970 of an HTTP date, or -1. */
int64_t http_date(const char *text);

#endif
