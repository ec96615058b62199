/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bucket: how the keys of a bucket are asked for, page by page.
 *
 * ListObjectsV2 of S3, which Google Storage speaks, too (its XML API).
 */
#ifndef PGF_BUCKET_H
#define PGF_BUCKET_H

#include <stdbool.h>

#include "net/access.h"

/* Is it one that is listed so: "s3://", "gs://"? */
bool bucket_is(const char *url);

/* The first page of "s3://bucket/a/b", the keys that begin with "a/b"; with depth
 * 0 the server need not list what is in folders below.  Other URLs are their own
 * first page. */
const char *bucket_first_page(struct arena *a, const char *url,
	unsigned int depth);

/* What is asked for at a page, first or further; that of others is the page.  As
 * url_parse and access_resolve. */
int bucket_find_place(struct access *access, struct arena *a, const char *page,
	struct url *out, struct err *err) PGF_CHECKED;

#endif
