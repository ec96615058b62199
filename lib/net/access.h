/* SPDX-License-Identifier: Apache-2.0 */
/*
 * access: where a URL leads, and what opens it.
 *
 * Holds every secret of the process: headers and members of queries with values
 * of the environment, keys of S3, tokens of Google and Azure, and the files of
 * logins and ssh keys.  They leave it in requests only.
 */
#ifndef PGF_ACCESS_H
#define PGF_ACCESS_H

#include "base/err.h"
#include "base/opt.h"
#include "net/http.h"
#include "net/s3.h"
#include "net/url.h"

struct access_options {
	struct opt_list headers; /* "Name: value", may name variables */
	struct opt_list query;   /* "name=value", likewise */
	struct s3_options s3;
	const char *ssh_key;     /* NULL: one of ~/.ssh, and the agent's */
	const char *known_hosts; /* NULL: ~/.ssh/known_hosts */
};

/* Rows of a table of options, for a struct access_options that is static. */
#define ACCESS_OPTIONS(o)                                                        \
	{ OPT_LIST, 0, "header", "'NAME: VALUE'", &(o).headers,                  \
		"send a header to the hosts that are asked; ${NAME} in it is a " \
		"variable of the environment" },                                 \
		{ OPT_LIST, 0, "query", "NAME=VALUE", &(o).query,                \
			"add a member to the query of each URL, likewise" },     \
		{ OPT_TEXT, 0, "s3-endpoint", "URL", &(o).s3.endpoint,           \
			"what s3:// means (default Amazon)" },                   \
		{ OPT_TEXT, 0, "s3-region", "REGION", &(o).s3.region,            \
			"region of the buckets" },                               \
		{ OPT_FLAG, 0, "s3-anonymous", NULL, &(o).s3.anonymous,          \
			"sign no request to s3://, whatever keys there are" },   \
		{ OPT_TEXT, 0, "ssh-key", "FILE", &(o).ssh_key,                  \
			"private key for sftp:// and scp://" },                  \
	{                                                                        \
		OPT_TEXT, 0, "known-hosts", "FILE", &(o).known_hosts,            \
			"keys of ssh hosts (default ~/.ssh/known_hosts)"         \
	}

struct access;

/* Options and what they point to must outlive it.  ERR_DATA: a variable that is
 * not set, a malformed header.  ERR_USAGE: a secret that was written down. */
struct access *access_open(const struct access_options *options,
	struct err *err) PGF_CHECKED;

void access_close(struct access *x);

/* Give an object (URL_OBJECT) the URL it is at: wire and origin, and if that is
 * not where everybody finds it, the key for the cache, too.  Others are left
 * alone.  ERR_DATA if the keys of S3 are only half there. */
int access_resolve(struct access *x, struct arena *a, struct url *url,
	struct err *err) PGF_CHECKED;

/* Fill url, user, password and headers of a request for a resolved URL, in the
 * arena.  head_only must be set before.  Good for minutes: a signature has a
 * time in it. */
void access_request(struct access *x, struct arena *a, const struct url *url,
	struct http_request *out);

/* Fill in the files of logins and keys. */
void access_transport(const struct access *x, struct http_options *out);

#endif
