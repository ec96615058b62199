/* SPDX-License-Identifier: Apache-2.0 */
/* What is not in the table is taken for bad weather. */
#include "net/http_failure.h"

#include <stddef.h>

static const char *const advice[] = {
	[HTTP_NO_SCHEME] = "this libcurl does not know the scheme",
	[HTTP_MALFORMED] = "check the pattern",
	[HTTP_UNTRUSTED] = "the server's certificate is not trusted",
	[HTTP_HOST_KEY] = "add the server's key to the known hosts",
	[HTTP_NO_TLS] = "the server speaks no TLS there; ftp: does without",
	[HTTP_NO_AUTHORITIES] = "install ca-certificates",
	[HTTP_MISSING] = "check the pattern",
	[HTTP_DENIED] = "check the pattern, and whether a login is needed",
	[HTTP_LOGIN] = "check the user name and its key or password",
};

void http_failure_tell(enum http_failure f, const char *cause, struct err *err)
{
	size_t n = sizeof(advice) / sizeof(advice[0]);

	if ((size_t)f < n && advice[f] != NULL)
		err_set(err, ERR_DATA, "%s: %s", cause, advice[f]);
	else
		err_set(err, ERR_TEMP, "%s", cause);
}
