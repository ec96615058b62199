/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment is read once and at the start, so that what is missing is
 * said before anything is fetched; but the keys of S3 when the first URL asks
 * for them, since half a pair of them is nobody's fault who fetches by http.
 */
#include "net/access.h"

#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/str.h"

struct access {
	struct arena arena;
	struct access_options options;
	const char **headers; /* ended by NULL */
	const char *query;    /* "a=b&c=d", escaped, or "" */
	bool authorized;      /* one of the headers is Authorization */
	bool s3_known;
	struct s3 s3;
	struct http_options transport;
};

static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static bool is_token(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) &&
			strchr("!#$%&'*+-.^_`|~", s[i]) == NULL)
			return false;
	return len > 0;
}

static int add_header(struct access *x, const char *text, const char **out,
	struct err *err)
{
	size_t n = strcspn(text, ":");
	const char *name = arena_strndup(&x->arena, text, n), *value;

	if (text[n] == '\0' || !is_token(text, n))
		return err_set(err, ERR_USAGE,
			"a header is NAME: VALUE, as in "
			"'Authorization: Bearer ${TOKEN}'");
	value = text + n + 1 + strspn(text + n + 1, " \t");
	if (*value == '\0')
		return err_set(err, ERR_USAGE, "the header '%s' has no value",
			name);
	if (secret_is_bare(name, value))
		return err_set(err, ERR_USAGE,
			"the value of '%s' was written down: put it into the "
			"environment, and its name into the header, as in "
			"'%s: ${TOKEN}'",
			name, name);
	if (secret_expand(&x->arena, value, &value, err) < 0)
		return err_in(err, "header '%s'", name);
	x->authorized |= strcasecmp(name, "authorization") == 0;
	*out = arena_printf(&x->arena, "%s: %s", name, value);
	return 0;
}

static int add_headers(struct access *x, const struct opt_list *list,
	struct err *err)
{
	size_t n = list != NULL ? list->n : 0;

	x->headers = ARENA_NEW(&x->arena, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		if (add_header(x, list->at[i], &x->headers[i], err) < 0)
			return -1;
	return 0;
}

static void escape(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		if (isalnum((unsigned char)*s) || strchr("-._~", *s) != NULL)
			buf_addc(b, *s);
		else
			buf_addf(b, "%%%02X", (unsigned int)(unsigned char)*s);
}

static int add_member(struct access *x, const char *text, struct buf *out,
	struct err *err)
{
	size_t n = strcspn(text, "=");
	const char *name = arena_strndup(&x->arena, text, n), *value;

