/* SPDX-License-Identifier: Apache-2.0 */
/*
 * s3: who we are to S3 and what speaks like it, and where that is.
 *
 * Asked in this order: the options; the environment (AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_DEFAULT_REGION,
 * AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL); the profile that AWS_PROFILE names
 * ("default") in ~/.aws/credentials and ~/.aws/config, or the files that
 * AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name.  Without keys the
 * requests are anonymous.
 */
#ifndef PGF_S3_H
#define PGF_S3_H

#include <stdbool.h>

#include "base/err.h"
#include "net/sigv4.h"

struct s3_options {
	const char *endpoint; /* "https://host:port/path", or NULL: Amazon */
	const char *region;   /* or NULL */
	bool anonymous;       /* look for no keys */
};

struct s3 {
	struct sigv4_key key; /* id NULL: anonymous */
	const char *endpoint; /* without '/' at the end, or NULL */
	bool region_known;    /* somebody said it */
};

/* Find out.  ERR_DATA, without values: half of a pair of keys; a profile that
 * was named and is not there, or has no keys; a malformed endpoint. */
int s3_find(struct arena *a, const struct s3_options *options, struct s3 *out,
	struct err *err) PGF_CHECKED;

/* The URL of a key, which is escaped and starts with '/', in a bucket. */
const char *s3_url(struct arena *a, const struct s3 *s3, const char *bucket,
	const char *key);

#endif
