/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_request: which bytes are wanted, whom to tell, and what came of it.
 */
#ifndef PGF_HTTP_REQUEST_H
#define PGF_HTTP_REQUEST_H

#include "base/err.h"
#include "base/mem.h"
#include "net/http_head.h"
#include "net/rate.h"

struct http_result {
	struct http_head head;
	bool ok;              /* the whole body came */
	bool unchanged;       /* not ok, for `unless` holds */
	bool retryable;       /* another try may help */
	bool absent;          /* the server says that it has no such file */
	uint32_t retry_after; /* seconds the server asks for; 0: none */
	struct err err;       /* why not ok: cause and advice, no URL */
};

struct http_request {
	const char *url;  /* printable ASCII, without user */
	const char *user; /* NULL: none, but netrc may know one */
	const char *password;
	const char *const *headers; /* "Name: value", ended by NULL; or NULL */
	struct rate *rate;          /* spent by the body; NULL: no limit */
	bool head_only;             /* no body is wanted */
	int64_t limit;              /* ms until it ends in any case; 0: none */
	uint64_t offset;      /* first byte wanted; > 0 asks for a range */
	uint64_t length;      /* bytes wanted, > 0 asks for a range; 0: all */
	bool last;            /* these are the last, and offset is nothing */
	const char *if_range; /* with a range: the validator, as it came, that
				 * must still hold, else all bytes come */
	const char *only_if;  /* a header such as "If-Match: ..", or NULL: if
			       * it does not hold, status 412 */
	const char *command;  /* of FTP, to list a folder; NULL: LIST */
	const char *unless;   /* without a range: a header such as
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

/* A copy whose strings are the arena's. */
void http_request_copy(struct arena *a, const struct http_request *request,
	struct http_request *out);

#endif