	if (text[n] == '\0' || n == 0)
		return err_set(err, ERR_USAGE,
			"a member of a query is NAME=VALUE, as in "
			"'key=${API_KEY}'");
	if (secret_expand(&x->arena, text + n + 1, &value, err) < 0)
		return err_in(err, "query '%s'", name);
	if (out->len > 0)
		buf_addc(out, '&');
	escape(out, name);
	buf_addc(out, '=');
	escape(out, value);
	return 0;
}

static int add_query(struct access *x, const struct opt_list *list,
	struct err *err)
{
	size_t n = list != NULL ? list->n : 0;
	struct buf b = BUF_INIT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_member(x, list->at[i], &b, err);
	x->query = arena_strdup(&x->arena, b.data ? b.data : "");
	buf_release(&b);
	return r;
}

/* The first of the keys that ssh makes that is there. */
static const char *find_key(struct arena *a, const char *home)
{
	static const char *const names[] = { "id_ed25519", "id_ecdsa", "id_rsa",
		NULL };

	for (const char *const *n = names; *n != NULL; n++) {
		const char *path = arena_printf(a, "%s/.ssh/%s", home, *n);

		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

/* libcurl would look for one that is not there with every request. */
static const char *find_netrc(struct arena *a, const char *home)
{
	const char *path = env("NETRC");

	if (path == NULL && home != NULL)
		path = arena_printf(a, "%s/.netrc", home);
	return path != NULL && access(path, R_OK) == 0 ? path : NULL;
}

static void find_files(struct access *x)
{
	const char *home = env("HOME");
	struct http_options *t = &x->transport;

	t->authorities = env("CURL_CA_BUNDLE");
	if (t->authorities == NULL)
		t->authorities = env("SSL_CERT_FILE");
	t->netrc = find_netrc(&x->arena, home);
	t->known_hosts = x->options.known_hosts;
	t->ssh_key = x->options.ssh_key;
	if (home == NULL)
		return;
	if (t->known_hosts == NULL)
		t->known_hosts =
			arena_printf(&x->arena, "%s/.ssh/known_hosts", home);
	if (t->ssh_key == NULL)
		t->ssh_key = find_key(&x->arena, home);
}

struct access *access_open(const struct access_options *options,
	struct err *err)
{
	struct access *x = mem_alloc(sizeof(*x));

	*x = (struct access){ .arena = ARENA_INIT, .options = *options };
	if (add_headers(x, &options->headers, err) < 0 ||
		add_query(x, &options->query, err) < 0) {
		access_close(x);
		return NULL;
	}
	find_files(x);
	return x;
}

void access_close(struct access *x)
{
	if (x == NULL)
		return;
	arena_release(&x->arena);
	mem_free(x);
}

static int s3_at(struct access *x, struct arena *a, const struct url *url,
	const char **out, struct err *err)
{
	if (!x->s3_known && s3_find(&x->arena, &x->options.s3, &x->s3, err) < 0)
		return -1;
	x->s3_known = true;
	*out = s3_url(a, &x->s3, url->bucket, url->wire + strlen(url->origin));
	return 0;
}

static int azure_at(struct arena *a, const struct url *url, const char **out,
	struct err *err)
{
	const char *endpoint = env("AZURE_STORAGE_ENDPOINT");
	const char *account =
		url->account ? url->account : env("AZURE_STORAGE_ACCOUNT_NAME");
	const char *key = url->wire + strlen(url->origin);

	if (endpoint == NULL && account == NULL)
		return err_set(err, ERR_DATA,
			"az://CONTAINER needs its account: write "
			"az://CONTAINER@ACCOUNT/KEY, or set "
			"AZURE_STORAGE_ACCOUNT_NAME");
	if (endpoint == NULL)
		endpoint = arena_printf(a, "https://%s%s", account,
			strchr(account, '.') ? "" : ".blob.core.windows.net");
	*out = arena_printf(a, "%s/%s%s", endpoint, url->bucket, key);
	return 0;
}

static int google_at(struct arena *a, const struct url *url, const char **out)
{
	const char *host = env("STORAGE_EMULATOR_HOST");
	const char *key = url->wire + strlen(url->origin);

	if (host == NULL)
		host = "https://storage.googleapis.com";
	*out = arena_printf(a, "%s%s/%s%s",
		strstr(host, "://") != NULL ? "" : "http://", host, url->bucket,
		key);
	return 0;
}

/* Is it elsewhere than where the name of the service leads everybody? */
static bool is_elsewhere(const struct access *x, const struct url *url)
{
	if (str_eq(url->service, "s3"))
		return x->s3.endpoint != NULL;
	if (str_eq(url->service, "gs"))
		return env("STORAGE_EMULATOR_HOST") != NULL;
	return true; /* the account is not in the name */
}

int access_resolve(struct access *x, struct arena *a, struct url *url,
	struct err *err)
{
	const char *at = NULL;
	struct url found;
	int r;

	if (url->kind != URL_OBJECT)
		return 0;
	if (str_eq(url->service, "s3"))
		r = s3_at(x, a, url, &at, err);
	else if (str_eq(url->service, "az"))
		r = azure_at(a, url, &at, err);
	else
		r = google_at(a, url, &at);
	if (r < 0 || url_parse(a, at, &found, err) < 0)
		return -1;
	if (!url_is_http(&found))
		return err_set(err, ERR_DATA,
			"the endpoint of %s: must be http://HOST or https://HOST",
			url->service);
	url->wire = found.wire;
	url->origin = found.origin;
	if (is_elsewhere(x, url))
		url->key = found.key;
	return 0;
}

/* url with more members of a query. */
static const char *with_query(struct arena *a, const char *url,
	const char *query)
{
	query += *query == '?';
	if (*query == '\0')
		return url;
	return arena_printf(a, "%s%c%s", url, strchr(url, '?') ? '&' : '?',
		query);
}

/* The headers of all requests, and one more. */
static const char *const *with_header(struct access *x, struct arena *a,
	const char *header)
{
	const char **out;
	size_t n = 0;

	while (x->headers[n] != NULL)
		n++;
	out = ARENA_NEW(a, const char *, n + 2);
	for (size_t i = 0; i < n; i++)
		out[i] = x->headers[i];
	out[n] = header;
	return out;
}

static void open_object(struct access *x, struct arena *a,
	const struct url *url, struct http_request *out)
{
	struct sigv4_request sign = { .method = out->head_only ? "HEAD" : "GET",
		.headers = x->headers,
		.time = (int64_t)time(NULL) };
	const char *token = env("GOOGLE_OAUTH_ACCESS_TOKEN");
	const char *sas = env("AZURE_STORAGE_SAS_TOKEN");

	sign.url = out->url;
	if (str_eq(url->service, "s3") && x->s3.key.id != NULL)
		out->headers = sigv4_sign(a, &x->s3.key, &sign);
	else if (str_eq(url->service, "gs") && token != NULL)
		out->headers = with_header(x, a,
			arena_printf(a, "Authorization: Bearer %s", token));
	else if (str_eq(url->service, "az"))
		out->headers = with_header(x, a, "x-ms-version: 2020-10-02");
	if (str_eq(url->service, "az") && sas != NULL)
		out->url = with_query(a, out->url, sas);
}

/* ssh and sftp ask for a user; libcurl would not ask the system who we are. */
static const char *login_name(struct arena *a)
{
	const char *name = env("LOGNAME") ? env("LOGNAME") : env("USER");
	const struct passwd *pw = name == NULL ? getpwuid(getuid()) : NULL;

	return name != NULL ? name :
		pw != NULL  ? arena_strdup(a, pw->pw_name) :
			      NULL;
}

void access_request(struct access *x, struct arena *a, const struct url *url,
	struct http_request *out)
{
	bool http = str_starts(url->wire, "http");

	out->url = http ? with_query(a, url->wire, x->query) : url->wire;
	out->headers = http ? x->headers : NULL;
	out->user = url->user;
	out->password = url->password;
	if (url->kind == URL_OBJECT && !x->authorized)
		open_object(x, a, url, out);
	if (out->user == NULL &&
		(str_starts(url->wire, "sftp:") ||
			str_starts(url->wire, "scp:")))
		out->user = login_name(a);
}

void access_transport(const struct access *x, struct http_options *out)
{
	out->netrc = x->transport.netrc;
	out->known_hosts = x->transport.known_hosts;
	out->ssh_key = x->transport.ssh_key;
	out->authorities = x->transport.authorities;
}
