/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_status: what the numbers mean to someone who wants a file
 * (RFC 9110 section 15, RFC 6585, RFC 8470).
 */
#ifndef PGF_HTTP_STATUS_H
#define PGF_HTTP_STATUS_H

#include <stdbool.h>

/* "404 Not Found: check the pattern": the phrase, and advice where there is
 * some.  page is the start of the answer's body, or "": if it has one of the
 * codes by which object stores tell more (XML, "<Code>..</Code>"), the advice is
 * on that; nothing else of it is shown.  Valid until the next call. */
const char *http_status_text(int status, const char *page);

/* True if asking again later may help. */
bool http_status_heals(int status);

/* True if the server has no such file, and what would hold it is there; page as
 * above. */
bool http_status_absent(int status, const char *page);

/* True if the answer is at another URL (RFC 9110 section 15.4). */
bool http_status_redirects(int status);

#endif
