/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: many transfers at once on one event loop.
 *
 * A request says which bytes are wanted and whom to tell; a result says what
 * came of it and whether another try may help.  Nothing here knows of files,
 * caches or retries, and nothing outside http.c knows of libcurl.  ftp, ftps,
 * ftpes, sftp and scp are asked in the same words and answer in them.
 *
 * Transfers run inside http_run only, and so do the callbacks.  Bytes arrive
 * as the server stores them: no content encoding is asked for or undone
 * (RFC 9110 section 12.5.3).  Redirects are followed up to ten times, of http
 * and https and to these only; user, password and headers of a request stay
 * with the origin it names.  Cookies are kept for the life of the pool, which
 * is what a login that redirects there and back wants.  Proxies are taken from
 * the environment (http_proxy, https_proxy, no_proxy).
 */
#ifndef PGF_HTTP_H
#define PGF_HTTP_H

#include "base/err.h"
#include "net/http_request.h"

/* Strings must outlive the pool. */
struct http_options {
	unsigned int connections; /* at most, all hosts together */
	unsigned int timeout;     /* seconds below the speed: give up */
	unsigned int speed;      /* bytes a second; 0 and 1: any byte will do */
	const char *netrc;       /* file of logins by host, or NULL */
	const char *known_hosts; /* file of ssh keys; what is not there is
				   * refused */
	const char *ssh_key;     /* file, or NULL: what the agent has */
	const char *authorities; /* of certificates: a file, or NULL */
};

struct http_pool;

struct http_pool *http_open(const struct http_options *options,
	struct err *err) PGF_CHECKED;

/* Begin a transfer now.  Strings are copied; the rate must live until it is
 * done.  Fails only if the library cannot. */
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

#endif
