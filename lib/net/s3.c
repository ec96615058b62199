/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept outside a file (roles, single sign-on, the addresses that lend
 * keys to machines) is for Amazon's own programs, which put keys into the
 * environment: "aws configure export-credentials --format env".
 */
#include "net/s3.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/str.h"
#include "net/profile.h"
#include "net/url.h"

enum { FILE_MAX = 1 << 20 };

/* The profile, and the two files in which it may be. */
struct files {
	const char *name, *section; /* the latter as the config has it */
	const char *credentials, *config;
};

static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* Text of a file in the home folder, or of the one that a variable names; ""
 * if it cannot be read. */
static const char *read_file(struct arena *a, const char *variable,
	const char *name)
{
	const char *path = env(variable), *home = env("HOME"), *out = "";
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;

	if (path == NULL && home != NULL)
		path = arena_printf(a, "%s/.aws/%s", home, name);
	if (path != NULL && io_read_file(path, FILE_MAX, &text, &err) == 0 &&
		text.data != NULL)
		out = arena_strdup(a, text.data);
	buf_release(&text);
	return out;
}

static struct files find_files(struct arena *a)
{
	struct files f = { .name = env("AWS_PROFILE") };

	if (f.name == NULL)
		f.name = "default";
	f.section = str_eq(f.name, "default") ?
		f.name :
		arena_printf(a, "profile %s", f.name);
	f.credentials =
		read_file(a, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
	f.config = read_file(a, "AWS_CONFIG_FILE", "config");
	return f;
}

static const char *from_files(struct arena *a, const struct files *f,
	const char *name)
{
	const char *value = profile_get(a, f->credentials, f->name, name);

	return value != NULL ? value :
			       profile_get(a, f->config, f->section, name);
}

static int check_pair(const char *id, const char *secret, const char *where,
	struct err *err)
{
	if ((id == NULL) == (secret == NULL))
		return 0;
	return err_set(err, ERR_DATA, "%s has %s, but not %s", where,
		id ? "an access key id" : "a secret access key",
		id ? "the secret access key" : "the access key id");
}

static int find_keys(struct arena *a, const struct files *f, struct s3 *out,
	struct err *err)
{
	struct sigv4_key *k = &out->key;

	k->id = env("AWS_ACCESS_KEY_ID");
	k->secret = env("AWS_SECRET_ACCESS_KEY");
	k->token = env("AWS_SESSION_TOKEN");
	if (k->id != NULL || k->secret != NULL)
		return check_pair(k->id, k->secret, "the environment", err);
	k->id = from_files(a, f, "aws_access_key_id");
	k->secret = from_files(a, f, "aws_secret_access_key");
	k->token = from_files(a, f, "aws_session_token");
	if (check_pair(k->id, k->secret,
		    arena_printf(a, "the profile '%s'", f->name), err) < 0)
		return -1;
	if (k->id != NULL || env("AWS_PROFILE") == NULL)
		return 0;
	if (!profile_has(f->credentials, f->name) &&
		!profile_has(f->config, f->section))
		return err_set(err, ERR_DATA,
			"AWS_PROFILE names '%s', of which the files of AWS "
			"know nothing",
			f->name);
	return err_set(err, ERR_DATA,
		"the profile '%s' has no keys of its own: put those that it "
		"leads to into the environment",
		f->name);
}

static int find_endpoint(struct arena *a, const char *text, struct s3 *out,
	struct err *err)
{
	struct url url;
	size_t len;

	if (text == NULL)
		return 0;
	if (url_parse(a, text, &url, err) < 0)
		return err_in(err, "the endpoint of S3");
	if (!url_is_http(&url) || url.user != NULL ||
		strchr(url.wire, '?') != NULL)
		return err_set(err, ERR_DATA,
			"the endpoint of S3 must be http://HOST or "
			"https://HOST");
	len = strlen(url.wire);
	while (len > 0 && url.wire[len - 1] == '/')
		len--;
	out->endpoint = arena_strndup(a, url.wire, len);
	return 0;
}

static const char *first(const char *a, const char *b, const char *c)
{
	return a != NULL ? a : b != NULL ? b : c;
}

/* What goes into the name of a host. */
static int check_region(const char *region, struct err *err)
{
	for (const char *c = region; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '-')
			return err_set(err, ERR_DATA,
				"a region is letters, digits and '-', such as "
				"eu-central-1");
	return 0;
}

int s3_find(struct arena *a, const struct s3_options *options, struct s3 *out,
	struct err *err)
{
	struct files f = find_files(a);
	const char *region = first(options->region, env("AWS_REGION"),
		env("AWS_DEFAULT_REGION"));
	const char *endpoint = first(options->endpoint,
		env("AWS_ENDPOINT_URL_S3"), env("AWS_ENDPOINT_URL"));

	*out = (struct s3){ .endpoint = NULL };
	if (region == NULL)
		region = from_files(a, &f, "region");
	if (endpoint == NULL)
		endpoint = from_files(a, &f, "endpoint_url");
	out->region_known = region != NULL;
	out->key.region = region != NULL ? region : "us-east-1";
	if (check_region(out->key.region, err) < 0 ||
		find_endpoint(a, endpoint, out, err) < 0)
		return -1;
	return options->anonymous ? 0 : find_keys(a, &f, out, err);
}

/* Can the bucket be part of a host name for which there is a certificate? */
static bool is_label(const char *bucket)
{
	size_t len = strspn(bucket, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return bucket[len] == '\0' && len >= 3 && len <= 63;
}

const char *s3_url(struct arena *a, const struct s3 *s3, const char *bucket,
	const char *key)
{
	const char *region = s3->key.region, *host = "amazonaws.com";

	if (s3->endpoint != NULL)
		return arena_printf(a, "%s/%s%s", s3->endpoint, bucket, key);
	if (str_starts(region, "cn-"))
		host = "amazonaws.com.cn";
	if (!is_label(bucket))
		return arena_printf(a, "https://s3.%s.%s/%s%s", region, host,
			bucket, key);
	if (!s3->region_known)
		return arena_printf(a, "https://%s.s3.%s%s", bucket, host, key);
	return arena_printf(a, "https://%s.s3.%s.%s%s", bucket, region, host,
		key);
}
