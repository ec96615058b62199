/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of a bucket keep the URL of the bucket, s3:// or gs://, and a query:
 * where that is over HTTP is found out for each page, so that no endpoint gets
 * into names or messages.
 */
#include "net/bucket.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "net/link.h"

bool bucket_is(const char *url)
{
	return str_starts(url, "s3://") || str_starts(url, "gs://");
}

const char *bucket_first_page(struct arena *a, const char *url,
	unsigned int depth)
{
	struct buf out = BUF_INIT;
	const char *page, *prefix;

	if (!bucket_is(url))
		return url;
	prefix = strchr(url + strlen("s3://"), '/');
	buf_add(&out, url, prefix ? (size_t)(prefix - url) : strlen(url));
	buf_adds(&out, "/?list-type=2&encoding-type=url");
	if (depth == 0)
		buf_adds(&out, "&delimiter=%2F");
	buf_adds(&out, "&prefix=");
	link_encode_argument(&out, prefix ? prefix + 1 : "");
	page = arena_strdup(a, out.data);
	buf_release(&out);
	return page;
}

int bucket_find_place(struct access *access, struct arena *a, const char *page,
	struct url *out, struct err *err)
{
	const char *query = bucket_is(page) ? strstr(page, "/?list-") : NULL;

	if (query != NULL)
		page = arena_strndup(a, page, (size_t)(++query - page));
	if (url_parse(a, page, out, err) < 0 ||
		access_resolve(access, a, out, err) < 0)
		return -1;
	if (query != NULL)
		out->wire = arena_printf(a, "%s%s", out->wire, query);
	return 0;
}
