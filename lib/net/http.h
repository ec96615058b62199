/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: many transfers at once on one event loop.
 *
 * A request says which bytes are wanted and whom to tell; a result says what
 * came of it and whether another try may help.  Nothing here knows of files,
 * caches or retries, and nothing outside http.c knows of libcurl, so another
 * protocol is another source of the same results.
 *
 * Transfers run inside http_run only, and so do the callbacks.  Bytes arrive
 * as the server stores them: no content encoding is asked for or undone
 * (RFC 9110 section 12.5.3).  Redirects are followed up to ten times and to
 * http and https only; user and password stay with the first host.  Proxies
 * are taken from the environment (http_proxy, https_proxy, no_proxy).
 */
#ifndef PGF_HTTP_H
#define PGF_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { HTTP_TAG_MAX = 256 }; /* a longer validator counts as none */
#define HTTP_UNKNOWN UINT64_MAX

/* What tells one version of a resource from another (RFC 9110 section 8.8);
 * both are as the server sent them, "" if it did not. */
struct http_validators {
	char etag[HTTP_TAG_MAX];
	char modified[HTTP_TAG_MAX];
};

/* What the head of a response says. */
struct http_head {
	int status;      /* after redirects; 0: none came */
	uint64_t offset; /* of the first byte of the body */
	uint64_t length; /* of the whole resource, or HTTP_UNKNOWN */
	int64_t date;    /* the server's clock, seconds since 1970, or -1 */
	bool ranges;     /* it says that it serves ranges */
	struct http_validators validators;
};

struct http_result {
	struct http_head head;
	bool ok;              /* the whole body came */
	bool unchanged;       /* not ok, for `unless` holds */
	bool retryable;       /* another try may help */
	uint32_t retry_after; /* seconds the server asks for; 0: none */
	struct err err;       /* why not ok: cause and advice, no URL */
};

struct http_request {
	const char *url;  /* printable ASCII, without user */
	const char *user; /* NULL: none; else password, too */
	const char *password;
	uint64_t offset;      /* first byte wanted; > 0 asks for a range */
	uint64_t length;      /* bytes wanted, > 0 asks for a range; 0: all */
	const char *if_range; /* with offset: the validator, as it came, that
				 * must still hold, else all bytes come */
	const char *only_if;  /* a header such as "If-Match: ..", or NULL: if
			       * it does not hold, status 412 */
	const char *unless;   /* without offset: a header such as
			       * "If-None-Match: ..", or NULL: then nothing
			       * comes if the resource is still that one */

	/* The head of a good response (200, 206), before its first byte; then
	 * its body in pieces.  -1 with *err ends the transfer: not retryable
	 * unless the kind is ERR_TEMP. */
	int (*on_head)(void *state, const struct http_head *head,
		struct err *err);
	int (*on_body)(void *state, const void *p, size_t len, struct err *err);

	/* Once for each request that was accepted, unless the pool is closed
	 * before.  May start the next request. */
	void (*on_done)(void *state, const struct http_result *result);
	void *state;
};

struct http_options {
	unsigned int connections; /* at most, all hosts together */
	unsigned int timeout;     /* seconds without a byte: give up */
};

struct http_pool;

struct http_pool *http_open(const struct http_options *options,
	struct err *err) PGF_CHECKED;

/* Begin a transfer now.  Strings are copied.  Fails only if the library
 * cannot. */
int http_start(struct http_pool *pool, const struct http_request *request,
	struct err *err) PGF_CHECKED;

/* One turn of the loop: move bytes, call back, wait at most wait_ms for
 * something to happen on a connection or for fd (-1: none) to be readable. */
int http_run(struct http_pool *pool, int wait_ms, int fd,
	struct err *err) PGF_CHECKED;

/* End the wait of http_run; the one function that any thread may call. */
void http_wake(struct http_pool *pool);

/* Ends transfers that still run, without callbacks. */
void http_close(struct http_pool *pool);

/* What goes into if_range: the ETag if it is strong, else the date if it is
 * (RFC 9110 section 8.8.2.2: at least a second older than the response); NULL
 * if neither will do. */
const char *http_strong_validator(const struct http_head *head);

/* Seconds since 1970 of an HTTP date, or -1. */
int64_t http_date(const char *text);

#endif
