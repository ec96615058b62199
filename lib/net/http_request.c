/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl copies its options too, but a redirect asks for all of them again. */
#include "net/http_request.h"

static const char *copy(struct arena *a, const char *s)
{
	return s != NULL ? arena_strdup(a, s) : NULL;
}

void http_request_copy(struct arena *a, const struct http_request *request,
	struct http_request *out)
{
	const char **headers;
	size_t n = 0;

	*out = *request;
	out->url = copy(a, request->url);
	out->user = copy(a, request->user);
	out->password = copy(a, request->password);
	out->if_range = copy(a, request->if_range);
	out->only_if = copy(a, request->only_if);
	out->unless = copy(a, request->unless);
	if (request->headers == NULL)
		return;
	while (request->headers[n] != NULL)
		n++;
	headers = ARENA_NEW(a, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		headers[i] = copy(a, request->headers[i]);
	out->headers = headers;
}
