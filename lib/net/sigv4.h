/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sigv4: requests that S3 and what speaks like it believe ("AWS Signature
 * Version 4", the form with headers and without a signed body).
 */
#ifndef PGF_SIGV4_H
#define PGF_SIGV4_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"

struct sigv4_key {
	const char *id, *secret;
	const char *token; /* of a temporary key, or NULL */
	const char *region;
};

struct sigv4_request {
	const char *method; /* "GET", "HEAD" */
	const char *url;    /* http or https; path and query escaped as RFC 3986
			     * section 2.3 has it, every member with '=' */
	const char *const
		*headers; /* others, "Name: value", ended by NULL; those
				     * that start with x-amz- are signed too */
	int64_t time;     /* seconds since 1970; good for minutes */
};

/* All headers to send: those of the request, and what the signature adds; ended
 * by NULL, in the arena. */
const char *const *sigv4_sign(struct arena *a, const struct sigv4_key *key,
	const struct sigv4_request *request);

#endif
